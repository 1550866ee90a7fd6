/**
 * How much of a log a list covers, with the checkpoint that its rows are proven by: said once for
 * the log and not again in every row.
 */
import { lines, list, record, uint, type Shape } from './codec.ts'
import { digestShape, nodeShape, type LogSize } from './identifiers.ts'
import { CHECKPOINT_BYTES_MAX, NODES_MAX, PROOF_HASHES_MAX } from './limits.ts'

export interface CoveredLog extends LogSize {
  /** A note that the log's key signed, of this size or a larger one; empty where the size is 0. */
  readonly checkpoint: string
}

/** Where an entry stands. */
export interface Place {
  readonly log: string
  readonly index: number
}

/** An entry by its place and its RFC 6962 leaf hash, from which nobody learns what it says. */
export interface PlacedLeaf extends Place {
  readonly leaf: Uint8Array
}

/** The same with its siblings, from the leaf to the root of the log's checkpoint. */
export interface ProvenLeaf extends PlacedLeaf {
  readonly path: readonly Uint8Array[]
}

/** Every log of the roster, in its order. */
export const coveredLogsShape: Shape<readonly CoveredLog[]> = list(
  record<CoveredLog>({ node: nodeShape, size: uint(), checkpoint: lines(CHECKPOINT_BYTES_MAX) }),
  NODES_MAX,
)

export const placedLeafFields = { log: nodeShape, index: uint(), leaf: digestShape }

export const pathShape = list(digestShape, PROOF_HASHES_MAX)

/** By log, then index. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.log === b.log) return a.index - b.index
  return a.log < b.log ? -1 : 1
}
