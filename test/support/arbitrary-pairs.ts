/** Any valid entry that is about pairs, of enrolments or of parts. */
import fc from 'fast-check'
import {
  candidates,
  digests,
  entries,
  frontiers,
  handles,
  maybe,
  nodes,
  objects,
  scores,
  shards,
  times,
  upTo,
} from './arbitraries.ts'

export const seenEntries = entries('seen', { at: times, frontier: frontiers })

export const claimEntries = entries('claim', {
  at: times,
  handle: handles,
  others: maybe(upTo(1, handles)),
})

const placedLeaves = objects({ log: nodes, index: times, leaf: digests })

export const crossQueryEntries = entries('cross-query', {
  at: times,
  queryId: handles,
  enrolment: placedLeaves,
  threshold: scores,
  limit: fc.nat(64),
  frontier: frontiers,
})

export const crossCheckEntries = entries('cross-check', {
  at: times,
  queryId: handles,
  query: digests,
  enrolment: placedLeaves,
  frontier: frontiers,
  candidates: upTo(3, candidates),
})

const namedParts = objects({ node: nodes, part: digests })

export const disputeEntries = entries('dispute', {
  at: times,
  queryId: handles,
  query: digests,
  shard: shards,
  first: namedParts,
  second: namedParts,
})
