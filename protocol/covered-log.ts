/**
 * How much of a log a list covers, with the checkpoint that its rows are proven by: said once for
 * the log and not again in every row.
 */
import { recordProofShape, type RecordProof } from './record-proof.ts'
import { lines, list, optional, record, uint, type Shape } from './codec.ts'
import { digestShape, nodeShape, type LogSize } from './identifiers.ts'
import { BATCH_RECORDS_MAX, CHECKPOINT_BYTES_MAX, NODES_MAX, PROOF_HASHES_MAX } from './limits.ts'

export interface CoveredLog extends LogSize {
  /** A note that the log's key signed, of this size or a larger one; empty where the size is 0. */
  readonly checkpoint: string
}

/** Where an entry stands, or an access record. */
export interface Place {
  readonly log: string
  readonly index: number
  /** Of an access record: its place in the batch at `index`. */
  readonly record?: number | undefined
}

/** An entry by its place and its RFC 6962 leaf hash, from which nobody learns what it says. */
export interface PlacedLeaf extends Place {
  readonly leaf: Uint8Array
}

/** The same with its siblings, from the leaf to the root of the log's checkpoint. */
export interface ProvenLeaf extends PlacedLeaf {
  /** Of an access record: of its batch. */
  readonly path: readonly Uint8Array[]
  /** What proves an access record in its batch. */
  readonly batch?: RecordProof | undefined
}

/** Every log of the roster, in its order. */
export const coveredLogsShape: Shape<readonly CoveredLog[]> = list(
  record<CoveredLog>({ node: nodeShape, size: uint(), checkpoint: lines(CHECKPOINT_BYTES_MAX) }),
  NODES_MAX,
)

export const placedLeafFields = { log: nodeShape, index: uint(), leaf: digestShape }

/** `Place.record`. */
export const recordPlaceShape = optional(uint(BATCH_RECORDS_MAX - 1))

export const provenLeafFields = {
  path: list(digestShape, PROOF_HASHES_MAX),
  batch: recordProofShape,
}

/** By log, then index, then record. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.log !== b.log) return a.log < b.log ? -1 : 1
  return a.index - b.index || (a.record ?? -1) - (b.record ?? -1)
}
