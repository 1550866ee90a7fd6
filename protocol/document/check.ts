/**
 * Checks of a document, and what they come to together.
 *
 * Source: BSI TR-03135-1 §3.2 for the five outcomes. A check says what was found; whether a
 * traveller may pass is for a profile, and in the end for a person.
 */
import type { DataGroup } from './chip-file.ts'
import type { DocumentFault } from './invalid-document.ts'

/**
 * - `successful` and `failed` are about the document
 * - `undetermined` something is missing here: a file, a list, an authority
 * - `not-supported` the document uses what is not computed here
 * - `aborted` another check that it needs did not come far enough
 */
export type Outcome = 'successful' | 'failed' | 'undetermined' | 'not-supported' | 'aborted'

export type CheckName =
  /** DG1 can be read, and its check digits are right. */
  | 'zone'
  /** EF.SOD can be read, and is of the kind and the versions that it must be. */
  | 'security-object'
  /** The signature under EF.SOD is the document signer's. */
  | 'signature'
  /** The document signer was certified by an authority that is believed. */
  | 'path'
  /** Everybody on that path is valid today, and the signer was when it signed. */
  | 'validity'
  /** Nobody on that path has been revoked. */
  | 'revocation'
  /** EF.COM lists the data groups that EF.SOD does. */
  | 'file-list'
  /** A data group is the one whose hash EF.SOD has. */
  | `dg${DataGroup}`
  /** DG3 holds fingers, and each template's header names the finger that its record does. */
  | 'fingers'
  /** The zone names the state that the signer is of. */
  | 'issuing-state'
  /** The document has not run out. */
  | 'expiry'

export type CheckReason =
  | DocumentFault
  | 'as-it-should-be'
  /** Not handed over; of a data group that EF.SOD lists. */
  | 'not-read'
  | 'check-digit'
  | 'digest'
  | 'no-certificate'
  | 'not-a-signer'
  | 'no-authorities'
  | 'authority-unknown'
  | 'not-yet-valid'
  | 'no-longer-valid'
  | 'signed-outside-validity'
  | 'revoked'
  | 'no-list'
  | 'list-outdated'
  | 'lists-differ'
  | 'not-identical'
  | 'not-listed'
  | 'other-finger'
  | 'other-state'
  | 'unknown-state'
  | 'expired'
  | 'no-date'
  /** Needs what another check would have found. */
  | 'needs-another'

export interface Check {
  readonly name: CheckName
  readonly outcome: Outcome
  readonly reason: CheckReason
  /** For people: who, which, since when. No personal data. */
  readonly detail: string
}

export function successful(name: CheckName, detail = ''): Check {
  return { name, outcome: 'successful', reason: 'as-it-should-be', detail }
}

export function failed(name: CheckName, reason: CheckReason, detail = ''): Check {
  return { name, outcome: 'failed', reason, detail }
}

export function undetermined(name: CheckName, reason: CheckReason, detail = ''): Check {
  return { name, outcome: 'undetermined', reason, detail }
}

export function aborted(name: CheckName): Check {
  return { name, outcome: 'aborted', reason: 'needs-another', detail: '' }
}

/**
 * All checks but `optional` ones together: failed where one is, else successful only where all are.
 * Data groups that were not read do not count: a terminal may read what it has a right to.
 */
export function overall(
  checks: readonly Check[],
  optional: ReadonlySet<CheckName> = new Set(),
): 'successful' | 'failed' | 'undetermined' {
  const counted = checks.filter(({ name, reason }) => {
    return !optional.has(name) && !(name.startsWith('dg') && reason === 'not-read')
  })
  if (counted.some(({ outcome }) => outcome === 'failed')) return 'failed'
  return counted.every(({ outcome }) => outcome === 'successful') ? 'successful' : 'undetermined'
}
