/**
 * A query that was drawn to be looked at again: its answer, and the digests that the nodes that
 * gave its parts have opened. The probe is not in it.
 */
import { bytesUpTo, codec, list, record } from './codec.ts'
import { ANSWER_BYTES_MAX, FRAME_BYTES_MAX, SHARDS_MAX } from './limits.ts'
import { openedScoresShape, type OpenedScores } from './message/scores.ts'

/** An answer, and as many digests as its nodes may send in one frame each. */
export const SAMPLE_BYTES_MAX = ANSWER_BYTES_MAX + 8 * FRAME_BYTES_MAX

export interface Sample {
  /** An answer bundle. */
  readonly answer: Uint8Array
  /** Of every shard whose part was opened. */
  readonly scores: readonly OpenedScores[]
}

export const samples = codec(
  'sample',
  SAMPLE_BYTES_MAX,
  record<Sample>({
    answer: bytesUpTo(ANSWER_BYTES_MAX),
    scores: list(openedScoresShape, SHARDS_MAX),
  }),
)
