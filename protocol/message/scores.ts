/**
 * Opening a part: the node that asked for it wants to see the digests that its roots of scores were
 * made of. The part was logged before, and nothing in the search showed that this would be asked.
 */
import { codec, list, record, uint, type Shape } from '../codec.ts'
import { digestShape } from '../identifiers.ts'
import { FRAME_BYTES_MAX, SHARDS_MAX } from '../limits.ts'
import { BLOCKS_MAX } from '../score-tree.ts'

export const SCORES = '/tamga/scores/1'

export interface ScoresRequest {
  /** `partDigest` of the part. */
  readonly part: Uint8Array
}

/** The digests of one shard's blocks, in order. */
export interface OpenedScores {
  readonly shard: number
  readonly digests: readonly Uint8Array[]
}

export const scoresRequests = codec(
  'scores request',
  64,
  record<ScoresRequest>({ part: digestShape }),
)

export const openedScoresShape: Shape<OpenedScores> = record<OpenedScores>({
  shard: uint(SHARDS_MAX - 1),
  digests: list(digestShape, BLOCKS_MAX),
})

/** One for every shard of the part, in its order. */
export const scoresReplies = codec(
  'scores reply',
  FRAME_BYTES_MAX,
  list(openedScoresShape, SHARDS_MAX),
)
