/**
 * Searching: the asking node shows the proof that the query is logged, the probe that the officer's
 * statement commits to, and says which shards it wants; the shard's node answers with its part, the
 * proof that the part is logged, and the enrolments of its candidates.
 */
import {
  provenEntryShape,
  provenPartShape,
  provenRecordShape,
  type ProvenEntry,
  type ProvenPart,
  type ProvenRecord,
} from '../answer.ts'
import { bytesUpTo, codec, list, record, uint } from '../codec.ts'
import { CANDIDATES_MAX, FRAME_BYTES_MAX, SHARDS_MAX } from '../limits.ts'
import { PAYLOAD_BYTES_MAX } from '../payload.ts'

export const SEARCHES = '/tamga/search/1'

export interface SearchRequest {
  readonly query: ProvenRecord
  readonly payload: Uint8Array
  readonly shards: readonly number[]
  /** The asker's, in which it wants the answer. */
  readonly epoch: number
}

export interface SearchReply {
  readonly part: ProvenPart
  /** One for every candidate of the part, in their order. */
  readonly enrolments: readonly ProvenEntry[]
}

export const searchRequests = codec(
  'search request',
  FRAME_BYTES_MAX,
  record<SearchRequest>({
    query: provenRecordShape,
    payload: bytesUpTo(PAYLOAD_BYTES_MAX),
    shards: list(uint(SHARDS_MAX - 1), SHARDS_MAX),
    epoch: uint(),
  }),
)

export const searchReplies = codec(
  'search reply',
  FRAME_BYTES_MAX,
  record<SearchReply>({
    part: provenPartShape,
    enrolments: list(provenEntryShape, CANDIDATES_MAX),
  }),
)
