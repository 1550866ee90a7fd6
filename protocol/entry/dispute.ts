/**
 * Two replicas of a shard answered a query of this log otherwise, with the same people: the node
 * that asked both says so where nobody can unsay it. The parts themselves are the evidence.
 */
import { record, uint, type Shape } from '../codec.ts'
import { digestShape, nodeShape, queryIdShape, timeShape } from '../identifiers.ts'
import { SHARDS_MAX } from '../limits.ts'

/** A part, as the log of its node commits to it. */
export interface NamedPart {
  readonly node: string
  /** `partDigest` */
  readonly part: Uint8Array
}

export interface DisputeEntry {
  readonly type: 'dispute'
  readonly at: number
  readonly queryId: Uint8Array
  /** Leaf hash of the query's bytes: a record in a batch of this log, or an entry, before it. */
  readonly query: Uint8Array
  readonly shard: number
  readonly first: NamedPart
  readonly second: NamedPart
}

const namedPartShape = record<NamedPart>({ node: nodeShape, part: digestShape })

export const disputeShape: Shape<Omit<DisputeEntry, 'type'>> = record<Omit<DisputeEntry, 'type'>>({
  at: timeShape,
  queryId: queryIdShape,
  query: digestShape,
  shard: uint(SHARDS_MAX - 1),
  first: namedPartShape,
  second: namedPartShape,
})
