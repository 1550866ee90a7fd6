/**
 * What a mirror holds beyond its checkpoint, pages of a catch-up that is under way: entries, and
 * tiles that must be made of them. No root here says that they are right; the checkpoint that the
 * catch-up ends with will.
 */
import { equalBytes } from '../../../crypto/bytes.ts'
import { HASH_BYTES, hashLeaf, type Hash } from '../../../crypto/hash.ts'
import { tileRoot, TILE_WIDTH } from '../../../crypto/merkle/tile.ts'
import type { LogRows } from './log-rows.ts'
import { edgePlaces, type Edge } from './tree-walk.ts'

interface Growing {
  readonly index: number
  readonly hashes: Uint8Array
  width: number
}

export class TailWalk {
  readonly #rows: LogRows
  readonly #growing = new Map<number, Growing>()
  readonly #size: number
  #isRight = true

  /** The tree's size, and the proven edge that the tail was put behind. */
  constructor(size: number, edge: Edge, rows: LogRows) {
    this.#rows = rows
    this.#size = size
    for (const { level, index, width } of edgePlaces(size)) {
      const hashes = new Uint8Array(TILE_WIDTH * HASH_BYTES)
      hashes.set(edge.get(level)!)
      this.#growing.set(level, { index, hashes, width })
    }
  }

  /** Whether entries up to `copied` hold together with the tiles. @throws TamgaError `storage` */
  async run(copied: number): Promise<boolean> {
    if (copied === this.#size) return true
    for (let start = this.#size; start < copied;) {
      const end = Math.min(copied, start - (start % TILE_WIDTH) + TILE_WIDTH)
      const entries = await this.#rows.nextEntries(start, end - start)
      // A size that is far off would have us look for ever.
      if (entries.every((entry) => entry === undefined)) return false
      for (const [i, entry] of entries.entries()) {
        if (entry) await this.#add(0, start + i, hashLeaf(entry))
        else this.#isRight = false
      }
      start = end
    }
    for (const [level, { index, hashes, width }] of this.#growing) {
      await this.#compare(level, index, hashes.subarray(0, width * HASH_BYTES))
    }
    return this.#isRight
  }

  async #add(level: number, place: number, hash: Hash): Promise<void> {
    const index = Math.floor(place / TILE_WIDTH)
    const tile = this.#growing.get(level) ?? {
      index,
      hashes: new Uint8Array(TILE_WIDTH * HASH_BYTES),
      width: 0,
    }
    this.#growing.set(level, tile)
    tile.hashes.set(hash, (place % TILE_WIDTH) * HASH_BYTES)
    tile.width = (place % TILE_WIDTH) + 1
    if (tile.width < TILE_WIDTH) return
    this.#growing.delete(level)
    await this.#compare(level, index, tile.hashes)
    await this.#add(level + 1, index, tileRoot(tile.hashes))
  }

  async #compare(level: number, index: number, hashes: Uint8Array): Promise<void> {
    // Those that were begun by the tree itself have been taken with it.
    const isBegun = edgePlaces(this.#size).some((at) => at.level === level && at.index === index)
    const row = isBegun
      ? await this.#rows.tile(level, index)
      : await this.#rows.nextTile(level, index)
    if (!row || !equalBytes(row, hashes)) this.#isRight = false
  }
}
