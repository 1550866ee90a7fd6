/**
 * Subtrees: a stretch of leaves with a root of its own that is tied to the root of the whole log.
 * Replication ships entries in stretches of 256, each with one such proof.
 *
 * Source: draft-ietf-plants-merkle-tree-certs, "Subtrees"; C2SP tlog-mirror uses them per package.
 * A subtree is [start, end) where start is a multiple of the smallest power of two that is not
 * below end - start: the stretches whose inner nodes are inner nodes of the whole tree, or its
 * right edge.
 */
import { equalBytes } from '../bytes.ts'
import { EMPTY_ROOT, hashChildren, type Hash } from '../hash.ts'
import { checkedHash, PATH_HASHES_MAX, TREE_SIZE_MAX } from './checked.ts'
import { rootFromInclusion } from './inclusion.ts'
import { InvalidProof } from './invalid-proof.ts'

export interface SubtreeInclusionProof {
  /** Position of the leaf in the whole log. */
  index: bigint
  /** First leaf of the subtree. */
  start: bigint
  /** One past its last leaf. */
  end: bigint
  /** Sibling hashes, leaf to root of the subtree. */
  path: readonly Hash[]
}

export interface SubtreeConsistencyProof {
  start: bigint
  end: bigint
  /** Leaves of the whole tree. */
  size: bigint
  /** Claimed root of the subtree. */
  root1: Hash
  /** Root of the whole tree, believed for other reasons. */
  root2: Hash
  proof: readonly Hash[]
}

/** Whether [start, end) is a subtree of at least one leaf, in a tree large enough. */
export function isSubtree(start: bigint, end: bigint): boolean {
  if (start < 0n || start >= end || end > TREE_SIZE_MAX) return false
  let width = 1n
  while (width < end - start) width <<= 1n
  return start % width === 0n
}

/**
 * Recomputes the root of the subtree that `leaf` has under `proof`; trusts nothing.
 *
 * @throws InvalidProof `subtree-out-of-range`, `index-out-of-range`, `path-length`, `hash-length`
 */
export function rootFromSubtreeInclusion(leaf: Hash, proof: SubtreeInclusionProof): Hash {
  const { index, start, end, path } = proof
  expectSubtree(start, end)
  return rootFromInclusion(leaf, { index: index - start, size: end - start, path })
}

/**
 * Returns if `root1` is the root of leaves [start, end) of the tree of `root2`, and throws
 * otherwise.
 *
 * The proof rebuilds both roots at once: every hash in it belongs to the large tree, those left of
 * the subtree's last leaf and inside the subtree also to the small one. As in the draft, a stretch
 * of no leaves is proven by nothing: its root is the empty one, and `root2` is not looked at.
 *
 * @throws InvalidProof `subtree-out-of-range`, `path-length`, `hash-length` or `root-mismatch`
 */
export function verifySubtreeConsistency(claim: SubtreeConsistencyProof): void {
  const { start, end, size, root1, root2, proof } = claim
  if (end > size || size > TREE_SIZE_MAX) {
    throw new InvalidProof('subtree-out-of-range', `[${start}, ${end}) is not in a tree of ${size}`)
  }
  if (start >= 0n && start === end) return expectNothing(root1, proof)
  expectSubtree(start, end)
  if (proof.length > PATH_HASHES_MAX) {
    throw new InvalidProof('path-length', `a proof of ${proof.length} hashes`)
  }

  const walk = startOfWalk(start, end, size)
  const isWhole = walk.first === walk.split
  const [seed, path] = isWhole ? [root1, proof] : [proof[0], proof.slice(1)]
  if (seed === undefined)
    throw new InvalidProof('path-length', 'an empty proof of a partial subtree')

  const { small, large } = rootsFromPath(seed, path, walk)
  if (equalBytes(small, root1) && equalBytes(large, root2)) return
  throw new InvalidProof('root-mismatch', `[${start}, ${end}) is not in this tree of ${size}`)
}

/** Where a proof is on its way up: positions at one level of the tree. */
interface Walk {
  /** Of the subtree's first leaf. */
  first: bigint
  /** Of the subtree's last leaf: the proof follows its path. */
  split: bigint
  /** Of the tree's last leaf. */
  last: bigint
}

/**
 * The level of the largest perfect tree that ends the subtree: its hash is where a proof begins.
 */
function startOfWalk(start: bigint, end: bigint, size: bigint): Walk {
  let [first, split, last] = [start, end - 1n, size - 1n]
  // On the right edge of the tree the whole subtree is one of its nodes, however ragged.
  while (first !== split && (split === last || (split & 1n) === 1n)) {
    first >>= 1n
    split >>= 1n
    last >>= 1n
  }
  return { first, split, last }
}

function rootsFromPath(
  seed: Hash,
  path: readonly Hash[],
  walk: Walk,
): { small: Hash; large: Hash } {
  let { first, split, last } = walk
  let small = path.length > 0 ? checkedHash(seed) : seed
  let large = small
  for (const hash of path) {
    if (last === 0n) throw new InvalidProof('path-length', 'a proof that goes on above the root')
    const sibling = checkedHash(hash)
    if ((split & 1n) === 1n || split === last) {
      if (first < split) small = hashChildren(sibling, small)
      large = hashChildren(sibling, large)
      // On the right edge nodes without a sibling rise as they are.
      while ((split & 1n) === 0n && split > 0n) {
        first >>= 1n
        split >>= 1n
        last >>= 1n
      }
    } else {
      large = hashChildren(large, sibling)
    }
    first >>= 1n
    split >>= 1n
    last >>= 1n
  }
  if (last !== 0n) throw new InvalidProof('path-length', 'a proof that ends below the root')
  return { small, large }
}

function expectNothing(root: Hash, proof: readonly Hash[]): void {
  if (proof.length > 0) throw new InvalidProof('path-length', 'a proof about no leaves')
  if (equalBytes(root, EMPTY_ROOT)) return
  throw new InvalidProof('root-mismatch', 'no leaves have the empty root')
}

function expectSubtree(start: bigint, end: bigint): void {
  if (isSubtree(start, end)) return
  throw new InvalidProof('subtree-out-of-range', `[${start}, ${end}) is not a subtree`)
}
