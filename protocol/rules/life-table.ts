/**
 * What may happen to whom: for every situation of a person and every kind of event either what the
 * person becomes, or the code by which it is refused.
 *
 * It says what the register can follow, not what the law wants: whether a document may be issued is
 * for `eligibility.ts`, who may sign for `permissions.ts`.
 */
import type { CaseDeed, LifeDeed } from '../deed.ts'
import { LIFE_STATUSES, type LifeStatus } from './eligibility.ts'
import type { ReasonCode } from './reasons/reason.ts'

type CauseOf<T extends LifeDeed['type']> = Extract<LifeDeed, { type: T; cause: string }>['cause']
type GroundOf<T extends LifeDeed['type']> = Extract<LifeDeed, { type: T; ground: string }>['ground']

/** Kinds of event; of what ends a suspension or a record also why, since it matters there. */
export type LifeKind =
  | 'enrolment'
  | 'update'
  | Exclude<LifeDeed['type'], 'reinstatement' | 'erasure'>
  | `reinstatement ${CauseOf<'reinstatement'>}`
  | `erasure ${GroundOf<'erasure'>}`
  | CaseDeed['type']

/** A status, finer where the table has to tell more: why somebody is suspended, who has died. */
export type Situation =
  | Exclude<LifeStatus, 'suspended'>
  /** A postponement or an exemption is over. */
  | 'lapsed'
  /** A case is open. */
  | 'disputed'
  /** A case was decided: the same person. */
  | 'duplicate'
  /** A case was decided: nobody can tell. */
  | 'undecided'
  /** A court has suspended the person. */
  | 'barred'
  /** Suspended for another cause. */
  | 'held'
  /** Expired after death. */
  | 'late'

/**
 * The status that follows. `stays`: as it was. `resumed`: confirmed or documented, as before the
 * update. Of somebody suspended it is the status to go back to when nothing suspends them any more.
 */
export type Next = Exclude<LifeStatus, 'suspended'> | 'stays' | 'resumed'

type Row = { readonly [K in LifeKind]?: Next | ReasonCode } & {
  /** Whatever the row does not name is refused by this. */
  readonly otherwise: ReasonCode
}

/** Somebody comes to the counter of whom no prints are held. */
const COMING = {
  enrolment: 'provisional',
  refusal: 'refused',
  postponement: 'postponed',
  exemption: 'exempt',
  document: 'stays',
  death: 'deceased',
  opinion: 'no-such-case',
  'second-examiner': 'no-such-case',
} as const

/** Two officers have signed, and that is enough. */
const ERASABLE = {
  'erasure request': 'erased',
  'erasure consent-withdrawn': 'erased',
  'erasure court-order': 'erased',
  'erasure expired': 'retention-not-over',
} as const

const ABSENT = { ...COMING, ...ERASABLE, update: 'not-enrolled' } as const

/** Prints are held, and nothing speaks against the person. */
const ENROLLED = {
  ...ERASABLE,
  enrolment: 'already-enrolled',
  update: 'updated',
  refusal: 'already-enrolled',
  postponement: 'already-enrolled',
  exemption: 'already-enrolled',
  suspension: 'stays',
  'reinstatement cleared': 'not-suspended',
  'reinstatement court-order': 'not-suspended',
  death: 'deceased',
  expiry: 'expired',
  opinion: 'case-decided',
  'second-examiner': 'case-decided',
  otherwise: 'illegal-transition',
} as const

/** Suspended through no fault that anybody has found. */
const FREE = { ...ERASABLE, 'reinstatement cleared': 'stays', expiry: 'expired' } as const

/** Prints are held, and the person is suspended: only a court is above every cause of that. */
const SUSPENDED = {
  enrolment: 'already-enrolled',
  suspension: 'stays',
  'reinstatement court-order': 'stays',
  death: 'deceased',
  'erasure court-order': 'erased',
  'erasure expired': 'retention-not-over',
  opinion: 'case-decided',
  'second-examiner': 'case-decided',
  otherwise: 'is-suspended',
} as const

const TABLE: Readonly<Record<Situation, Row>> = {
  unknown: { ...COMING, otherwise: 'not-enrolled' },
  refused: { ...ABSENT, refusal: 'already-refused', otherwise: 'is-refused' },
  // Nobody is fined for what they need not do, or not yet.
  postponed: { ...ABSENT, refusal: 'is-postponed', otherwise: 'is-postponed' },
  exempt: { ...ABSENT, refusal: 'is-exempt', postponement: 'is-exempt', otherwise: 'is-exempt' },
  lapsed: { ...ABSENT, otherwise: 'not-enrolled' },

  // Prints taken anew leave somebody who was never confirmed as they were.
  provisional: {
    ...ENROLLED,
    update: 'stays',
    confirmation: 'confirmed',
    document: 'not-confirmed',
  },
  confirmed: { ...ENROLLED, document: 'documented' },
  documented: { ...ENROLLED, document: 'stays' },
  updated: { ...ENROLLED, confirmation: 'resumed', document: 'stays' },

  // No wish of their own gets a person, or the evidence, out of a case or away from a court.
  disputed: { ...SUSPENDED, opinion: 'stays', 'second-examiner': 'stays', otherwise: 'case-open' },
  duplicate: { ...SUSPENDED, opinion: 'stays', otherwise: 'is-duplicate' },
  barred: SUSPENDED,
  // What nobody can tell is held against nobody for ever.
  undecided: { ...SUSPENDED, ...FREE, opinion: 'stays' },
  held: { ...SUSPENDED, ...FREE },

  // The dead wish for nothing, and a death gets nobody out of a case.
  deceased: {
    expiry: 'expired',
    'erasure court-order': 'erased',
    'erasure expired': 'retention-not-over',
    otherwise: 'is-deceased',
  },
  // A retention that is over leaves the living as they came: they may come again.
  expired: { ...ABSENT, 'erasure expired': 'erased', otherwise: 'is-expired' },
  late: { ...ERASABLE, 'erasure expired': 'erased', otherwise: 'is-deceased' },
  erased: { otherwise: 'is-erased' },
}

export function transition(situation: Situation, kind: LifeKind): Next | ReasonCode {
  const row = TABLE[situation]
  return row[kind] ?? row.otherwise
}

const NEXT: ReadonlySet<string> = new Set<Next>([
  ...LIFE_STATUSES.filter((status) => status !== 'suspended'),
  'stays',
  'resumed',
])

/** Whether it is a step, and no refusal. */
export function isNext(cell: Next | ReasonCode): cell is Next {
  return NEXT.has(cell)
}

/** What the table calls an event. */
export function kindOf(
  what: LifeDeed | CaseDeed | { readonly type: 'enrolment' | 'update' },
): LifeKind {
  if (what.type === 'reinstatement') return `reinstatement ${what.cause}`
  if (what.type === 'erasure') return `erasure ${what.ground}`
  return what.type
}
