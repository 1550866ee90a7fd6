/**
 * A person's life in the register: a pure function of what the logs say of them, whichever log they
 * say it in and in whichever order they came.
 *
 * Source: the lifecycle and the handbook (domain §1.5, §4); what may follow what stands in
 * `life-table.ts`. An event that may not is void: it changes nothing, and is on record with the
 * rule's code. What was signed is good once: the first event that rests on it is judged, and those
 * after it are void, whatever became of the first. That those who signed might sign is for
 * `authority.ts`; that every event had a signer is relied on, and that none is dated long before
 * it was signed: a copy that comes first takes the place of the true one.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { CaseDeed, LifeDeed } from '../deed.ts'
import { inOrder } from './chain.ts'
import { civilDateAt, type CivilDate } from './civil-date.ts'
import type { LifeStatus } from './eligibility.ts'
import { isOfPrints, type LifeEvent, type LifeSigner, type PrintsTaken } from './life-event.ts'
import {
  deedDone,
  printsTaken,
  UNKNOWN,
  withHold,
  type Hold,
  type LifeState,
} from './life-state.ts'
import { isNext, kindOf, transition, type Next, type Situation } from './life-table.ts'
import type { ReasonCode } from './reasons/reason.ts'

export interface LifeStep {
  readonly leaf: Uint8Array
  readonly at: number
  readonly type: LifeEvent['what']['type']
  /** Afterwards. */
  readonly status: LifeStatus
  readonly by: readonly LifeSigner[]
  readonly policy: string
  /** Why it does not count; undefined if it does. */
  readonly void: ReasonCode | undefined
}

export interface Life extends LifeState {
  /** Every event whose predecessors are there, in order. */
  readonly history: readonly LifeStep[]
  /** Leaf of the last of them: what the next event names. */
  readonly tip: Uint8Array | undefined
}

/** What is about to be done. Of prints to be taken only the table decides. */
export interface Proposal extends Pick<LifeEvent, 'at' | 'by'> {
  readonly what: Pick<PrintsTaken, 'type'> | LifeDeed | CaseDeed
}

/** The earliest cause that applies says what a suspended person's situation is. */
const SITUATIONS: readonly (readonly [Hold, Situation])[] = [
  ['same', 'duplicate'],
  ['open', 'disputed'],
  ['court-order', 'barred'],
  ['cannot-tell', 'undecided'],
]

/** The last day that the calendar of the rules has: a node may date an entry beyond it. */
const CALENDAR_ENDS_MS = Date.UTC(2999, 11, 30)

export function lifeOf(events: readonly LifeEvent[]): Life {
  const history: LifeStep[] = []
  const used = new Set<string>()
  let state = UNKNOWN
  for (const event of inOrder(events)) {
    const before = doubted(state, event.at)
    const result = used.has(event.said) ? 'statement-used' : step(before, event)
    used.add(event.said)
    const isVoid = typeof result === 'string'
    state = isVoid ? before : doubted(result, event.at)
    const { leaf, at, by, policy, what } = event
    const { status } = state
    history.push({
      leaf,
      at,
      type: what.type,
      status,
      by,
      policy,
      void: isVoid ? result : undefined,
    })
  }
  return { ...doubted(state, Infinity), history, tip: history.at(-1)?.leaf }
}

/** Why an event that is logged next, newly signed, would be void; undefined if it would count. */
export function check(life: Life, { what, ...signed }: Proposal): ReasonCode | undefined {
  const next = allowed(life, what, signed.at)
  if (!isNext(next)) return next
  const changed = isOfPrints(what) ? {} : deedDone(life, what, signed)
  return typeof changed === 'string' ? changed : undefined
}

/**
 * Suspends whoever was enrolled with a revoked credential, from when that was known: what honest
 * officers did before is not undone, and what a reinstatement ends is not begun again.
 */
function doubted(state: LifeState, now: number): LifeState {
  const { doubtedFrom, since } = state
  if (doubtedFrom === undefined || doubtedFrom > now) return state
  const holds = withHold(state.holds, 'credential')
  const suspended = { ...state, holds, doubtedFrom: undefined }
  if (state.status === 'suspended') return suspended
  return { ...suspended, status: 'suspended', since: Math.max(since, doubtedFrom) }
}

function step(state: LifeState, event: LifeEvent): LifeState | ReasonCode {
  const { what, at, revokedAt } = event
  if (!isOfPrints(what) && revokedAt !== undefined) return 'credential-revoked'
  const next = allowed(state, what, at)
  if (!isNext(next)) return next
  const changed = isOfPrints(what) ? printsTaken(state, what, event) : deedDone(state, what, event)
  if (typeof changed === 'string') return changed
  return arrived({ ...state, ...changed, underlying: underlyingOf(state, next) }, event)
}

/** What the table says; of a case only if it is the last one of this person. */
function allowed(state: LifeState, what: Proposal['what'], at: number): Next | ReasonCode {
  const next = transition(situationOf(state, at), kindOf(what))
  const isOfCase = what.type === 'opinion' || what.type === 'second-examiner'
  if (!isOfCase || !(isNext(next) || next === 'case-decided')) return next
  const id = state.case?.id
  return id && equalBytes(id, what.case) ? next : 'no-such-case'
}

function situationOf(state: LifeState, at: number): Situation {
  const { underlying, holds, until, hasDied } = state
  if (holds.length > 0) return SITUATIONS.find(([hold]) => holds.includes(hold))?.[1] ?? 'held'
  if (underlying === 'expired' && hasDied) return 'late'
  const hasTerm = underlying === 'postponed' || underlying === 'exempt'
  return hasTerm && until !== undefined && until < dayOf(at) ? 'lapsed' : underlying
}

function underlyingOf({ underlying, resumes }: LifeState, next: Next): LifeState['underlying'] {
  if (next === 'stays') return underlying
  return next === 'resumed' ? resumes : next
}

/** The status that follows from what was changed, and since when it is so. */
function arrived(state: LifeState, { at, policy }: LifeEvent): LifeState {
  const { underlying, holds, status: before } = state
  const status = holds.length > 0 ? 'suspended' : underlying
  return status === before ? state : { ...state, status, since: at, policy }
}

function dayOf(at: number): CivilDate {
  return civilDateAt(Math.min(at, CALENDAR_ENDS_MS))
}
