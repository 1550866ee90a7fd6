/**
 * What a query led to: in the asking node's log before anybody hears the answer. It is how a person
 * learns that a search named them, how a breach is reckoned up, and what opens a case.
 *
 * A verification's names nobody but whom its question names, and is an access record in a batch;
 * all others are entries.
 */
import { list, oneOf, optional, record, uint, type Shape } from '../codec.ts'
import { digestShape, queryIdShape, timeShape } from '../identifiers.ts'
import { CANDIDATES_MAX } from '../limits.ts'
import { candidateShape, type PartCandidate } from '../part.ts'
import { VERDICTS, type Verdict } from '../verdict.ts'

export interface Outcome {
  readonly type: 'outcome'
  readonly at: number
  readonly queryId: Uint8Array
  /** Leaf hash of the query's bytes: a record in a batch of this log, or an entry, before it. */
  readonly query: Uint8Array
  /** Index of the batch that the query is in; absent of one that is an entry itself. */
  readonly batch?: number | undefined
  readonly verdict: Verdict
  /** As in the answer. */
  readonly candidates: readonly PartCandidate[]
}

export const outcomeShape: Shape<Omit<Outcome, 'type'>> = record<Omit<Outcome, 'type'>>({
  at: timeShape,
  queryId: queryIdShape,
  query: digestShape,
  batch: optional(uint()),
  verdict: oneOf(...VERDICTS),
  candidates: list(candidateShape, CANDIDATES_MAX),
})
