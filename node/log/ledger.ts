/**
 * All logs as one node has them: its own and its mirrors of the others, and what witnesses and
 * mirrors have signed of its own. What is read here is covered by a checkpoint of the log's own
 * key, and so can be proven to anybody.
 */
import type { Cosigner } from '../../crypto/cosignature.ts'
import type { NoteSigner } from '../../crypto/note.ts'
import { formatTlogProof } from '../../crypto/tlog-proof.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import { decodeEntry } from '../../protocol/entry/entry.ts'
import { closedLog, logsOf } from '../../protocol/epochs.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { logOrigin, logVerifier, type Roster, type RosterNode } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { CLOCK_BACK_MS_MAX } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Anchor, Anchors } from '../store/anchor.ts'
import type { Store } from '../store/store.ts'
import { Cosignatures, type Wanted } from './cosignatures.ts'
import { Log } from './log.ts'
import { Mirror } from './mirror.ts'
import { Quarantine } from './quarantine.ts'
import type { StoredLog } from './stored-log.ts'
import { Witness, witnessAnchor } from './witness.ts'

export interface LedgerOptions {
  readonly self: string
  readonly roster: Roster
  readonly genesis: () => Uint8Array
}

interface LedgerModules {
  readonly store: Store
  readonly anchors: Anchors
  readonly signer: NoteSigner
  /** Says what this node has seen as a witness. */
  readonly cosigner: Cosigner
  readonly clock: Clock
  readonly logger: Logger
}

/** Hears that readers may now go up to `size` in `log`. */
type GrowthListener = (log: string, size: number) => void

interface Rooms {
  readonly own: Log
  readonly mirrors: Map<string, Mirror>
  readonly witness: Witness
  readonly quarantine: Quarantine
  readonly cosignatures: Cosignatures
}

/** A checkpoint of a log, if it has any, and the log. */
interface Covering {
  readonly size: number
  readonly checkpoint: string | undefined
  readonly stored: StoredLog
}

const EMPTY = { value: new Uint8Array(), staged: new Uint8Array() }

export class Ledger {
  readonly own: Log
  readonly mirrors: ReadonlyMap<string, Mirror>
  readonly witness: Witness
  readonly quarantine: Quarantine
  readonly cosignatures: Cosignatures
  readonly #roster: Roster
  readonly #mirrors: Map<string, Mirror>
  readonly #store: Store
  readonly #clock: Clock
  #lastAt = 0
  readonly #listeners: GrowthListener[] = []
  readonly #cosigned: (() => void)[] = []

  private constructor(rooms: Rooms, { roster }: LedgerOptions, { clock, store }: LedgerModules) {
    this.own = rooms.own
    this.mirrors = rooms.mirrors
    this.witness = rooms.witness
    this.quarantine = rooms.quarantine
    this.cosignatures = rooms.cosignatures
    this.#roster = roster
    this.#mirrors = rooms.mirrors
    this.#store = store
    this.#clock = clock
    this.own.onGrown(() => this.grown(this.own.name))
    this.quarantine.onCaught((log) => {
      if (log === this.own.name) this.own.refuse('its key was caught signing two histories')
    })
  }

  /**
   * Makes what a node's logs stand on where it is lacking: an anchor for its own, and one for each
   * log that it is a witness of. Nothing that is there is touched. Returns the names of those made.
   *
   * @throws TamgaError `storage`
   */
  static async init(
    { self, roster }: Pick<LedgerOptions, 'self' | 'roster'>,
    { anchors }: { anchors: Anchors },
  ): Promise<string[]> {
    const made: string[] = []
    for (const { name } of roster.nodes) {
      const anchor = name === self ? ownAnchor(name) : witnessAnchor(name)
      if (await anchors.has(anchor)) continue
      await (await anchors.create(anchor, EMPTY)).close()
      made.push(anchor)
    }
    return made
  }

  /**
   * Opens all logs for reading. The own one does not sign yet, and may never: see its `refusal`.
   *
   * @throws TamgaError `not-found`: the logs were never made here, see `init`; `storage` when a
   *   mirror on disk is not what its checkpoint says, or the disk fails
   */
  static async open(options: LedgerOptions, modules: LedgerModules): Promise<Ledger> {
    const { roster, self } = options
    const { anchors } = modules
    const node = roster.nodes.find(({ name }) => name === self)
    if (!node) throw new TamgaError('not-found', `${self} is not in the roster`)
    const anchor = await openOwnAnchor(self, anchors)
    const opened: { close(): Promise<void> }[] = [anchor]
    try {
      return await Ledger.#openWith(anchor, node, options, modules, opened)
    } catch (error) {
      // Whoever tries again in this process must find the anchors free.
      for (const one of opened) await one.close()
      throw error
    }
  }

