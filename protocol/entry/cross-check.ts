/**
 * An enrolment is held against those that its own search for duplicates could not know of: enrolled
 * at other nodes at the same time. First the question stands in the log of a node that keeps the
 * sealed record, under which any shard may search; then what came of it.
 *
 * Nobody signs for it anew: it rests on the statement that the enrolment was made under.
 */
import { list, record, uint, type Shape } from '../codec.ts'
import { placedLeafFields, type PlacedLeaf } from '../covered-log.ts'
import {
  digestShape,
  frontierShape,
  queryIdShape,
  timeShape,
  type LogSize,
} from '../identifiers.ts'
import { CANDIDATES_MAX } from '../limits.ts'
import { candidateShape, type PartCandidate } from '../part.ts'
import { SCORE_MAX } from './query.ts'

/** Where an enrolment stands: always as an entry. */
type EnrolmentLeaf = Omit<PlacedLeaf, 'record'>

export interface CrossQuery {
  readonly type: 'cross-query'
  readonly at: number
  readonly queryId: Uint8Array
  /** Whose prints are searched for. */
  readonly enrolment: EnrolmentLeaf
  readonly threshold: number
  readonly limit: number
  /** As in a query: a shard that has not come as far does not answer. */
  readonly frontier: readonly LogSize[]
}

export interface CrossCheck {
  readonly type: 'cross-check'
  readonly at: number
  readonly queryId: Uint8Array
  /** Leaf hash of the question, which stands before it in this log. */
  readonly query: Uint8Array
  readonly enrolment: EnrolmentLeaf
  /** What every part of the search had taken in, at least. */
  readonly frontier: readonly LogSize[]
  /** Whom it found besides the person: the best first. */
  readonly candidates: readonly PartCandidate[]
}

const enrolmentShape = record<EnrolmentLeaf>(placedLeafFields)

export const crossQueryShape: Shape<Omit<CrossQuery, 'type'>> = record<Omit<CrossQuery, 'type'>>({
  at: timeShape,
  queryId: queryIdShape,
  enrolment: enrolmentShape,
  threshold: uint(SCORE_MAX),
  limit: uint(CANDIDATES_MAX),
  frontier: frontierShape,
})

export const crossCheckShape: Shape<Omit<CrossCheck, 'type'>> = record<Omit<CrossCheck, 'type'>>({
  at: timeShape,
  queryId: queryIdShape,
  query: digestShape,
  enrolment: enrolmentShape,
  frontier: frontierShape,
  candidates: list(candidateShape, CANDIDATES_MAX),
})
