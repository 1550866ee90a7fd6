/** Any batch of access records, and what nodes say to one another about them. */
import fc from 'fast-check'
import { OFFICER_TAGS } from '../../protocol/entry/batch.ts'
import { BATCH_RECORDS_MAX } from '../../protocol/limits.ts'
import type { BatchReply, BatchRequest } from '../../protocol/message/batch.ts'
import type { TouchedReply, TouchedRequest } from '../../protocol/message/touched.ts'
import {
  bytesUpTo,
  digests,
  entries,
  handles,
  maybe,
  nodes,
  objects,
  times,
} from './arbitraries.ts'

export const batchEntries = entries('batch', {
  at: times,
  groups: fc.array(
    objects({
      post: nodes,
      count: fc.nat(BATCH_RECORDS_MAX),
      root: digests,
      officers: fc.array(fc.nat(OFFICER_TAGS - 1), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
})

export const recordLists = fc.array(bytesUpTo(60), { maxLength: 4 })

export const batchRequests: fc.Arbitrary<BatchRequest> = objects({
  log: nodes,
  indexes: fc.array(times, { maxLength: 4 }),
})

export const batchReplies: fc.Arbitrary<BatchReply> = fc.array(maybe(bytesUpTo(60)), {
  maxLength: 4,
})

export const touchedRequests: fc.Arbitrary<TouchedRequest> = objects({
  log: nodes,
  handle: maybe(handles),
  officer: maybe(digests),
  from: times,
})

export const touchedReplies: fc.Arbitrary<TouchedReply> = objects({
  size: times,
  indexes: fc.array(times, { maxLength: 4 }),
})
