/**
 * All logs as one node has them: its own and its mirrors of the others. What is read here is
 * covered by a checkpoint of the log's own key, and so can be proven to anybody.
 */
import { formatTlogProof } from '../../crypto/tlog-proof.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { logOrigin, logVerifier, type Roster } from '../../protocol/roster.ts'
import type { NoteSigner } from '../../crypto/note.ts'
import type { Store } from '../store/store.ts'
import { Log } from './log.ts'
import { Mirror } from './mirror.ts'
import type { StoredLog } from './stored-log.ts'

export interface LedgerOptions {
  readonly self: string
  readonly roster: Roster
  readonly genesis: () => Uint8Array
}

interface LedgerModules {
  readonly store: Store
  readonly signer: NoteSigner
}

/** Hears that readers may now go up to `size` in `log`. */
type GrowthListener = (log: string, size: number) => void

export class Ledger {
  readonly own: Log
  readonly mirrors: ReadonlyMap<string, Mirror>
  readonly #names: readonly string[]
  readonly #listeners: GrowthListener[] = []

  private constructor(own: Log, mirrors: Map<string, Mirror>, names: readonly string[]) {
    this.own = own
    this.mirrors = mirrors
    this.#names = names
    own.onGrown(() => this.grown(own.name))
  }

  /** @throws TamgaError `storage` when a log on disk is not what its checkpoint says */
  static async open(options: LedgerOptions, { store, signer }: LedgerModules): Promise<Ledger> {
    const { roster, self, genesis } = options
    const mirrors = new Map<string, Mirror>()
    let own: Log | undefined
    for (const node of roster.nodes) {
      const verifier = logVerifier(roster.network, node)
      const origin = logOrigin(roster.network, node.name)
      if (node.name === self) {
        own = await Log.open({ name: self, origin, genesis }, { store, signer, verifier })
      } else {
        const mirror = await Mirror.open({ name: node.name, origin }, { store, verifier })
        mirrors.set(node.name, mirror)
      }
    }
    if (!own) throw new TamgaError('not-found', `${self} is not in the roster`)
    return new Ledger(
      own,
      mirrors,
      roster.nodes.map(({ name }) => name),
    )
  }

  /** Whether the disk failed a write: nothing more is written until the node is started again. */
  get isBroken(): boolean {
    return this.own.isBroken || [...this.mirrors.values()].some((mirror) => mirror.isBroken)
  }

  /** Calls back whenever a log grew for readers. */
  onGrowth(listener: GrowthListener): void {
    this.#listeners.push(listener)
  }

  /** To be called when a mirror has a new checkpoint. */
  grown(name: string): void {
    const size = this.size(name)
    for (const listener of this.#listeners) listener(name, size)
  }

  /** Entries of `name` that readers may rely on. */
  size(name: string): number {
    return this.#log(name).size
  }

  /** How far every log goes here, in the roster's order. */
  frontier(): LogSize[] {
    return this.#names.map((node) => ({ node, size: this.size(node) }))
  }

  /** The newest checkpoint of every log that has one here. */
  heads(): { log: string; checkpoint: string }[] {
    return this.#names.flatMap((log) => {
      const { checkpoint } = this.#log(log)
      return checkpoint === undefined || checkpoint === '' ? [] : [{ log, checkpoint }]
    })
  }

  /** The log on disk. @throws TamgaError `not-found` */
  stored(name: string): StoredLog {
    return this.#log(name).stored
  }

  /** One entry with the proof of its place. @throws TamgaError `not-found` */
  async prove(log: string, index: number): Promise<ProvenEntry> {
    const { size, checkpoint, stored } = this.#log(log)
    if (checkpoint === undefined || index >= size) {
      throw new TamgaError('not-found', `entry ${index} of ${log} is not covered here yet`)
    }
    const [entry, path] = await Promise.all([stored.entry(index), stored.inclusion(index, size)])
    return { log, entry, proof: formatTlogProof({ index: BigInt(index), path, checkpoint }) }
  }

  #log(name: string): Log | Mirror {
    const log = name === this.own.name ? this.own : this.mirrors.get(name)
    if (log) return log
    throw new TamgaError('not-found', `there is no log of ${name}`)
  }
}
