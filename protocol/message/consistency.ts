/**
 * Consistency: what root a log had at a smaller size, by the copy of whoever is asked, and the
 * proof that its larger tree begins so. Of two checkpoints that contradict each other it is the
 * last piece of evidence.
 */
import { codec, list, record, uint } from '../codec.ts'
import { digestShape, nodeShape } from '../identifiers.ts'
import { PROOF_HASHES_MAX } from '../limits.ts'

export const CONSISTENCY = '/tamga/consistency/1'

export interface ConsistencyRequest {
  readonly log: string
  readonly from: number
  readonly to: number
}

export interface ConsistencyReply {
  /** The root at `from`. */
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

export const consistencyRequests = codec(
  'consistency request',
  256,
  record<ConsistencyRequest>({ log: nodeShape, from: uint(), to: uint() }),
)

export const consistencyReplies = codec(
  'consistency reply',
  PROOF_HASHES_MAX * 40 + 64,
  record<ConsistencyReply>({ root: digestShape, proof: list(digestShape, PROOF_HASHES_MAX) }),
)
