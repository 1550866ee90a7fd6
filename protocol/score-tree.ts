/**
 * What commits a node to having compared everybody of a shard: an RFC 6962 tree over the digests of
 * blocks of their first-stage scores, in the order of the shard's template set: by name of the log,
 * and in it by index. Its root stands in the node's part; a block can be shown to be in it alone.
 *
 * Whoever has the same people makes the same digests, and so does whoever replays a block of them.
 * What makes up a digest is the matcher's: `ScoreBoard`, 256 people a block.
 */
import { concatBytes, equalBytes, utf8 } from '../crypto/bytes.ts'
import { hashLeaf, type Hash } from '../crypto/hash.ts'
import { rootFromInclusion } from '../crypto/merkle/inclusion.ts'
import { InvalidProof } from '../crypto/merkle/invalid-proof.ts'
import { proveInclusion, type NodeId } from '../crypto/merkle/prove.ts'
import { RightEdge } from '../crypto/merkle/right-edge.ts'
import { list, record, uint } from './codec.ts'
import { digestShape } from './identifiers.ts'
import { PROOF_HASHES_MAX } from './limits.ts'

/** People of a shard whose scores are digested together. */
export const BLOCK_PEOPLE = 256

/** Blocks of a shard: of eight million people, and still one frame. */
export const BLOCKS_MAX = 32_768

/** One block of a shard, and that its digest stands where it says in a tree. */
export interface ProvenBlock {
  readonly block: number
  /** Of the shard. */
  readonly blocks: number
  readonly digest: Uint8Array
  /** Leaf to root. */
  readonly path: readonly Uint8Array[]
}

export const provenBlockShape = record<ProvenBlock>({
  block: uint(BLOCKS_MAX - 1),
  blocks: uint(BLOCKS_MAX),
  digest: digestShape,
  path: list(digestShape, PROOF_HASHES_MAX),
})

/** `EMPTY_ROOT` where there is no block. */
export function scoresRoot(digests: readonly Uint8Array[]): Hash {
  const edge = RightEdge.empty()
  for (const digest of digests) edge.append(leafOf(digest))
  return edge.root()
}

/** How many blocks so many people of a shard make. */
export function blocksOf(people: number): number {
  return Math.ceil(people / BLOCK_PEOPLE)
}

/** @throws InvalidProof where there is no such block */
export async function proveBlock(
  digests: readonly Uint8Array[],
  block: number,
): Promise<ProvenBlock> {
  const nodes = async (ids: readonly NodeId[]): Promise<Hash[]> => {
    return ids.map(({ level, index }) => {
      const from = Number(index << BigInt(level))
      return scoresRoot(digests.slice(from, from + 2 ** level))
    })
  }
  const path = await proveInclusion(BigInt(block), BigInt(digests.length), nodes)
  return { block, blocks: digests.length, digest: digests[block]!, path }
}

/** Whether the block is in the tree of this root. */
export function isInTree({ block, blocks, digest, path }: ProvenBlock, root: Uint8Array): boolean {
  const proof = { index: BigInt(block), size: BigInt(blocks), path }
  try {
    return equalBytes(rootFromInclusion(leafOf(digest), proof), root)
  } catch (error) {
    if (error instanceof InvalidProof) return false
    throw error
  }
}

function leafOf(digest: Uint8Array): Hash {
  return hashLeaf(concatBytes(utf8('tamga/scores/v1\n'), digest))
}
