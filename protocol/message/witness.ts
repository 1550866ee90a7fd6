/**
 * Witnessing: a log shows another node its newest checkpoint, with the proof that it goes on from
 * the one that this node has seen, and gets a cosignature for it.
 *
 * Source: C2SP tlog-witness v1.0.0, `add-checkpoint`, carried by the mesh instead of HTTP: the
 * outcomes are its 200, 404, 403, 409 and 422.
 */
import { codec, lines, list, record, uint, variants } from '../codec.ts'
import { digestShape, nodeShape } from '../identifiers.ts'
import { CHECKPOINT_BYTES_MAX, PROOF_HASHES_MAX } from '../limits.ts'

export const WITNESS = '/tamga/witness/1'

/** One signature line with its newline, bytes: two names of nodes and room for a longer kind. */
export const SIGNATURE_LINE_BYTES_MAX = 4_096

export interface WitnessRequest {
  /** The node whose log it is. */
  readonly log: string
  /** Size of the checkpoint that the witness is believed to have seen last; 0 for none. */
  readonly oldSize: number
  /** Consistency proof from there; empty from 0, and between equal sizes. */
  readonly proof: readonly Uint8Array[]
  /** A signed note. */
  readonly checkpoint: string
}

export type WitnessReply =
  /** Cosigned: a signature line, with its newline. The witness has it on disk. */
  | { readonly type: 'cosigned'; readonly line: string }
  /** There is no such log in the roster of the witness. */
  | { readonly type: 'unknown' }
  /** Not signed by the log's key, or that key is quarantined. */
  | { readonly type: 'forbidden' }
  /** The witness has seen `size`, or at that size another root. */
  | { readonly type: 'conflict'; readonly size: number }
  /** The proof does not prove it. */
  | { readonly type: 'unprocessable' }

export const witnessRequests = codec(
  'witness request',
  CHECKPOINT_BYTES_MAX + PROOF_HASHES_MAX * 40 + 256,
  record<WitnessRequest>({
    log: nodeShape,
    oldSize: uint(),
    proof: list(digestShape, PROOF_HASHES_MAX),
    checkpoint: lines(CHECKPOINT_BYTES_MAX),
  }),
)

export const witnessReplies = codec<WitnessReply>(
  'witness reply',
  SIGNATURE_LINE_BYTES_MAX + 64,
  variants<WitnessReply>({
    cosigned: { number: 0, shape: record({ line: lines(SIGNATURE_LINE_BYTES_MAX) }) },
    unknown: { number: 1, shape: record({}) },
    forbidden: { number: 2, shape: record({}) },
    conflict: { number: 3, shape: record({ size: uint() }) },
    unprocessable: { number: 4, shape: record({}) },
  }),
)
