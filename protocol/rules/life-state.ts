/**
 * How a person stands with the register at one moment, and what each kind of event changes of that
 * besides the status: the status is for `life-table.ts`.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { personOf } from '../credential.ts'
import type { CaseDeed, LifeDeed, SUSPENSION_CAUSES } from '../deed.ts'
import type { Taken } from '../taken.ts'
import {
  openCase,
  resolutionOf,
  withOpinion,
  withSecondExaminer,
  type CaseFile,
  type Resolution,
} from './case.ts'
import type { CivilDate } from './civil-date.ts'
import type { Document, LifeStatus } from './eligibility.ts'
import type { LifeEvent, PrintsTaken } from './life-event.ts'
import type { ReasonCode } from './reasons/reason.ts'

/** What keeps a person suspended: how their case stands, or the cause of a suspension. */
export type Hold = Exclude<Resolution, 'different'> | (typeof SUSPENSION_CAUSES)[number]

/** All that an event can change. */
export interface LifeState {
  readonly status: LifeStatus
  /** Since when, and under which policy it came to that; of somebody unknown 0 and none. */
  readonly since: number
  readonly policy: string
  /** What a suspended person goes back to; else the status. */
  readonly underlying: Exclude<LifeStatus, 'suspended'>
  /** Somebody suspended has at least one. */
  readonly holds: readonly Hold[]
  /**
   * Leaf of the enrolment or update that counts: the last one. Whoever is suspended can still be
   * found; after death, expiry or erasure there is none.
   */
  readonly enrolment: Uint8Array | undefined
  /** Of the last enrolment that counted, also when there is none any more. */
  readonly enrolledAt: number | undefined
  /** Whether its record has been compared with all that it has to be. */
  readonly isCompared: boolean
  readonly taken: Taken | undefined
  /** The last day of a postponement or an exemption. */
  readonly until: CivilDate | undefined
  /** Of all refusals, tenths of MRP. It stays on record when the person is enrolled after all. */
  readonly fine: number
  readonly documents: readonly GrantedDocument[]
  /** The last; open while `holds` has `open`. Its id is the leaf of what opened it. */
  readonly case: { readonly id: Uint8Array; readonly file: CaseFile } | undefined
  /** Where the confirmation of an update leads. */
  readonly resumes: 'confirmed' | 'documented'
  readonly hasDied: boolean
  /** From when the officer of the enrolment that counts is no more believed. */
  readonly doubtedFrom: number | undefined
}

export interface GrantedDocument {
  readonly document: Document
  readonly reference: Uint8Array
  readonly at: number
}

export const UNKNOWN: LifeState = {
  status: 'unknown',
  since: 0,
  policy: '',
  underlying: 'unknown',
  holds: [],
  enrolment: undefined,
  enrolledAt: undefined,
  isCompared: false,
  taken: undefined,
  until: undefined,
  fine: 0,
  documents: [],
  case: undefined,
  resumes: 'confirmed',
  hasDied: false,
  doubtedFrom: undefined,
}

/** Nobody there to be found, or to be suspended. */
const GONE = { holds: [], enrolment: undefined, until: undefined, doubtedFrom: undefined } as const

/** What a deed changes besides the status; the table has found it legal. */
export function deedDone(
  state: LifeState,
  what: LifeDeed | CaseDeed,
  signed: Pick<LifeEvent, 'at' | 'by'>,
): Partial<LifeState> | ReasonCode {
  switch (what.type) {
    case 'refusal':
      return { fine: state.fine + what.fine, until: undefined }
    case 'postponement':
    case 'exemption':
      return { until: what.until }
    case 'confirmation':
      return state.isCompared ? {} : 'not-compared'
    case 'document':
      return documentGranted(state, what, signed.at)
    case 'suspension':
      if (state.holds.includes(what.cause)) return 'is-suspended'
      return { holds: withHold(state.holds, what.cause) }
    case 'reinstatement':
      return { holds: [] }
    case 'death':
      return { ...GONE, hasDied: true }
    case 'expiry':
    case 'erasure':
      return GONE
    case 'opinion':
    case 'second-examiner':
    default:
      return caseWent(state, what, signed)
  }
}

/** What it changes that prints were taken; whom the search named opens a case. */
export function printsTaken(
  { case: known, resumes }: LifeState,
  { type, duplicates, rivals = [], isCompared = false, taken }: PrintsTaken,
  { leaf, at, revokedAt }: LifeEvent,
): Partial<LifeState> {
  const isNamed = (rival: Uint8Array): boolean => duplicates.some((one) => equalBytes(one, rival))
  const others = [...duplicates, ...rivals.filter((rival) => !isNamed(rival))]
  const isDisputed = others.length > 0
  return {
    enrolment: leaf,
    enrolledAt: at,
    isCompared,
    taken,
    until: undefined,
    holds: isDisputed ? ['open'] : [],
    case: isDisputed ? { id: leaf, file: openCase(others) } : known,
    resumes: type === 'update' ? resumes : 'confirmed',
    doubtedFrom: revokedAt,
  }
}

function documentGranted(
  { documents, underlying, resumes }: LifeState,
  { document, reference }: Extract<LifeDeed, { type: 'document' }>,
  at: number,
): Partial<LifeState> | ReasonCode {
  const isKnown = documents.some((granted) => equalBytes(granted.reference, reference))
  if (isKnown) return 'already-granted'
  const wasConfirmed = underlying === 'confirmed' || underlying === 'updated'
  return {
    documents: [...documents, { document, reference, at }],
    resumes: wasConfirmed ? 'documented' : resumes,
  }
}

function caseWent(
  state: LifeState,
  what: CaseDeed,
  { by, at }: Pick<LifeEvent, 'at' | 'by'>,
): Partial<LifeState> | ReasonCode {
  const { id, file: before } = state.case!
  const { key: officer, role } = by[0]!
  const person = personOf(by[0]!)
  const file =
    what.type === 'opinion'
      ? withOpinion(before, { officer, person, role, at, ...saidIn(what) })
      : withSecondExaminer(before)
  if (typeof file === 'string') return file
  const resolution = resolutionOf(file)
  const others = state.holds.filter((hold) => hold !== resolutionOf(before))
  const holds = resolution === 'different' ? others : withHold(others, resolution)
  return { case: { id, file }, holds }
}

function saidIn({ candidate, finding, reason }: Extract<CaseDeed, { type: 'opinion' }>) {
  return { candidate, finding, reason }
}

export function withHold(holds: readonly Hold[], hold: Hold): readonly Hold[] {
  return holds.includes(hold) ? holds : [...holds, hold]
}
