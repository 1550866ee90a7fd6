/**
 * A node has come to hold shards, or has let go of them: the steps by which shards move from epoch
 * to epoch. Who had a shard before keeps it, and searches it, until all who have it now say so.
 */
import { list, record, uint, type Shape } from '../codec.ts'
import { timeShape } from '../identifiers.ts'
import { SHARDS_MAX } from '../limits.ts'

export interface Holding {
  readonly type: 'holding'
  readonly at: number
  /** The epoch in which it is a replica of those that it holds, and no more of the others. */
  readonly epoch: number
  /** Whole: everybody of these shards can be searched here. */
  readonly held: readonly number[]
  /** The keys of the sealed records of these were destroyed here. */
  readonly released: readonly number[]
}

const shards = list(uint(SHARDS_MAX - 1), SHARDS_MAX)

export const holdingShape: Shape<Omit<Holding, 'type'>> = record<Omit<Holding, 'type'>>({
  at: timeShape,
  epoch: uint(),
  held: shards,
  released: shards,
})
