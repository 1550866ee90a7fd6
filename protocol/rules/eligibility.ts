/**
 * Whether a document may be issued to a person today, and if not, why.
 *
 * What suffices is the policy's to say; this file holds the words for it and looks them up. The
 * citizenship and the age band are those on record, the band as of its day: which ages it allows
 * later is reckoned from there. Of somebody who never came to the register nothing is on record:
 * that a person is entitled to the document at all is the issuer's to know.
 */
import { BAND_STARTS, type AgeBand, type Citizenship } from './application.ts'
import { civilDateAt, fullYears, type CivilDate } from './civil-date.ts'
import type { LifeState } from './life-state.ts'
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
  /** The day of which the age band is; without it the band says nothing. */
  readonly knownOn: CivilDate | undefined
  /** Last day of a postponement or an exemption; undefined for one without end. */
  readonly until: CivilDate | undefined
}

export interface Eligibility {
  readonly eligible: boolean
  /** Never empty. */
  readonly reasons: readonly ReasonCode[]
}

/** In full years. */
interface Ages {
  readonly from: number
  readonly below: number
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

/**
 * What the register has on record of a person for this.
 *
 * @throws TamgaError `unprocessable` for an enrolment outside the years 1800–2999
 */
export function holderOf(
  life: Pick<LifeState, 'status' | 'until' | 'taken' | 'enrolledAt'>,
): Holder {
  const { status, until, taken, enrolledAt } = life
  const knownOn = enrolledAt === undefined ? undefined : civilDateAt(enrolledAt)
  return { status, until, citizenship: taken?.citizenship, ageBand: taken?.ageBand, knownOn }
}

export function eligibility(
  policy: Policy,
  person: Holder,
  document: Document,
  on: CivilDate,
): Eligibility {
  const rule = policy.documents.find((candidate) => candidate.document === document)
  if (on < policy.from || rule === undefined) return { eligible: false, reasons: ['no-policy'] }
  const obstacles = [
    ...personObstacles(rule, person, on),
    ...statusObstacles(policy, rule, person, on),
  ]
  if (obstacles.length > 0) return { eligible: false, reasons: obstacles }
  return { eligible: true, reasons: ['may-be-issued'] }
}

/** Whether the document may be one for such a person at all. */
function personObstacles(rule: DocumentRule, person: Holder, on: CivilDate): ReasonCode[] {
  const { citizenship } = person
  const obstacles: ReasonCode[] = []
  if (citizenship !== undefined && !rule.citizenships.includes(citizenship)) {
    obstacles.push('document-not-for-citizenship')
  }
  const ages = possibleAges(person, on)
  if (ages !== undefined && !overlaps(rule, ages)) {
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
  const enough = isBlocked(policy, rule, person, on)
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
function isBlocked({ groups }: Policy, rule: DocumentRule, person: Holder, on: CivilDate): boolean {
  const { citizenship } = person
  const allowed = { from: rule.ageFrom, below: rule.ageBelow ?? Infinity }
  const ages = possibleAges(person, on) ?? allowed
  const possible = citizenship === undefined ? rule.citizenships : [citizenship]
  return groups.some((group) => {
    const isMeant = group.citizenships.some((one) => possible.includes(one))
    return group.refusal.blocksDocument && isMeant && overlaps(group, ages)
  })
}

function overlaps(
  { ageFrom, ageBelow }: Pick<DocumentRule, 'ageFrom' | 'ageBelow'>,
  { from, below }: Ages,
): boolean {
  return ageFrom < below && (ageBelow ?? Infinity) > from
}

/**
 * Every age that a person of the band can have reached; undefined when none is on record. A birth
 * that is known in part counts as the latest that it allows, as it did for the band.
 */
function possibleAges({ ageBand, knownOn }: Holder, on: CivilDate): Ages | undefined {
  const place = BAND_STARTS.findIndex(([, band]) => band === ageBand)
  const band = BAND_STARTS[place]
  if (band === undefined || knownOn === undefined) return undefined
  const [next] = BAND_STARTS[place + 1] ?? [Infinity]
  const years = fullYears(knownOn, on)
  // Within a year some have had their birthday and some have not. The same day of the calendar is
  // asked for, not `addYears`: between 29 February and the 1 March that stands for it lies a day.
  const begun = knownOn.slice(4) === on.slice(4) ? 0 : 1
  return { from: band[0] + years, below: next + years + begun }
}
