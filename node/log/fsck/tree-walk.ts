/**
 * Every row of one log's tree held against its root, from the root down: what is proven says what
 * stands below it, so that whatever is wrong is found where it is.
 *
 * A tile that is not what the tile above says is made anew from what stands below it, where that
 * leads to the same hash. Where it does not, nothing here tells right from wrong, and everything
 * below counts as unproven.
 */
import { equalBytes } from '../../../crypto/bytes.ts'
import { HASH_BYTES, hashLeaf, type Hash } from '../../../crypto/hash.ts'
import { rightEdgeNodes } from '../../../crypto/merkle/prove.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import { hashFromTile, nodeInTile, tileRoot, TILE_WIDTH } from '../../../crypto/merkle/tile.ts'
import type { Damages } from './damage.ts'
import type { LogRows } from './log-rows.ts'
import type { Mender } from './mender.ts'

/** Which tree is walked. */
export interface WalkedTree {
  readonly size: number
  readonly root: Hash
  /** Entries that are here, among them those beyond the tree: tiles are that wide. */
  readonly copied: number
}

/** Hashes of the last tile of each level that is not full, by level: proven. */
export type Edge = ReadonlyMap<number, Uint8Array>

/** One tile, and how many of its hashes belong to the tree. */
interface Place {
  readonly level: number
  readonly index: number
  readonly width: number
}

interface WalkModules {
  readonly rows: LogRows
  readonly damages: Damages
  /** Puts right what is found; nothing is if it is absent. */
  readonly mender: Mender | undefined
  /** Told how many entries have been looked at. */
  readonly onProgress: (entries: number) => void
}

/** What a tile is rebuilt from: one may be right where the other is not. */
const SOURCES = ['tiles', 'entries'] as const
type Source = (typeof SOURCES)[number]

export class TreeWalk {
  readonly #tree: WalkedTree
  readonly #modules: WalkModules

  constructor(tree: WalkedTree, modules: WalkModules) {
    this.#tree = tree
    this.#modules = modules
  }

  /**
   * Looks at all rows of the tree. Resolves with its edge, undefined where not even that can be
   * proven by what is here.
   *
   * @throws TamgaError `storage`; what the mender throws
   */
  async run(): Promise<Edge | undefined> {
    const { size } = this.#tree
    const edge = await this.#edge()
    if (!edge) {
      for (const place of edgePlaces(size)) {
        const row = await this.#modules.rows.tile(place.level, place.index)
        if (!row) this.#found(place, row)
      }
      await this.#unproven(0, size, levelsOf(size))
      return undefined
    }
    for (const place of edgePlaces(size)) await this.#partial(place, edge.get(place.level)!)
    return edge
  }

  /** The hashes of the growing tiles, whichever way they can be had that leads to the root. */
  async #edge(): Promise<Edge | undefined> {
    const { size } = this.#tree
    const places = edgePlaces(size)
    const stored = await Promise.all(places.map(async (place) => this.#storedEdge(place)))
    let tried: Candidates[] = places.map((_, i) => [stored[i]])
    const found = this.#leading(places, tried)
    if (found) return found
    for (const source of SOURCES) {
      const rebuilt: (Uint8Array | undefined)[] = []
      for (const place of places) rebuilt.push(await this.#rebuilt(place, source))
      tried = tried.map((candidates, i) => [...candidates, rebuilt[i]])
    }
    return this.#leading(places, tried)
  }

  #leading(places: readonly Place[], candidates: readonly Candidates[]): Edge | undefined {
    const { size, root } = this.#tree
    const nodes = rightEdgeNodes(BigInt(size))
    for (const tiles of combinations(candidates)) {
      const edge = new Map(places.map(({ level }, i) => [level, tiles[i]!]))
      const hashes = nodes.map((node) => hashFromTile(edge.get(nodeInTile(node).tile.level)!, node))
      if (equalBytes(RightEdge.from(BigInt(size), hashes).root(), root)) return edge
    }
    return undefined
  }

  async #storedEdge({ level, index, width }: Place): Promise<Uint8Array | undefined> {
    const tile = await this.#modules.rows.tile(level, index)
    return tile && tile.length >= width * HASH_BYTES
      ? tile.subarray(0, width * HASH_BYTES)
      : undefined
  }

  /** The last tile of a level, whose hashes are proven, and everything below it. */
  async #partial(place: Place, hashes: Uint8Array): Promise<void> {
    const { rows, mender } = this.#modules
    const { level, index, width } = place
    const row = await rows.nextTile(level, index)
    const copied = widthOf(level, index, this.#tree.copied)
    const isRight =
      row?.length === copied * HASH_BYTES && equalBytes(row.subarray(0, hashes.length), hashes)
    if (!isRight) {
      this.#found(place, row)
      await mender?.tile(level, index, hashes)
    }
    if (level === 0)
      await this.#entries(place, await rows.nextEntries(index * TILE_WIDTH, width), hashes)
    else await this.#children(place, hashes)
  }

