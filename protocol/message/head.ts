/**
 * Heads: the newest checkpoints that a node has verified, its own and those it mirrors. Asked for
 * (`HEADS`) by whoever catches up, and announced (`CHECKPOINTS`) when a log grows.
 */
import { codec, lines, list, record } from '../codec.ts'
import { nodeShape } from '../identifiers.ts'
import { CHECKPOINT_BYTES_MAX, FRAME_BYTES_MAX, NODES_MAX } from '../limits.ts'

export const HEADS = '/tamga/heads/1'
export const CHECKPOINTS = 'tamga/checkpoints/1'

export interface Head {
  /** The node whose log it is. */
  readonly log: string
  /** A signed note. */
  readonly checkpoint: string
}

const headShape = record<Head>({ log: nodeShape, checkpoint: lines(CHECKPOINT_BYTES_MAX) })

/** Of each log the newest, and the newest that a quorum has cosigned. */
export const heads = codec('heads', FRAME_BYTES_MAX, list(headShape, 2 * NODES_MAX))
