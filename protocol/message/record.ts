/**
 * Records: a replica that lacks a sealed record asks another replica of the same shard for it, and
 * gets it with the data key wrapped for itself. It is sealed on the way, as it was when it was
 * deposited.
 */
import { bytesUpTo, codec, record } from '../codec.ts'
import { digestShape, handleShape } from '../identifiers.ts'
import { SEALED_BYTES_MAX } from '../sealed-record.ts'

export const RECORDS = '/tamga/record/1'

export interface RecordRequest {
  readonly handle: Uint8Array
  /** As an enrolment of this person has it. */
  readonly commitment: Uint8Array
}

export const recordRequests = codec(
  'record request',
  128,
  record<RecordRequest>({ handle: handleShape, commitment: digestShape }),
)

/** A sealed record: see `protocol/sealed-record.ts`. */
export const recordReplies = codec(
  'record reply',
  SEALED_BYTES_MAX + 64,
  bytesUpTo(SEALED_BYTES_MAX),
)
