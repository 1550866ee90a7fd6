/**
 * Consistency proofs: that a log has only grown, none of its earlier leaves altered or left out.
 *
 * Source: RFC 6962 §2.1.2 and RFC 9162 §2.1.4.2. The earlier tree is the subtree that starts at 0,
 * and its proof is that subtree's.
 */
import type { Hash } from '../hash.ts'
import { InvalidProof } from './invalid-proof.ts'
import { verifySubtreeConsistency } from './subtree.ts'

export interface ConsistencyProof {
  /** Leaves of the earlier tree: at least one. */
  size1: bigint
  /** Leaves of the later tree: not fewer. */
  size2: bigint
  root1: Hash
  root2: Hash
  /** As the log sent it. Empty where the sizes are equal. */
  proof: readonly Hash[]
}

/**
 * Returns if the tree of `root2` begins with the tree of `root1`, and throws otherwise.
 *
 * Trusts nothing. An empty tree is the beginning of every tree and needs no proof, so that a proof
 * from size 0 shows nothing and is refused; who follows a log from its start checks for 0 first.
 *
 * @throws InvalidProof `size-out-of-range`, `path-length`, `hash-length` or `root-mismatch`
 */
export function verifyConsistency({ size1, size2, root1, root2, proof }: ConsistencyProof): void {
  if (size1 < 1n || size1 > size2) {
    throw new InvalidProof('size-out-of-range', `no proof leads from size ${size1} to ${size2}`)
  }
  verifySubtreeConsistency({ start: 0n, end: size1, size: size2, root1, root2, proof })
}
