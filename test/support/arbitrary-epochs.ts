/** Any valid entry by which epochs change and shards move. */
import fc from 'fast-check'
import { SHARDS_MAX } from '../../protocol/limits.ts'
import { entries, frontiers, texts, times, upTo } from './arbitraries.ts'

const shards = upTo(5, fc.nat(SHARDS_MAX - 1))

export const epochEntries = entries('epoch', { at: times, roster: texts(), frontier: frontiers })

export const holdingEntries = entries('holding', {
  at: times,
  epoch: times,
  held: shards,
  released: shards,
})
