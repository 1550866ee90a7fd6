/**
 * Inclusion proofs: that one leaf is in a tree of a known root.
 *
 * Source: RFC 6962 §2.1.1 and RFC 9162 §2.1.3.2. The tree is SHA-256 with 0x00 before a leaf and
 * 0x01 before an inner node. Sizes and indexes are bigint: a log may outgrow 2^53 entries.
 */
import { hashChildren, type Hash } from '../hash.ts'
import { checkedHash, PATH_HASHES_MAX, TREE_SIZE_MAX } from './checked.ts'
import { InvalidProof } from './invalid-proof.ts'

export interface InclusionProof {
  /** Zero-based position of the leaf. */
  index: bigint
  /** Number of leaves in the tree whose root is claimed. */
  size: bigint
  /** Sibling hashes, leaf to root. */
  path: readonly Hash[]
}

/**
 * Recomputes the root that `leaf` has under `proof`.
 *
 * Trusts nothing: any index, size and path may come from a stranger. The caller compares the
 * result with a root it has reason to believe, usually one from a cosigned checkpoint.
 *
 * @throws InvalidProof `index-out-of-range`, `path-length` or `hash-length`
 */
export function rootFromInclusion(leaf: Hash, { index, size, path }: InclusionProof): Hash {
  if (index < 0n || index >= size || size > TREE_SIZE_MAX) {
    throw new InvalidProof('index-out-of-range', `leaf ${index} is not in a tree of ${size}`)
  }
  if (path.length > PATH_HASHES_MAX || path.length !== pathLength(index, size)) {
    throw new InvalidProof('path-length', `a path of ${path.length} does not fit ${index}/${size}`)
  }
  let position = index
  let last = size - 1n
  let root = checkedHash(leaf)
  for (const sibling of path) {
    // A node that is its level's last and stands on the left has no sibling there: it rises as it
    // is, until it is a right child or has somebody to its right.
    while (position === last && (position & 1n) === 0n && last > 0n) {
      position >>= 1n
      last >>= 1n
    }
    const isRight = (position & 1n) === 1n
    const other = checkedHash(sibling)
    root = isRight ? hashChildren(other, root) : hashChildren(root, other)
    position >>= 1n
    last >>= 1n
  }
  return root
}

/** How many siblings the path from `index` to the root has. */
function pathLength(index: bigint, size: bigint): number {
  let length = 0
  for (let position = index, last = size - 1n; last > 0n; position >>= 1n, last >>= 1n) {
    if ((position & 1n) === 1n || position < last) length += 1
  }
  return length
}
