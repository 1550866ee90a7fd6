/**
 * Access records: a node asks another for those of some batches of a log. Whoever has them hands
 * them out; they are believed as far as they are what the batches commit to.
 */
import { bytesUpTo, codec, list, optional, record, uint } from '../codec.ts'
import { nodeShape } from '../identifiers.ts'
import { FRAME_BYTES_MAX, RECORDS_BYTES_MAX } from '../limits.ts'

export const BATCHES = '/tamga/batch/1'

/** Batches in one request: the widest page of a log has no more. */
export const BATCHES_ASKED_MAX = 256

export interface BatchRequest {
  readonly log: string
  readonly indexes: readonly number[]
}

/**
 * As many as fit a frame, in the order of the request: `recordBatches`, or nothing where they are
 * not there.
 */
export type BatchReply = readonly (Uint8Array | undefined)[]

export const batchRequests = codec(
  'batch request',
  4_096,
  record<BatchRequest>({ log: nodeShape, indexes: list(uint(), BATCHES_ASKED_MAX) }),
)

export const batchReplies = codec<BatchReply>(
  'batch reply',
  FRAME_BYTES_MAX,
  list(optional(bytesUpTo(RECORDS_BYTES_MAX)), BATCHES_ASKED_MAX),
)
