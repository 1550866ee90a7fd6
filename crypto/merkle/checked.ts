/** What every proof is held to before it is computed with. */
import { HASH_BYTES, type Hash } from '../hash.ts'
import { InvalidProof } from './invalid-proof.ts'

/** A path longer than this cannot belong to a tree of fewer than 2^64 leaves. */
export const PATH_HASHES_MAX = 64

/** Sizes are unsigned 64-bit numbers on the wire and in checkpoints. */
export const TREE_SIZE_MAX = (1n << 64n) - 1n

/** @throws InvalidProof `hash-length` */
export function checkedHash(hash: Hash): Hash {
  if (hash.length === HASH_BYTES) return hash
  throw new InvalidProof('hash-length', `a hash has ${HASH_BYTES} bytes, this one ${hash.length}`)
}

/** Level of the largest perfect tree within `size` leaves: floor(log2), for sizes from 1. */
export function levelBelow(size: bigint): number {
  return size.toString(2).length - 1
}

/** Level of the largest perfect tree that starts at `index`: its trailing zero bits. */
export function levelAt(index: bigint): number {
  const isolated = index & -index
  return isolated === 0n ? PATH_HASHES_MAX : levelBelow(isolated)
}