  async #children({ level, index, width }: Place, hashes: Uint8Array): Promise<void> {
    for (let child = 0; child < width; child += 1) {
      const hash = hashes.subarray(child * HASH_BYTES, (child + 1) * HASH_BYTES)
      await this.#full(
        { level: level - 1, index: index * TILE_WIDTH + child, width: TILE_WIDTH },
        hash,
      )
    }
  }

  /** A full tile whose root is proven, and everything below it. */
  async #full(place: Place, root: Hash): Promise<void> {
    const { rows } = this.#modules
    const { level, index } = place
    const row = await rows.nextTile(level, index)
    if (level === 0) return this.#package(place, root, row)
    if (leadsTo(row, root)) return this.#children(place, row)
    this.#found(place, row)
    for (const source of SOURCES) {
      const rebuilt = await this.#rebuilt(place, source)
      if (!leadsTo(rebuilt, root)) continue
      await this.#modules.mender?.tile(level, index, rebuilt)
      return this.#children(place, rebuilt)
    }
    const width = TILE_WIDTH ** (level + 1)
    await this.#unproven(index * width, (index + 1) * width, level)
    if (!this.#modules.mender) return undefined
    const mended = await this.#rebuilt(place, 'entries')
    return leadsTo(mended, root) ? this.#modules.mender.tile(level, index, mended) : undefined
  }

  /** A full tile of leaves, and the entries that it was made of. */
  async #package(place: Place, root: Hash, row: Uint8Array | undefined): Promise<void> {
    const { rows, mender } = this.#modules
    const start = place.index * TILE_WIDTH
    const entries = await rows.nextEntries(start, TILE_WIDTH)
    const leaves = leavesOf(entries)
    this.#modules.onProgress(start + TILE_WIDTH)
    if (leadsTo(leaves, root)) {
      if (row && equalBytes(row, leaves)) return
      this.#found(place, row)
      await mender?.tile(0, place.index, leaves)
    } else if (leadsTo(row, root)) {
      await this.#entries(place, entries, row)
    } else {
      this.#found(place, row)
      await this.#unproven(start, start + TILE_WIDTH, 'taken')
    }
  }

  /** Entries whose leaf hashes are proven. */
  async #entries(
    { index }: Place,
    entries: readonly (Uint8Array | undefined)[],
    leaves: Uint8Array,
  ): Promise<void> {
    const { damages, mender, onProgress } = this.#modules
    const start = index * TILE_WIDTH
    const bad = entries.flatMap((entry, i) => {
      const leaf = leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)
      return entry && equalBytes(hashLeaf(entry), leaf) ? [] : [start + i]
    })
    onProgress(start + entries.length)
    for (const from of bad) {
      const fault = entries[from - start] ? 'changed' : 'missing'
      damages.add({ kind: 'entries', fault, from, to: from + 1 })
    }
    const last = bad.at(-1)
    if (last === undefined) return
    const known = leaves.subarray(0, (last + 1 - start) * HASH_BYTES)
    await mender?.refetch(start, last + 1, known)
  }

  /**
   * Nothing here says what belongs there: all of it is fetched anew. Rows not taken yet are passed,
   * with so many levels of tiles.
   */
  async #unproven(from: number, to: number, levels: number | 'taken'): Promise<void> {
    const { damages, mender, rows, onProgress } = this.#modules
    damages.add({ kind: 'entries', fault: 'unproven', from, to })
    for (let start = from; start < to; start += TILE_WIDTH) {
      await mender?.refetch(start, Math.min(to, start + TILE_WIDTH), undefined)
    }
    if (levels !== 'taken') await rows.pass(from, to, levels)
    onProgress(to)
  }

  #found({ level, index }: Place, row: Uint8Array | undefined): void {
    const fault = row ? 'changed' : 'missing'
    this.#modules.damages.add({ kind: 'tiles', fault, level, from: index, to: index + 1 })
  }

  /** What the tile would be by what stands below it, if all of that can be read. */
  async #rebuilt(place: Place, source: Source): Promise<Uint8Array | undefined> {
    const { rows } = this.#modules
    const { level, index, width } = place
    if (level === 0) {
      return leavesOf(await rows.entries(index * TILE_WIDTH, index * TILE_WIDTH + width))
    }
    const hashes = new Uint8Array(width * HASH_BYTES)
    for (let child = 0; child < width; child += 1) {
      const below = { level: level - 1, index: index * TILE_WIDTH + child, width: TILE_WIDTH }
      const ways = [
        async () => rows.tile(below.level, below.index),
        async () => this.#rebuilt(below, source),
      ]
      for (const way of source === 'tiles' ? ways : ways.toReversed()) {
        const tile = await way()
        if (tile?.length !== TILE_WIDTH * HASH_BYTES) continue
        hashes.set(tileRoot(tile), child * HASH_BYTES)
        break
      }
    }
    return hashes
  }
}

/** Ways to have one tile; those that there are not are undefined. */
type Candidates = readonly (Uint8Array | undefined)[]

/** One of each, in all ways. */
function* combinations(candidates: readonly Candidates[]): Generator<Uint8Array[]> {
  const [first, ...others] = candidates
  if (!first) yield []
  for (const tile of first ?? []) {
    if (tile) for (const rest of combinations(others)) yield [tile, ...rest]
  }
}

/** The tiles that are not full in a tree of `size` leaves, the topmost first. */
export function edgePlaces(size: number): Place[] {
  const places: Place[] = []
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH
    if (width > 0) places.unshift({ level, index: Math.floor(count / TILE_WIDTH), width })
  }
  return places
}

/** Levels of tiles in a tree of `size` leaves. */
function levelsOf(size: number): number {
  let levels = 0
  for (let count = size; count > 0; count = Math.floor(count / TILE_WIDTH)) levels += 1
  return levels
}

/** How many hashes a tile has in a tree of `size` leaves. */
export function widthOf(level: number, index: number, size: number): number {
  const nodes = Math.floor(size / TILE_WIDTH ** level)
  return Math.max(0, Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH))
}

function leadsTo(tile: Uint8Array | undefined, root: Hash): tile is Uint8Array {
  return tile?.length === TILE_WIDTH * HASH_BYTES && equalBytes(tileRoot(tile), root)
}

/** Leaf hashes side by side, undefined where an entry is missing. */
export function leavesOf(entries: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  const leaves = new Uint8Array(entries.length * HASH_BYTES)
  for (const [i, entry] of entries.entries()) {
    if (!entry) return undefined
    leaves.set(hashLeaf(entry), i * HASH_BYTES)
  }
  return leaves
}
