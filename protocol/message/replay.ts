/**
 * A replay: the node that asked a query asks another replica to compare some people of a shard with
 * the query's probe again. The reply is a signed replay, `protocol/replay.ts`.
 */
import { provenRecordShape, type ProvenRecord } from '../answer.ts'
import { bytesUpTo, codec, record, uint } from '../codec.ts'
import { FRAME_BYTES_MAX, SHARDS_MAX } from '../limits.ts'
import { PAYLOAD_BYTES_MAX } from '../payload.ts'
import { namedTemplatesShape, type NamedTemplate } from '../replay.ts'

export const REPLAYS = '/tamga/replay/1'

export interface ReplayRequest {
  /** In the log of the node that asks. */
  readonly query: ProvenRecord
  /** The probe, as the officer's statement commits to it. */
  readonly payload: Uint8Array
  readonly shard: number
  /** In the order in which their scores are digested. */
  readonly people: readonly NamedTemplate[]
}

export const replayRequests = codec(
  'replay request',
  FRAME_BYTES_MAX,
  record<ReplayRequest>({
    query: provenRecordShape,
    payload: bytesUpTo(PAYLOAD_BYTES_MAX),
    shard: uint(SHARDS_MAX - 1),
    people: namedTemplatesShape,
  }),
)
