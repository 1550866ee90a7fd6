/**
 * Whether a document may be issued to a person today, and if not, why.
 *
 * What suffices is the policy's to say; this file holds the words for it and looks them up. The
 * citizenship and the age band are those on record, and of somebody who never came to the register
 * nothing is: that a person is entitled to the document at all is the issuer's to know.
 */
import { BAND_STARTS, type AgeBand, type Citizenship } from './application.ts'
import type { CivilDate } from './civil-date.ts'
import type { DocumentRule, Policy } from './policy.ts'
import type { ReasonCode } from './reasons/reason.ts'

/** Where a person stands with the register; new words go to the end. */
export const LIFE_STATUSES = [
  'unknown',
  'refused',
  'postponed',
  'exempt',
  'provisional',
  'suspended',
  'confirmed',
  'documented',
  'updated',
  'deceased',
  'expired',
  'erased',
] as const
export type LifeStatus = (typeof LIFE_STATUSES)[number]

export const DOCUMENTS = ['passport', 'id-card', 'residence-permit', 'child-passport'] as const
export type Document = (typeof DOCUMENTS)[number]

export interface Holder {
  readonly status: LifeStatus
  readonly citizenship: Citizenship | undefined
  readonly ageBand: AgeBand | undefined
  /** Last day of a postponement or an exemption; undefined for one without end. */
  readonly until: CivilDate | undefined
}

export interface Eligibility {
  readonly eligible: boolean
  /** Never empty. */
  readonly reasons: readonly ReasonCode[]
}

/** What stands in the way of a person whose status does not suffice. */
const OBSTACLES: Readonly<Record<LifeStatus, ReasonCode>> = {
  unknown: 'not-enrolled',
  refused: 'is-refused',
  postponed: 'is-postponed',
  exempt: 'is-exempt',
  provisional: 'not-confirmed',
  suspended: 'is-suspended',
  // A policy that does not take an enrolment for enough has to ask for it again.
  confirmed: 'consent-asked-again',
  documented: 'consent-asked-again',
  updated: 'consent-asked-again',
  deceased: 'is-deceased',
  expired: 'is-expired',
  erased: 'is-erased',
}

export function eligibility(
  policy: Policy,
  person: Holder,
  document: Document,
  on: CivilDate,
): Eligibility {
  const rule = policy.documents.find((candidate) => candidate.document === document)
  if (on < policy.from || rule === undefined) return { eligible: false, reasons: ['no-policy'] }
  const obstacles = [...personObstacles(rule, person), ...statusObstacles(policy, rule, person, on)]
  if (obstacles.length > 0) return { eligible: false, reasons: obstacles }
  return { eligible: true, reasons: ['may-be-issued'] }
}

/** Whether the document is one for such a person at all. */
function personObstacles(rule: DocumentRule, { citizenship, ageBand }: Holder): ReasonCode[] {
  const obstacles: ReasonCode[] = []
  if (citizenship !== undefined && !rule.citizenships.includes(citizenship)) {
    obstacles.push('document-not-for-citizenship')
  }
  const age = youngestOf(ageBand)
  if (age !== undefined && (age < rule.ageFrom || age >= (rule.ageBelow ?? Infinity))) {
    obstacles.push('document-not-for-age')
  }
  return obstacles
}

function statusObstacles(
  policy: Policy,
  rule: DocumentRule,
  person: Holder,
  on: CivilDate,
): ReasonCode[] {
  const { status, until } = person
  const isOver = until !== undefined && until < on
  const counted = isOver && (status === 'postponed' || status === 'exempt') ? 'unknown' : status
  const enough = isBlocked(policy, rule, person)
    ? rule.suffices
    : [...rule.suffices, ...rule.unblocked]
  if (enough.includes(counted)) return []
  if (counted === status) return [OBSTACLES[status]]
  return [status === 'exempt' ? 'exemption-over' : 'postponement-over']
}

/**
 * Whether the person may owe their prints so that without them there is no document. What is not on
 * record may be anything that the document allows.
 */
function isBlocked(
  { groups }: Policy,
  rule: DocumentRule,
  { citizenship, ageBand }: Holder,
): boolean {
  const age = youngestOf(ageBand)
  const from = age ?? rule.ageFrom
  const below = age === undefined ? (rule.ageBelow ?? Infinity) : age + 1
  const possible = citizenship === undefined ? rule.citizenships : [citizenship]
  return groups.some(({ citizenships, ageFrom, ageBelow, refusal }) => {
    const isMeant = ageFrom < below && (ageBelow ?? Infinity) > from
    return refusal.blocksDocument && isMeant && citizenships.some((one) => possible.includes(one))
  })
}

/** Of a band the youngest age in it counts, as of a birth that is known in part. */
function youngestOf(ageBand: AgeBand | undefined): number | undefined {
  return BAND_STARTS.find(([, band]) => band === ageBand)?.[0]
}
