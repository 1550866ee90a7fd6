/**
 * Making proofs from stored nodes. Only perfect nodes are stored (they never change); what a proof
 * needs beyond them is folded from several. Each proof costs one batched read.
 *
 * Source: RFC 6962 §2.1.1 (PATH) and §2.1.2 (PROOF); draft-ietf-plants-merkle-tree-certs for
 * subtrees.
 */
import type { Hash } from '../hash.ts'
import { checkedHash, levelAt, levelBelow, TREE_SIZE_MAX } from './checked.ts'
import { InvalidProof } from './invalid-proof.ts'
import { foldRight } from './right-edge.ts'
import { isSubtree } from './subtree.ts'

/** A perfect node: the root of leaves [index * 2^level, (index + 1) * 2^level). */
export interface NodeId {
  level: number
  index: bigint
}

/** Reads hashes of perfect nodes, in the order asked for; throws if one is not at hand. */
export type ReadNodes = (ids: readonly NodeId[]) => Promise<Hash[]>

/** Leaves [begin, end). */
interface Stretch {
  begin: bigint
  end: bigint
}

/**
 * The perfect nodes that tile leaves [begin, end) exactly, left to right, as few as there can be.
 *
 * @throws InvalidProof `size-out-of-range` unless 0 <= begin <= end < 2^64
 */
export function compactRange(begin: bigint, end: bigint): NodeId[] {
  if (begin < 0n || begin > end || end > TREE_SIZE_MAX) {
    throw new InvalidProof('size-out-of-range', `[${begin}, ${end}) is not a range of leaves`)
  }
  const nodes: NodeId[] = []
  for (let at = begin; at < end;) {
    const level = Math.min(levelAt(at), levelBelow(end - at))
    nodes.push({ level, index: at >> BigInt(level) })
    at += 1n << BigInt(level)
  }
  return nodes
}

/** The nodes whose hashes `RightEdge.from` takes. @throws InvalidProof `size-out-of-range` */
export function rightEdgeNodes(size: bigint): NodeId[] {
  return compactRange(0n, size)
}

/**
 * The inclusion path of leaf `index` in the tree of the first `size` leaves, leaf to root.
 *
 * @throws InvalidProof `index-out-of-range`; what `readNodes` throws
 */
export async function proveInclusion(
  index: bigint,
  size: bigint,
  readNodes: ReadNodes,
): Promise<Hash[]> {
  if (index < 0n || index >= size || size > TREE_SIZE_MAX) {
    throw new InvalidProof('index-out-of-range', `leaf ${index} is not in a tree of ${size}`)
  }
  const siblings: Stretch[] = []
  let tree: Stretch = { begin: 0n, end: size }
  while (tree.end - tree.begin > 1n) {
    const [left, right] = children(tree)
    const isLeft = index < left.end
    siblings.push(isLeft ? right : left)
    tree = isLeft ? left : right
  }
  return readRoots(siblings.reverse(), readNodes)
}

/**
 * The proof that the tree of `size2` leaves begins with the tree of `size1`.
 *
 * @throws InvalidProof `size-out-of-range`, also for `size1` = 0; what `readNodes` throws
 */
export async function proveConsistency(
  size1: bigint,
  size2: bigint,
  readNodes: ReadNodes,
): Promise<Hash[]> {
  if (size1 < 1n || size1 > size2) {
    throw new InvalidProof('size-out-of-range', `no proof leads from size ${size1} to ${size2}`)
  }
  return proveSubtreeConsistency(0n, size1, size2, readNodes)
}

/**
 * The proof that leaves [start, end) are a subtree of the tree of `size` leaves.
 *
 * @throws InvalidProof `subtree-out-of-range`; what `readNodes` throws
 */
export async function proveSubtreeConsistency(
  start: bigint,
  end: bigint,
  size: bigint,
  readNodes: ReadNodes,
): Promise<Hash[]> {
  if (!isSubtree(start, end) || end > size || size > TREE_SIZE_MAX) {
    throw new InvalidProof('subtree-out-of-range', `[${start}, ${end}) is not in a tree of ${size}`)
  }
  const hashes: Stretch[] = []
  let tree: Stretch = { begin: 0n, end: size }
  let begin = start
  while (begin !== tree.begin || end !== tree.end) {
    const [left, right] = children(tree)
    if (end <= left.end) {
      hashes.push(right)
      tree = left
    } else {
      hashes.push(left)
      tree = right
      // A subtree that reaches over the middle goes on in the right half from its start. The
      // verifier cannot know that part's root, so it is what the proof begins with.
      begin = begin > right.begin ? begin : right.begin
    }
  }
  if (begin !== start) hashes.push(tree)
  return readRoots(hashes.reverse(), readNodes)
}

/** Left and right half of a tree of two leaves or more: the left one is perfect, and the larger. */
function children({ begin, end }: Stretch): [left: Stretch, right: Stretch] {
  const middle = begin + (1n << BigInt(levelBelow(end - begin - 1n)))
  return [
    { begin, end: middle },
    { begin: middle, end },
  ]
}

/** Root of each stretch, read together. */
async function readRoots(stretches: readonly Stretch[], readNodes: ReadNodes): Promise<Hash[]> {
  const parts = stretches.map(({ begin, end }) => compactRange(begin, end))
  const ids = parts.flat()
  if (ids.length === 0) return []
  const hashes = await readNodes(ids)
  if (hashes.length !== ids.length) {
    throw new InvalidProof(
      'path-length',
      `${hashes.length} hashes were read for ${ids.length} nodes`,
    )
  }
  let offset = 0
  return parts.map((part) => {
    const root = foldRight(hashes.slice(offset, offset + part.length)) ?? new Uint8Array()
    offset += part.length
    return checkedHash(root)
  })
}
