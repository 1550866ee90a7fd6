/**
 * The tiles of one log: hashes of every eighth level of its tree, 256 to a tile (C2SP tlog-tiles).
 *
 * The growing tile of each level is kept in memory and full ones in a bounded cache; the rest is
 * read from the store, one `getMany` for a whole proof.
 */
import { HASH_BYTES, type Hash } from '../../crypto/hash.ts'
import type { NodeId } from '../../crypto/merkle/prove.ts'
import type { OnNode } from '../../crypto/merkle/right-edge.ts'
import { hashFromTile, nodeInTile, TILE_HEIGHT, TILE_WIDTH } from '../../crypto/merkle/tile.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { TILE_CACHE_MAX } from '../limits.ts'
import type { Store, StoreOp } from '../store/store.ts'
import type { LogKeys } from './log-keys.ts'

const TILE_BYTES = TILE_WIDTH * HASH_BYTES

interface GrowingTile {
  readonly index: bigint
  /** Room for all of them, of which `width` are there. */
  readonly hashes: Uint8Array
  width: number
}

/** Tiles as they would be after the staged hashes; the shelf itself is unchanged until `commit`. */
export interface StagedTiles {
  /** To be called for every node that an append completes. */
  readonly add: OnNode
  /** To be called when all have been added, before anything else here is looked at. */
  end(): void
  ops(): StoreOp[]
  readonly growing: Map<number, GrowingTile>
  readonly changed: Map<string, Uint8Array>
}

export class TileShelf {
  readonly #keys: LogKeys
  readonly #store: Store
  readonly #full = new Map<string, Uint8Array>()
  #growing = new Map<number, GrowingTile>()

  private constructor(keys: LogKeys, store: Store) {
    this.#keys = keys
    this.#store = store
  }

  static empty(keys: LogKeys, store: Store): TileShelf {
    return new TileShelf(keys, store)
  }

  /** @throws TamgaError `storage` when a tile of the right edge is missing or too short */
  static async open(keys: LogKeys, size: bigint, store: Store): Promise<TileShelf> {
    const shelf = new TileShelf(keys, store)
    for (let level = 0, count = size; count > 0n; level += 1, count >>= BigInt(TILE_HEIGHT)) {
      const width = Number(count % BigInt(TILE_WIDTH))
      if (width === 0) continue
      const index = count / BigInt(TILE_WIDTH)
      const stored = await store.get(keys.tile(level, index))
      if (!stored || stored.length < width * HASH_BYTES) {
        throw new TamgaError('storage', `${keys.tile(level, index)} is missing or too short`)
      }
      const hashes = new Uint8Array(TILE_BYTES)
      hashes.set(stored.subarray(0, width * HASH_BYTES))
      shelf.#growing.set(level, { index, hashes, width })
    }
    return shelf
  }

  /** Hashes of the nodes, in their order. @throws TamgaError `storage` */
  async read(nodes: readonly NodeId[]): Promise<Hash[]> {
    const wanted = nodes.map((node) => ({ node, tile: nodeInTile(node).tile }))
    const loaded = new Map<string, Uint8Array>()
    const missing: string[] = []
    for (const { tile } of wanted) {
      const key = this.#keys.tile(tile.level, tile.index)
      const known = this.#growingAt(tile.level, tile.index) ?? this.#full.get(key)
      if (known) loaded.set(key, known)
      else if (!loaded.has(key) && !missing.includes(key)) missing.push(key)
    }
    const found = missing.length > 0 ? await this.#store.getMany(missing) : []
    missing.forEach((key, i) => {
      const tile = found[i]
      if (tile?.length !== TILE_BYTES) throw new TamgaError('storage', `${key} is not a full tile`)
      loaded.set(key, tile)
      this.#keep(key, tile)
    })
    return wanted.map(({ node, tile }) => {
      return hashFromTile(loaded.get(this.#keys.tile(tile.level, tile.index))!, node)
    })
  }

  /** What to add to: the shelf as it is, or as it will be after stages that are not committed. */
  stage(after?: StagedTiles): StagedTiles {
    const growing = new Map(after?.growing ?? this.#growing)
    const changed = new Map<string, Uint8Array>()
    /** The tiles that this stage writes into itself, by level. */
    const owned = new Map<number, GrowingTile>()
    const close = (level: number, tile: GrowingTile): void => {
      changed.set(this.#keys.tile(level, tile.index), shown(tile))
      if (tile.width < TILE_WIDTH) growing.set(level, { ...tile })
      else growing.delete(level)
    }
    return {
      growing,
      changed,
      add: (level, index, hash) => {
        if (level % TILE_HEIGHT !== 0) return
        const tileLevel = level / TILE_HEIGHT
        const tile = owned.get(tileLevel) ?? ownTile(growing.get(tileLevel), index)
        tile.hashes.set(hash, tile.width * HASH_BYTES)
        tile.width += 1
        if (tile.width < TILE_WIDTH) owned.set(tileLevel, tile)
        else {
          owned.delete(tileLevel)
          close(tileLevel, tile)
        }
      },
      end: () => {
        for (const [level, tile] of owned) close(level, tile)
      },
      ops: () => [...changed].map(([key, value]) => ({ type: 'put', key, value })),
    }
  }

  commit(staged: StagedTiles): void {
    this.#growing = staged.growing
    for (const [key, tile] of staged.changed) if (tile.length === TILE_BYTES) this.#keep(key, tile)
  }

  #growingAt(level: number, index: bigint): Uint8Array | undefined {
    const tile = this.#growing.get(level)
    return tile?.index === index ? shown(tile) : undefined
  }

  /** A Map keeps insertion order, so the first key is the oldest. */
  #keep(key: string, tile: Uint8Array): void {
    this.#full.delete(key)
    this.#full.set(key, tile)
    if (this.#full.size <= TILE_CACHE_MAX) return
    const [oldest] = this.#full.keys()
    this.#full.delete(oldest!)
  }
}

function shown({ hashes, width }: GrowingTile): Uint8Array {
  return hashes.subarray(0, width * HASH_BYTES)
}

/**
 * A tile to write the next hash into, which is that of node `index`: a fresh one, or a copy of one
 * that the shelf still shows. Hashes already handed to a batch are never written over.
 */
function ownTile(before: GrowingTile | undefined, index: bigint): GrowingTile {
  if (before) return { ...before, hashes: before.hashes.slice() }
  return { index: index / BigInt(TILE_WIDTH), hashes: new Uint8Array(TILE_BYTES), width: 0 }
}
