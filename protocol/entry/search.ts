/**
 * A node searched its shards for a query. It is an access record in a batch of that node's log
 * before the node answers, and commits it to the part it answered with, hit or not.
 */
import { record, type Shape } from '../codec.ts'
import { digestShape, nodeShape, queryIdShape, timeShape } from '../identifiers.ts'

export interface Search {
  readonly type: 'search'
  readonly at: number
  readonly queryId: Uint8Array
  /** The node that asked, and the leaf hash of the question: an entry or a record in its log. */
  readonly asker: string
  readonly query: Uint8Array
  /** Digest of the part's bytes: `partDigest`. */
  readonly part: Uint8Array
}

export const searchShape: Shape<Omit<Search, 'type'>> = record<Omit<Search, 'type'>>({
  at: timeShape,
  queryId: queryIdShape,
  asker: nodeShape,
  query: digestShape,
  part: digestShape,
})
