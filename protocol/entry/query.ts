/**
 * Somebody asks. It is in the asking node's log, under a signed checkpoint, before any shard is
 * asked; a shard that is not shown that proof does not search. Before an enrolment it is an entry
 * of the log, which the enrolment rests on; otherwise an access record in a batch.
 */
import { record, uint, type Shape } from '../codec.ts'
import { frontierShape, queryIdShape, timeShape, type LogSize } from '../identifiers.ts'
import { CANDIDATES_MAX } from '../limits.ts'
import { signedStatementFields, type SignedStatement } from '../statement.ts'

/** Highest score a matcher may report, and so the highest threshold. */
export const SCORE_MAX = 0xffff_ffff

export interface Query extends SignedStatement {
  readonly type: 'query'
  readonly at: number
  readonly queryId: Uint8Array
  /** Candidates below this score are not reported. */
  readonly threshold: number
  /** No more candidates than this are reported, the best ones. */
  readonly limit: number
  /**
   * How far every log went, to the last entry that changed who can be found or who may ask, in the
   * register of the node that asks. A shard that has not come as far does not answer.
   */
  readonly frontier: readonly LogSize[]
}

export const queryShape: Shape<Omit<Query, 'type'>> = record<Omit<Query, 'type'>>({
  at: timeShape,
  queryId: queryIdShape,
  ...signedStatementFields,
  threshold: uint(SCORE_MAX),
  limit: uint(CANDIDATES_MAX),
  frontier: frontierShape,
})
