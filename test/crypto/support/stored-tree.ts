/** A tree whose perfect nodes are kept, as a node's disk keeps them, to prove from. */
import { hashLeaf, type Hash } from '../../../crypto/hash.ts'
import type { NodeId, ReadNodes } from '../../../crypto/merkle/prove.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import { utf8 } from '../../../crypto/bytes.ts'

export interface StoredTree {
  edge: RightEdge
  /** Leaf hashes. */
  leaves: Hash[]
  /** `roots[n]` is the root of the first n leaves. */
  roots: Hash[]
  /** Throws for a node that was never complete. */
  readNodes: ReadNodes
  /** How often `readNodes` was called. */
  reads: () => number
}

export function storedTree(entries: readonly Uint8Array[]): StoredTree {
  const nodes = new Map<string, Hash>()
  const edge = RightEdge.empty()
  const leaves = entries.map((entry) => hashLeaf(entry))
  const roots = [edge.root()]
  for (const leaf of leaves) {
    edge.append(leaf, (level, index, hash) => nodes.set(`${level}/${index}`, hash))
    roots.push(edge.root())
  }
  let reads = 0
  const readNodes = async (ids: readonly NodeId[]): Promise<Hash[]> => {
    reads += 1
    return ids.map(({ level, index }) => {
      const hash = nodes.get(`${level}/${index}`)
      if (hash === undefined) throw new Error(`node ${level}/${index} is not stored`)
      return hash
    })
  }
  return { edge, leaves, roots, readNodes, reads: () => reads }
}

/** `count` entries: `<word> 0`, `<word> 1` and so on. */
export function numbered(word: string, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => utf8(`${word} ${at}`))
}

/** `hashes`, with bit 0 of byte 0 of the hash at `position` flipped. */
export function withFlippedBit(hashes: readonly Hash[], position: number): Hash[] {
  return hashes.map((hash, at) =>
    at === position ? Uint8Array.of((hash[0] ?? 0) ^ 1, ...hash.subarray(1)) : hash,
  )
}

/** Whether `act` ends without throwing. */
export function succeeds(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

/** The `code` of what `act` throws. */
export function codeOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return undefined
}
