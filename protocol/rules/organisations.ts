/**
 * The organisations that the programme names, and which roles each may grant: whoever enrols does
 * not oversee, and whoever oversees does not enrol.
 */
import type { Role } from '../credential.ts'

export const ORGANISATIONS: Readonly<Record<string, readonly Role[]>> = {
  /** Of the Interior Ministry. */
  'migration-service': ['enrolment-officer', 'adjudicator', 'node-administrator'],
  'border-service': ['border-officer'],
  'forensic-laboratory': ['forensic-examiner'],
  /** The Ministry of Justice. */
  justice: ['auditor', 'data-protection-officer'],
}
