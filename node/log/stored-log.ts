/**
 * One log on disk, own or mirrored: its entries, the tiles of its Merkle tree, its checkpoint.
 *
 * Knows nothing of who may write. A caller stages entries, puts the staged operations into a batch
 * of its own together with whatever must be true at the same time, and commits once that batch is
 * on disk; until then nothing here has changed, so that a failed write leaves the old state behind.
 *
 * Layout (C2SP tlog-tiles in a key-value store), all numbers as 16 hexadecimal digits:
 *   log/<name>/entry/<index>         the entry's bytes
 *   log/<name>/tile/<level>/<index>  1–256 hashes; a partial tile is replaced as it grows
 *   log/<name>/size                  entries that are here, decimal
 *   log/<name>/checkpoint            the newest signed note whose whole tree is here
 *   log/<name>/cosigned              the newest such note that a quorum is known to have cosigned
 *   log/<name>/towards               the note that a catch-up under way began with
 */
import { equalBytes, utf8 } from '../../crypto/bytes.ts'
import { openCheckpoint, parseDecimal, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf, type Hash } from '../../crypto/hash.ts'
import {
  proveConsistency,
  proveInclusion,
  proveSubtreeConsistency,
  rightEdgeNodes,
  type NodeId,
} from '../../crypto/merkle/prove.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { TILE_WIDTH } from '../../crypto/merkle/tile.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Store, StoreOp } from '../store/store.ts'
import { logKeys, type LogKeys } from './log-keys.ts'
import { TileShelf, type StagedTiles } from './tile-shelf.ts'

/** What would be true if the staged operations were on disk. */
export interface Staged {
  readonly from: number
  readonly size: number
  readonly root: Hash
  readonly leaves: readonly Hash[]
  readonly ops: readonly StoreOp[]
  readonly edge: RightEdge
  readonly tiles: StagedTiles
}

export class StoredLog {
  readonly name: string
  readonly #store: Store
  readonly #keys: LogKeys
  readonly #tiles: TileShelf
  #edge: RightEdge

  private constructor(name: string, store: Store, tiles: TileShelf, edge: RightEdge) {
    this.name = name
    this.#store = store
    this.#keys = logKeys(name)
    this.#tiles = tiles
    this.#edge = edge
  }

  /**
   * Reads where the log stands and rebuilds the right edge from its tiles.
   *
   * @throws TamgaError `storage` when the size is no number, or tiles that must be there are not
   */
  static async open(name: string, store: Store): Promise<StoredLog> {
    const keys = logKeys(name)
    const stored = await store.get(keys.size)
    const size = stored ? parseDecimal(new TextDecoder().decode(stored)) : 0n
    if (size === undefined) throw new TamgaError('storage', `${name}: its size is no number`)
    const tiles = await TileShelf.open(keys, size, store)
    const edge = RightEdge.from(size, await tiles.read(rightEdgeNodes(size)))
    return new StoredLog(name, store, tiles, edge)
  }

  /**
   * Forgets what stands beyond `size`: pages that nobody's checkpoint covers. Their bytes are
   * written over by what comes instead.
   *
   * @throws TamgaError `storage`
   */
  static async rewind(name: string, size: number, store: Store): Promise<StoredLog> {
    const value = utf8(String(size))
    await store.batch([{ type: 'put', key: logKeys(name).size, value }], { durable: true })
    return StoredLog.open(name, store)
  }

  /** A log of which nothing can be read: as if it had no entries here. */
  static unreadable(name: string, store: Store): StoredLog {
    const keys = logKeys(name)
    return new StoredLog(name, store, TileShelf.empty(keys, store), RightEdge.empty())
  }

