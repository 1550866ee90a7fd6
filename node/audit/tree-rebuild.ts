/**
 * A tree built anew from entries, a bundle at a time: the tiles of every level, and the root at any
 * size on the way.
 *
 * Holds one tile for each level and nothing of what went before. Works on whole bundles, with plain
 * numbers: several times as fast as `RightEdge`, which moves leaf by leaf.
 */
import { EMPTY_ROOT, HASH_BYTES, hashChildren, hashLeaf, type Hash } from '../../crypto/hash.ts'
import { foldRight } from '../../crypto/merkle/right-edge.ts'
import { hashFromTile, TILE_HEIGHT, TILE_WIDTH, type TileId } from '../../crypto/merkle/tile.ts'

/** A tile as it has to be. */
export interface RebuiltTile {
  readonly id: TileId
  readonly bytes: Uint8Array
}

/** The tile of one level that is not full. */
interface OpenTile {
  bytes: Uint8Array
  index: bigint
  width: number
}

export class TreeRebuild {
  readonly #levels: OpenTile[] = [newTile(0n)]

  /**
   * Adds up to 256 entries, which must be a whole bundle: only the last one may have fewer.
   *
   * @returns the leaf hashes
   */
  add(entries: readonly Uint8Array[]): Hash[] {
    const leaves = entries.map((entry) => hashLeaf(entry))
    const open = this.#levels[0]!
    for (const leaf of leaves) {
      open.bytes.set(leaf, open.width * HASH_BYTES)
      open.width += 1
    }
    return leaves
  }

  /** The root over all that was closed and the first `count` entries of the bundle at hand. */
  rootWith(count: number): Hash {
    const perfect: Hash[] = []
    for (const [level, { bytes, width }] of [...this.#levels.entries()].reverse()) {
      perfect.push(...perfectRoots(bytes, level === 0 ? count : width))
    }
    return foldRight(perfect) ?? EMPTY_ROOT
  }

  /** Goes on to the next bundle, and hands out the tiles that have become full. */
  close(): RebuiltTile[] {
    const full: RebuiltTile[] = []
    for (let level = 0; this.#levels[level]?.width === TILE_WIDTH; level += 1) {
      const { bytes, index } = this.#levels[level]!
      full.push({ id: { level, index, width: TILE_WIDTH }, bytes })
      this.#levels[level] = newTile(index + 1n)
      const above = (this.#levels[level + 1] ??= newTile(0n))
      above.bytes.set(rootOfFull(bytes), above.width * HASH_BYTES)
      above.width += 1
    }
    return full
  }

  /** The tiles at the right edge that are not full. */
  partial(): RebuiltTile[] {
    return this.#levels.flatMap(({ bytes, index, width }, level) => {
      const id = { level, index, width }
      return width === 0 ? [] : [{ id, bytes: bytes.subarray(0, width * HASH_BYTES) }]
    })
  }
}

/** Roots of the perfect trees over the first `width` hashes of a tile, largest first. */
function perfectRoots(bytes: Uint8Array, width: number): Hash[] {
  const roots: Hash[] = []
  let first = 0
  for (let height = TILE_HEIGHT - 1; height >= 0; height -= 1) {
    const count = 1 << height
    if ((width & count) === 0) continue
    roots.push(hashFromTile(bytes, { level: height, index: BigInt(first >> height) }))
    first += count
  }
  return roots
}

function rootOfFull(bytes: Uint8Array): Hash {
  let hashes: Hash[] = []
  for (let at = 0; at < TILE_WIDTH; at += 1) {
    hashes.push(bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
  }
  while (hashes.length > 1) {
    const above: Hash[] = []
    for (let at = 0; at < hashes.length; at += 2) {
      above.push(hashChildren(hashes[at]!, hashes[at + 1]!))
    }
    hashes = above
  }
  return hashes[0]!
}

function newTile(index: bigint): OpenTile {
  return { bytes: new Uint8Array(TILE_WIDTH * HASH_BYTES), index, width: 0 }
}
