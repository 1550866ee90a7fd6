/**
 * What is looked at when somebody crosses a border, and what may come of it.
 *
 * Source: BSI TR-03135-1 §3.2 for the five outcomes, §5 for what belongs to an inspection. The
 * checks of the chip stand in one line here; which of them failed is in the detail.
 */
import type { CheckReason, Outcome } from '../document/check.ts'

export const OUTCOMES = [
  'successful',
  'failed',
  'undetermined',
  'not-supported',
  'aborted',
] as const satisfies readonly Outcome[]

export const INSPECTED = [
  /** The zone as read by eye is in order, and is the chip's own. */
  'zone',
  /** The chip holds what a state wrote there. */
  'passive-authentication',
  /** Who signed the chip has not been revoked. */
  'signer-revocation',
  'expiry',
  /** The sensor saw living skin. */
  'capture-liveness',
  /** The prints are good enough to be compared. */
  'capture-quality',
  'live-to-chip',
  'live-to-register',
  /** The register holds nothing against the document: no suspension, no report of a loss. */
  'document-status',
  'watch-list',
  /** Who it is among everybody: tells of a second identity, and decides nothing. */
  'search',
] as const
export type InspectedName = (typeof INSPECTED)[number]

/** Checks that nobody can make without the register. */
export const REGISTER_CHECKS: ReadonlySet<InspectedName> = new Set<InspectedName>([
  'live-to-register',
  'document-status',
  'search',
])

export type InspectedReason =
  | CheckReason
  /** Neither the zone nor the chip was handed over. */
  | 'no-document'
  | 'zones-differ'
  /** Something of the chip, named in the detail, is wrong, or is missing here. */
  | 'chip'
  | 'no-prints'
  /** A print on the chip that cannot be read. */
  | 'no-image'
  /** Too many images are being looked at here: those of the chip had no turn in time. */
  | 'busy'
  /** Live and on record are different fingers. */
  | 'no-common-finger'
  | 'score-below'
  | 'not-live'
  | 'liveness-unknown'
  | 'quality-low'
  /** Nobody said whose record it would be. */
  | 'nobody-named'
  | 'not-asked'
  /** The node could not be reached, or not all that it asked answered. */
  | 'no-answer'
  /** What is kept at the post is older than it may be. */
  | 'cache-outdated'
  | 'not-enrolled'
  | 'suspended'
  | 'deceased'
  | 'document-reported'
  | 'watched'
  | 'somebody-else'

/** One line of an inspection. */
export interface Inspected {
  readonly name: InspectedName
  readonly outcome: Outcome
  readonly reason: InspectedReason
  /** For the officer; no personal data. */
  readonly detail: string
}

/** As a log has it: no reasons, since some of them tell something of the person. */
export type InspectedOutcome = Pick<Inspected, 'name' | 'outcome'>

export function passed(name: InspectedName, detail = ''): Inspected {
  return { name, outcome: 'successful', reason: 'as-it-should-be', detail }
}

export function found(
  name: InspectedName,
  outcome: Exclude<Outcome, 'successful'>,
  reason: InspectedReason,
  detail = '',
): Inspected {
  return { name, outcome, reason, detail }
}
