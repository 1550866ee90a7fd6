/**
 * Puts right what a check has found, with what is proven and nothing else: tiles are made of proven
 * hashes, and entries come from others only with the proof that they are in the signed tree. Each
 * package is one durable batch, so that a mending that breaks off has lost nothing.
 */
import type { OpenedCheckpoint } from '../../../crypto/checkpoint.ts'
import { utf8 } from '../../../crypto/bytes.ts'
import { TILE_WIDTH } from '../../../crypto/merkle/tile.ts'
import type { Store, StoreOp } from '../../store/store.ts'
import { bareNote } from '../bare-note.ts'
import type { LogKeys } from '../log-keys.ts'
import type { Damages } from './damage.ts'
import { edgePlaces, leavesOf, type Edge } from './tree-walk.ts'

/** A package from its first entry on, to be fetched. */
export interface Wanted {
  readonly log: string
  readonly from: number
  /** At most the end of the package; with all of it, or of the tree, where no leaves are known. */
  readonly to: number
  /** The tree that it is part of. */
  readonly checkpoint: OpenedCheckpoint
  /** Their leaf hashes side by side, where they are known. */
  readonly leaves: Uint8Array | undefined
}

/** Where entries are to be had that are lost here. */
export interface Packages {
  /** The entries, every one of them proven; undefined if nobody has handed them out. */
  fetch(wanted: Wanted): Promise<readonly Uint8Array[] | undefined>
}

interface MenderModules {
  readonly store: Store
  readonly packages: Packages
}

/** Rows that are removed at once. */
const REMOVED_ROWS = 1_024

export interface MenderOptions {
  readonly log: string
  readonly keys: LogKeys
  /** What everything is proven against. */
  readonly checkpoint: OpenedCheckpoint
}

export class Mender {
  readonly #options: MenderOptions
  readonly #modules: MenderModules
  #strays: StoreOp[] = []

  constructor(options: MenderOptions, modules: MenderModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Its hashes are proven. @throws TamgaError `storage` */
  async tile(level: number, index: number, hashes: Uint8Array): Promise<void> {
    await this.#write([this.#tileOp(level, index, hashes)])
  }

  /** Entries of one package, of which the leaf hashes may be known. @throws TamgaError `storage` */
  async refetch(from: number, to: number, leaves: Uint8Array | undefined): Promise<void> {
    const { log, keys, checkpoint } = this.#options
    const entries = await this.#modules.packages.fetch({ log, from, to, checkpoint, leaves })
    if (!entries) return
    const ops = entries.map((value, i): StoreOp => {
      return { type: 'put', key: keys.entry(from + i), value }
    })
    // Where its hashes were known, the tile was right, or has been put right.
    if (leaves) return this.#write(ops)
    return this.#write([...ops, this.#tileOp(0, from / TILE_WIDTH, leavesOf(entries)!)])
  }

  /** A row that belongs to nothing. @throws TamgaError `storage` */
  async remove(key: string): Promise<void> {
    this.#strays.push({ type: 'del', key })
    if (this.#strays.length >= REMOVED_ROWS) await this.#flush()
  }

  /**
   * Puts right the rows that stand once, after the tree. What is beyond a tree and does not hold
   * together is cut off: its rows belong to nothing from then on.
   *
   * @throws TamgaError `storage`
   */
  async finish(edge: Edge, { found }: Damages): Promise<void> {
    const { keys, checkpoint } = this.#options
    const size = Number(checkpoint.size)
    const kinds = new Set(found.map(({ kind }) => kind))
    const ops: StoreOp[] = []
    if (kinds.has('size') || kinds.has('tail')) {
      ops.push({ type: 'put', key: keys.size, value: utf8(String(size)) })
      for (const { level, index } of edgePlaces(size)) {
        ops.push(this.#tileOp(level, index, edge.get(level)!))
      }
    }
    if (kinds.has('checkpoint')) {
      const note = bareNote(checkpoint.note, checkpoint.origin)
      ops.push({ type: 'put', key: keys.checkpoint, value: utf8(note) })
    }
    // They are of use only as long as they are good, and will be heard of again.
    if (kinds.has('cosigned')) ops.push({ type: 'del', key: keys.cosigned })
    if (kinds.has('towards')) ops.push({ type: 'del', key: keys.towards })
    if (ops.length > 0) await this.#write(ops)
    await this.#flush()
  }

  async #flush(): Promise<void> {
    if (this.#strays.length > 0) await this.#write(this.#strays.splice(0))
  }

  #tileOp(level: number, index: number, value: Uint8Array): StoreOp {
    return { type: 'put', key: this.#options.keys.tile(level, BigInt(index)), value }
  }

  async #write(ops: readonly StoreOp[]): Promise<void> {
    await this.#modules.store.batch(ops, { durable: true })
  }
}