  static async #openWith(
    anchor: Anchor,
    node: RosterNode,
    options: LedgerOptions,
    modules: LedgerModules,
    opened: { close(): Promise<void> }[],
  ): Promise<Ledger> {
    const { roster, self, genesis } = options
    const { store, signer, clock } = modules
    const quarantine = await Quarantine.open({ roster }, modules)
    const cosignatures = new Cosignatures({ log: self, roster }, { clock })
    const verifier = logVerifier(roster.network, node)
    const about = { name: self, origin: logOrigin(roster.network, self), genesis }
    const own = await Log.open(about, { store, anchor, signer, verifier })
    const verifies = (note: string): unknown => own.open(note)
    const cosigned = own.refusal === undefined ? await own.stored.cosigned(verifies) : undefined
    if (cosigned !== undefined) cosignatures.begin(cosigned)
    if (own.checkpoint !== undefined) cosignatures.begin(own.checkpoint)
    if (quarantine.has(self)) own.refuse('its key was caught signing two histories')
    const witness = await Witness.open({ self, roster }, { ...modules, quarantine })
    opened.push(witness)
    const mirrors = new Map<string, Mirror>()
    for (const other of logsOf(roster)) {
      if (other.name === self) continue
      mirrors.set(other.name, await openMirror(other, roster, { store, quarantine }))
    }
    const rooms = { own, mirrors, witness, quarantine, cosignatures }
    const ledger = new Ledger(rooms, options, modules)
    ledger.#lastAt = await lastTimeOf(own)
    return ledger
  }

  /**
   * Makes what it takes to mirror and to witness the logs of those who join with the next roster,
   * before it is gone over to. Done again it does nothing.
   *
   * @throws TamgaError `storage`
   */
  async prepare(next: Roster): Promise<void> {
    for (const node of next.nodes) {
      if (node.name === this.own.name || this.#mirrors.has(node.name)) continue
      await this.witness.prepare(node.name)
      const modules = { store: this.#store, quarantine: this.quarantine }
      this.#mirrors.set(node.name, await openMirror(node, this.#roster, modules))
    }
  }

  /** Whether the disk failed a write: nothing more is written until the node is started again. */
  get isBroken(): boolean {
    const { own, witness, mirrors } = this
    return own.isBroken || witness.isBroken || [...mirrors.values()].some((copy) => copy.isBroken)
  }

  /** Lets go of all anchors; nothing is signed after it. */
  async close(): Promise<void> {
    await this.own.release()
    await this.witness.close()
  }

  /**
   * The time for an entry of the own log, ms: not before that of the entry before it, as long as
   * the clock has only been put right by a little. What is more is recorded as it is: an auditor
   * sees it, and a clock that was far ahead does not keep the log there.
   */
  now(): number {
    const now = this.#clock.now()
    const isPutBack = now < this.#lastAt && this.#lastAt - now <= CLOCK_BACK_MS_MAX
    this.#lastAt = isPutBack ? this.#lastAt : now
    return this.#lastAt
  }

  /** Calls back whenever a log grew for readers. */
  onGrowth(listener: GrowthListener): void {
    this.#listeners.push(listener)
  }

  /** Calls back when a quorum is known to have cosigned more of the own log. */
  onCosigned(listener: () => void): void {
    this.#cosigned.push(listener)
  }

  /** To be called when a mirror has a new checkpoint. */
  grown(name: string): void {
    const size = this.size(name)
    for (const listener of this.#listeners) listener(name, size)
  }

  /** To be called when a newer checkpoint of the own log is witnessed, or safe. */
  cosigned(): void {
    const note = this.#cosignedNote(this.own.name)
    if (note !== undefined) void this.own.keepCosigned(note)
    for (const listener of this.#cosigned) listener()
  }

  /** Entries of `name` that readers may rely on. */
  size(name: string): number {
    const { size } = this.#log(name)
    return Math.min(size, closedLog(this.#roster, name)?.size ?? size)
  }

  /** How far every log goes here, in the roster's order, those at the end whose nodes have left. */
  frontier(): LogSize[] {
    return logsOf(this.#roster).map(({ name: node }) => ({ node, size: this.size(node) }))
  }

  /** The newest checkpoint of every log that has one here, and the newest that is witnessed. */
  checkpoints(): { log: string; size: number; checkpoint: string; cosigned?: string }[] {
    return logsOf(this.#roster).flatMap(({ name: log }) => {
      const { checkpoint, size } = this.#log(log)
      const cosigned = this.#cosignedNote(log)
      if (checkpoint === undefined) return []
      return [{ log, size, checkpoint, ...(cosigned === undefined ? {} : { cosigned }) }]
    })
  }

  /** The same as peers are told of them. */
  heads(): { log: string; checkpoint: string }[] {
    return this.checkpoints().flatMap(({ log, checkpoint, cosigned }) => {
      const notes = new Set([cosigned ?? checkpoint, checkpoint])
      return [...notes].map((note) => ({ log, checkpoint: note }))
    })
  }

  /** The log on disk. @throws TamgaError `not-found` */
  stored(name: string): StoredLog {
    return this.#log(name).stored
  }

  /** One entry with the proof of its place. @throws TamgaError `not-found` */
  async prove(log: string, index: number): Promise<ProvenEntry> {
    const { size, checkpoint, stored } = this.covering(log, index)
    if (checkpoint === undefined || index >= size) {
      throw new TamgaError('not-found', `entry ${index} of ${log} is not covered here yet`)
    }
    const [entry, path] = await Promise.all([stored.entry(index), stored.inclusion(index, size)])
    return { log, entry, proof: formatTlogProof({ index: BigInt(index), path, checkpoint }) }
  }

  /**
   * The same of an entry of the own log, once it is as well covered as wanted; after `waitMs` as
   * well as it then is. Whoever reads the proof sees how well.
   */
  async proveCovered(index: number, wanted: Wanted, waitMs: number): Promise<ProvenEntry> {
    await this.cosignatures.wait(index, wanted, waitMs)
    return this.prove(this.own.name, index)
  }

  /**
   * The note over an entry that is worth the most, a cosigned one where there is one, and otherwise
   * the newest, which may not go so far.
   */
  covering(name: string, index: number): Covering {
    const { size, checkpoint, stored } = this.#log(name)
    if (name === this.own.name) {
      const gathered = this.cosignatures.covering(index)
      if (gathered) return { size: gathered.size, checkpoint: gathered.note, stored }
    }
    const cosigned = this.mirrors.get(name)?.cosigned
    if (cosigned && cosigned.size > BigInt(index)) {
      return { size: Number(cosigned.size), checkpoint: cosigned.note, stored }
    }
    return { size, checkpoint, stored }
  }

  #cosignedNote(name: string): string | undefined {
    if (name !== this.own.name) return this.mirrors.get(name)?.cosigned?.note
    return (this.cosignatures.safe ?? this.cosignatures.witnessed)?.note
  }

  #log(name: string): Log | Mirror {
    const log = name === this.own.name ? this.own : this.mirrors.get(name)
    if (log) return log
    throw new TamgaError('not-found', `there is no log of ${name}`)
  }
}

async function openMirror(
  { name, ...node }: RosterNode,
  roster: Roster,
  modules: { readonly store: Store; readonly quarantine: Quarantine },
): Promise<Mirror> {
  const origin = logOrigin(roster.network, name)
  const verifier = logVerifier(roster.network, { name, ...node })
  return Mirror.open({ name, origin, roster }, { ...modules, verifier })
}

/** When the last entry of a log was written, by itself; 0 if there is none that can be read. */
async function lastTimeOf({ size, stored }: Log): Promise<number> {
  if (size === 0) return 0
  try {
    return decodeEntry(await stored.entry(size - 1)).at
  } catch {
    return 0
  }
}

/** One that cannot be read is no reason not to start: the log says so and does not sign. */
async function openOwnAnchor(self: string, anchors: Anchors): Promise<Anchor> {
  try {
    return await anchors.open(ownAnchor(self))
  } catch (thrown) {
    const error = asTamgaError(thrown)
    if (error.code !== 'storage') throw error
    const fail = (): never => {
      throw error
    }
    return {
      get current() {
        return fail()
      },
      swap: async () => fail(),
      close: async () => undefined,
    }
  }
}

/** The name of the anchor of a node's own log. */
export function ownAnchor(name: string): string {
  return `log.${name}`
}
