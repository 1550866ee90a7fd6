/** The rows of one log, taken in order by whoever goes through all of it, or looked up. */
import { TILE_WIDTH } from '../../../crypto/merkle/tile.ts'
import type { Store } from '../../store/store.ts'
import type { LogKeys } from '../log-keys.ts'
import { endOf, RowCursor } from './row-cursor.ts'

/** A tile is as large as 16 entries: read fewer at a time. */
const TILE_PAGE_ROWS = 32
const ENTRY_PAGE_ROWS = 256

/** Levels of tiles that a tree of 2^53 leaves has. */
const TILE_LEVELS = 7

interface RowsModules {
  readonly store: Store
  /** Hears of every row that belongs to nothing. */
  readonly onStray: (key: string) => Promise<void>
}

export class LogRows {
  readonly keys: LogKeys
  readonly #modules: RowsModules
  readonly #entries: RowCursor
  readonly #tiles = new Map<number, RowCursor>()

  constructor(keys: LogKeys, modules: RowsModules) {
    this.keys = keys
    this.#modules = modules
    const options = { prefix: `${keys.prefix}entry/`, keyOf: (index: number) => keys.entry(index) }
    this.#entries = new RowCursor({ ...options, pageRows: ENTRY_PAGE_ROWS }, modules)
  }

  /** Entries from `first` on; rows that were passed over are stray. */
  nextEntries(first: number, count: number): Promise<(Uint8Array | undefined)[]> {
    return this.#entries.take(first, count)
  }

  async nextTile(level: number, index: number): Promise<Uint8Array | undefined> {
    const [tile] = await this.#cursor(level).take(index, 1)
    return tile
  }

  /** Goes past entries `from` to `to` and the tiles of so many levels above them. */
  async pass(from: number, to: number, levels: number): Promise<void> {
    for (let start = from; start < to; start += TILE_WIDTH) {
      await this.nextEntries(start, Math.min(TILE_WIDTH, to - start))
    }
    for (let level = 0, width = TILE_WIDTH; level < levels; level += 1, width *= TILE_WIDTH) {
      const nodes = Math.floor((to * TILE_WIDTH) / width)
      for (let index = from / width; index < nodes / TILE_WIDTH; index += 1) {
        await this.nextTile(level, index)
      }
    }
  }

  tile(level: number, index: number): Promise<Uint8Array | undefined> {
    return this.#modules.store.get(this.keys.tile(level, BigInt(index)))
  }

  entries(from: number, to: number): Promise<(Uint8Array | undefined)[]> {
    const keys = Array.from({ length: to - from }, (_, i) => this.keys.entry(from + i))
    return this.#modules.store.getMany(keys)
  }

  /** Whatever has not been taken is stray, and so is what no log has. */
  async end(): Promise<void> {
    await this.#entries.end()
    for (let level = 0; level < TILE_LEVELS; level += 1) await this.#cursor(level).end()
    const { prefix, checkpoint, cosigned, size, towards } = this.keys
    const tiles = Array.from({ length: TILE_LEVELS }, (_, level) => `tile/${level}/`)
    const known = [
      ...[checkpoint, cosigned, size, towards].map((key) => ({ from: key, to: `${key}\0` })),
      ...['entry/', ...tiles].map((name) => belowOf(`${prefix}${name}`)),
    ]
    let from = prefix
    for (const { from: to, to: next } of known.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
      await this.#strays(from, to)
      from = next
    }
    await this.#strays(from, endOf(prefix))
  }

  async #strays(from: string, to: string): Promise<void> {
    const { store, onStray } = this.#modules
    for (let at = from; ;) {
      const page = await store.range(at, to, ENTRY_PAGE_ROWS)
      for (const [key] of page) await onStray(key)
      const last = page.at(-1)
      if (!last || page.length < ENTRY_PAGE_ROWS) return
      at = `${last[0]}\0`
    }
  }

  #cursor(level: number): RowCursor {
    const known = this.#tiles.get(level)
    if (known) return known
    const prefix = `${this.keys.prefix}tile/${level}/`
    const keyOf = (index: number): string => this.keys.tile(level, BigInt(index))
    const cursor = new RowCursor({ prefix, keyOf, pageRows: TILE_PAGE_ROWS }, this.#modules)
    this.#tiles.set(level, cursor)
    return cursor
  }
}

function belowOf(prefix: string): { from: string; to: string } {
  return { from: prefix, to: endOf(prefix) }
}