  get size(): number {
    return Number(this.#edge.size)
  }

  get root(): Hash {
    return this.#edge.root()
  }

  /** The newest checkpoint that was stored, unchecked. */
  async checkpoint(): Promise<string | undefined> {
    const note = await this.#store.get(this.#keys.checkpoint)
    return note && new TextDecoder().decode(note)
  }

  /**
   * The newest note that a quorum had cosigned, if `verifies` says that it is the log's. One that
   * has rotted is of no use and does no harm: cosignatures are gathered again.
   */
  async cosigned(verifies: (note: string) => unknown): Promise<string | undefined> {
    const value = await this.#store.get(this.#keys.cosigned)
    const note = value && new TextDecoder().decode(value)
    if (note === undefined) return undefined
    try {
      verifies(note)
      return note
    } catch {
      return undefined
    }
  }

  /** The note that a catch-up began with, unchecked; it says nothing once that one has ended. */
  async towards(): Promise<string | undefined> {
    const note = await this.#store.get(this.#keys.towards)
    return note && new TextDecoder().decode(note)
  }

  /** The root that the log had at `size`. */
  async rootAt(size: number): Promise<Hash> {
    if (size === this.size) return this.root
    this.#checkSize(size)
    const nodes = rightEdgeNodes(BigInt(size))
    return RightEdge.from(BigInt(size), await this.#tiles.read(nodes)).root()
  }

  /** Entries `from` ≤ index < `to`. @throws TamgaError `storage` when one of them is missing */
  async entries(from: number, to: number): Promise<Uint8Array[]> {
    this.#checkSize(to)
    const keys = Array.from({ length: Math.max(0, to - from) }, (_, i) =>
      this.#keys.entry(from + i),
    )
    const values = await this.#store.getMany(keys)
    return values.map((value, i) => {
      if (value) return value
      throw new TamgaError('storage', `entry ${from + i} of ${this.name} is missing`)
    })
  }

  async entry(index: number): Promise<Uint8Array> {
    const [entry] = await this.entries(index, index + 1)
    return entry!
  }

  /**
   * What appending `entries` would do, after what is staged already if there is something. Leaf
   * hashes may be given by who has them already.
   */
  stage(
    entries: readonly Uint8Array[],
    leaves: readonly Hash[] = entries.map(hashLeaf),
    after?: Staged,
  ): Staged {
    const before = after?.edge ?? this.#edge
    const from = Number(before.size)
    const edge = RightEdge.from(before.size, before.hashes())
    const tiles = this.#tiles.stage(after?.tiles)
    for (const leaf of leaves) edge.append(leaf, tiles.add)
    tiles.end()
    const puts = entries.map((value, i): StoreOp => ({
      type: 'put',
      key: this.#keys.entry(from + i),
      value,
    }))
    const size = from + entries.length
    const sizeOp: StoreOp = { type: 'put', key: this.#keys.size, value: utf8(String(size)) }
    const ops = [...puts, ...tiles.ops(), sizeOp]
    return { from, size, root: edge.root(), leaves, ops, edge, tiles }
  }

  checkpointOp(note: string): StoreOp {
    return { type: 'put', key: this.#keys.checkpoint, value: utf8(note) }
  }

  cosignedOp(note: string): StoreOp {
    return { type: 'put', key: this.#keys.cosigned, value: utf8(note) }
  }

  towardsOp(note: string): StoreOp {
    return { type: 'put', key: this.#keys.towards, value: utf8(note) }
  }

  /** Makes a staged state the current one. To be called once its operations are on disk. */
  commit(staged: Staged): void {
    if (staged.from !== this.size) throw new TamgaError('internal', 'staged on another state')
    this.#edge = staged.edge
    this.#tiles.commit(staged.tiles)
  }

  /** Siblings of leaf `index` in the tree of `size` leaves, leaf to root. */
  async inclusion(index: number, size: number): Promise<Hash[]> {
    this.#checkSize(size)
    if (index < 0 || index >= size) {
      throw new TamgaError('not-found', `entry ${index} of ${this.name} is not below ${size}`)
    }
    return proveInclusion(BigInt(index), BigInt(size), this.hashes)
  }

  async consistency(from: number, to: number): Promise<Hash[]> {
    this.#checkSize(to)
    return proveConsistency(BigInt(from), BigInt(to), this.hashes)
  }

  /** That leaves `start` to `end` are in the tree of `size`: see C2SP tlog-mirror. */
  async subtree(start: number, end: number, size: number): Promise<Hash[]> {
    this.#checkSize(size)
    return proveSubtreeConsistency(BigInt(start), BigInt(end), BigInt(size), this.hashes)
  }

  /** Leaf hashes of the unfinished package at the end, oldest first: at most 255. */
  async openPackage(): Promise<Hash[]> {
    const start = this.size - (this.size % TILE_WIDTH)
    const nodes = Array.from({ length: this.size - start }, (_, i): NodeId => {
      return { level: 0, index: BigInt(start + i) }
    })
    return this.hashes(nodes)
  }

  /** Hashes of nodes of the tree, as the tiles have them. */
  readonly hashes = async (nodes: readonly NodeId[]): Promise<Hash[]> => this.#tiles.read(nodes)

  #checkSize(size: number): void {
    if (size <= this.size) return
    throw new TamgaError('not-found', `${this.name} has ${this.size} entries here, not ${size}`)
  }
}

/**
 * The checkpoint of a stored log, if it has one, with its signature checked and the tree on disk
 * held against it.
 *
 * @throws TamgaError `storage`: it is not of this log and by its key, or the disk holds less than
 *   was signed, or something else
 */
export async function checkedCheckpoint(
  log: StoredLog,
  origin: string,
  verifier: NoteVerifier,
): Promise<OpenedCheckpoint | undefined> {
  const note = await log.checkpoint()
  if (note === undefined) return undefined
  const checkpoint = opened(note, origin, verifier)
  const size = Number(checkpoint.size)
  if (size > log.size) {
    const lost = `${log.name}: ${log.size} entries on disk, ${size} in its checkpoint`
    throw new TamgaError('storage', lost)
  }
  if (equalBytes(await log.rootAt(size), checkpoint.root)) return checkpoint
  throw new TamgaError('storage', `${log.name}: the tree on disk is not the one in its checkpoint`)
}

function opened(note: string, origin: string, verifier: NoteVerifier): OpenedCheckpoint {
  try {
    return openCheckpoint(note, origin, verifier)
  } catch (cause) {
    throw new TamgaError('storage', `what is stored is not a checkpoint of ${origin}`, { cause })
  }
}
