/**
 * A verified copy of another node's log.
 *
 * Every page is checked against a checkpoint that the log's own key has signed before a byte of it
 * is written, so what stands here is what the writer committed to, whoever delivered it. The copy
 * only grows. A signed checkpoint that contradicts it is evidence against the key, and ends the
 * copying: nothing that disagrees with itself is repaired here.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { addSignatures, type NoteVerifier } from '../../crypto/note.ts'
import { closedLog } from '../../protocol/epochs.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { evidenceOf, evidences } from '../../protocol/evidence.ts'
import type { ConsistencyReply } from '../../protocol/message/consistency.ts'
import type { Page } from '../../protocol/message/page.ts'
import { cosignaturesOn, weigh, witnessedOf, type Witnessed } from '../../protocol/quorum.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Store, StoreOp } from '../store/store.ts'
import { bareNote } from './bare-note.ts'
import { isWorthMore } from './cosignatures.ts'
import { stagePage } from './page-check.ts'
import type { Quarantine } from './quarantine.ts'
import { checkedCheckpoint, StoredLog } from './stored-log.ts'

export interface MirrorOptions {
  /** The node whose log it is. */
  readonly name: string
  readonly origin: string
  readonly roster: Roster
}

interface MirrorModules {
  readonly store: Store
  readonly verifier: NoteVerifier
  readonly quarantine: Quarantine
}

export class Mirror {
  readonly #options: MirrorOptions
  readonly #modules: MirrorModules
  #stored: StoredLog
  #checkpoint: OpenedCheckpoint | undefined
  /** The newest that a quorum has cosigned. */
  #cosigned: OpenedCheckpoint | undefined
  /** What its cosignatures come to. */
  #worth: Witnessed | undefined
  /** What the pages beyond the checkpoint were first verified against. */
  #towards: string | undefined
  #broken = false

  private constructor(options: MirrorOptions, modules: MirrorModules, stored: StoredLog) {
    this.#options = options
    this.#modules = modules
    this.#stored = stored
  }

  /** @throws TamgaError `storage` when what is on disk is not what was signed */
  static async open(options: MirrorOptions, modules: MirrorModules): Promise<Mirror> {
    const stored = await StoredLog.open(options.name, modules.store)
    const mirror = new Mirror(options, modules, stored)
    mirror.#checkpoint = await checkedCheckpoint(stored, options.origin, modules.verifier)
    mirror.#towards = await stored.towards()
    const cosigned = await stored.cosigned((note) => mirror.open(note))
    if (cosigned !== undefined) {
      mirror.#cosigned = mirror.open(cosigned)
      mirror.#worth = witnessedOf(cosigned, options.name, options.roster)
    }
    return mirror
  }

  get name(): string {
    return this.#options.name
  }

  /** Entries that the stored checkpoint covers: what a reader may rely on. */
  get size(): number {
    return Number(this.#checkpoint?.size ?? 0n)
  }

  /** Entries that are here, among them those of a catch-up that is under way. */
  get copied(): number {
    return this.#stored.size
  }

  get checkpoint(): string | undefined {
    return this.#checkpoint?.note
  }

  get cosigned(): OpenedCheckpoint | undefined {
    return this.#cosigned
  }

  get stored(): StoredLog {
    return this.#stored
  }

  /** Whether the log's key was caught signing two histories. */
  get quarantined(): boolean {
    return this.#modules.quarantine.has(this.name)
  }

  /** Whether a write failed: a disk that failed once is not written to until it is opened again. */
  get isBroken(): boolean {
    return this.#broken
  }

  /** A checkpoint by the log's key. @throws TamgaError `bad-signature` */
  open(note: string): OpenedCheckpoint {
    try {
      return openCheckpoint(note, this.#options.origin, this.#modules.verifier)
    } catch (cause) {
      const { message } = asTamgaError(cause)
      throw new TamgaError('bad-signature', `a checkpoint of ${this.name}: ${message}`, { cause })
    }
  }

  /**
   * Reads a checkpoint that somebody says is this log's, and holds it against the copy.
   *
   * @throws TamgaError `bad-signature`; `equivocation` after the evidence is on disk;
   *   `forbidden`: of more entries than count since its node has left; `storage` when it is this
   *   disk that contradicts itself
   */
  async check(note: string): Promise<OpenedCheckpoint> {
    this.#refuseQuarantined()
    const checkpoint = this.open(note)
    const size = Number(checkpoint.size)
    const closed = closedLog(this.#options.roster, this.name)
    if (closed && size > closed.size) {
      throw new TamgaError('forbidden', `${this.name} was closed with ${closed.size} entries`)
    }
    if (size <= this.size) await this.#compare(checkpoint)
    else if (size <= this.copied && !(await this.#leadsTo(checkpoint))) await this.forget()
    return checkpoint
  }

  /**
   * Verifies a page that starts where the copy ends, and writes it.
   *
   * @throws TamgaError `bad-proof`; `equivocation` in quarantine; `storage`
   */
  async add(page: Page, checkpoint: OpenedCheckpoint): Promise<void> {
    this.#refuseQuarantined()
    const staged = await stagePage(this.#stored, page, checkpoint)
    const isFirst = staged.from === this.size
    const ops = isFirst
      ? [...staged.ops, this.#stored.towardsOp(this.#bare(checkpoint))]
      : staged.ops
    // LevelDB may lose an unsynced page though it keeps a synced one after it.
    await this.#write(ops, { durable: true })
    this.#stored.commit(staged)
    if (isFirst) this.#towards = checkpoint.note
  }

  /**
   * Makes a checkpoint that `check` gave the one that readers go by. Its whole tree is here, and on
   * disk before it.
   *
   * @throws TamgaError `bad-proof` when the pages led to another root than the checkpoint's:
   *   somebody has signed two histories, and `convict` can tell who; `storage`
   */
  async finish(checkpoint: OpenedCheckpoint): Promise<void> {
    this.#refuseQuarantined()
    if (checkpoint.size <= BigInt(this.size)) return
    if (!(await this.#leadsTo(checkpoint))) {
      throw new TamgaError('bad-proof', `the copy of ${this.name} leads to another tree`)
    }
    await this.#write([this.#stored.checkpointOp(this.#bare(checkpoint))], { durable: true })
    this.#checkpoint = checkpoint
  }

  /**
   * Takes in what others have cosigned of a checkpoint that `check` gave; lines that do not verify
   * are left out. Returns whether a newer quorum is known than before.
   */
  async witness(checkpoint: OpenedCheckpoint): Promise<boolean> {
    const { name, roster, origin } = this.#options
    const { note, size } = checkpoint
    const before = this.#cosigned
    if (size > BigInt(this.size)) return false
    const lines = size < (before?.size ?? 0n) ? [] : cosignaturesOn(note, name, roster)
    const now = weigh(lines, name, roster)
    const isMore = size !== before?.size || !this.#worth || isWorthMore(now, this.#worth)
    if (!now.isWitnessed || !isMore) return false
    const added = lines.map(({ line }) => line)
    const clean = addSignatures(bareNote(note, origin), added)
    await this.#write([this.#stored.cosignedOp(clean)], { durable: false })
    this.#cosigned = { ...checkpoint, note: clean }
    this.#worth = now
    return true
  }

  /** Drops the pages that no checkpoint of this copy covers: they are pulled anew. */
  async forget(): Promise<void> {
    if (this.copied === this.size) return
    this.#stored = await StoredLog.rewind(this.name, this.size, this.#modules.store)
    this.#towards = undefined
  }

  /** Every note of the log that this copy has been verified against. */
  known(): OpenedCheckpoint[] {
    const towards = this.#towards === undefined ? [] : [this.open(this.#towards)]
    return [...(this.#checkpoint ? [this.#checkpoint] : []), ...towards]
  }

  /**
   * Convicts the key if two of its checkpoints contradict each other, with the root that the larger
   * tree had at the smaller size where the sizes differ. Returns whether they do.
   *
   * @throws TamgaError `bad-proof`: the prefix proves nothing; `storage`
   */
  async convict(
    [a, b]: readonly [OpenedCheckpoint, OpenedCheckpoint],
    prefix?: ConsistencyReply,
  ): Promise<boolean> {
    const { quarantine, verifier } = this.#modules
    const smaller = a.size <= b.size ? a : b
    const other = a.size === b.size ? b.root : prefix?.root
    if (!other || equalBytes(other, smaller.root)) return false
    const about = { log: this.name, notes: [a.note, b.note] as const }
    const contradiction = { ...about, ...(prefix ? { prefix } : {}) }
    await quarantine.add(evidences.encode(evidenceOf(contradiction, verifier)))
    return true
  }

  /** With the log's own signature alone: on disk stands nothing that nobody has verified. */
  #bare({ note }: OpenedCheckpoint): string {
    return bareNote(note, this.#options.origin)
  }

  async #write(ops: readonly StoreOp[], options: { durable: boolean }): Promise<void> {
    if (this.#broken) throw new TamgaError('storage', `an earlier write to ${this.name} failed`)
    try {
      await this.#modules.store.batch(ops, options)
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  async #leadsTo({ size, root }: OpenedCheckpoint): Promise<boolean> {
    return equalBytes(await this.#stored.rootAt(Number(size)), root)
  }

  /** Damage on this disk convicts nobody: what it would prove is verified before it counts. */
  async #compare(checkpoint: OpenedCheckpoint): Promise<void> {
    const size = Number(checkpoint.size)
    const here = await this.#stored.rootAt(size)
    if (equalBytes(here, checkpoint.root)) return
    try {
      const isLess = size < this.size && size > 0
      const proof = isLess ? await this.#stored.consistency(size, this.size) : []
      const prefix = { root: here, proof }
      if (await this.convict([checkpoint, this.#checkpoint!], isLess ? prefix : undefined)) {
        throw new TamgaError('equivocation', `${this.name} has signed two histories`)
      }
    } catch (cause) {
      if (asTamgaError(cause).code !== 'bad-proof') throw cause
      throw new TamgaError('storage', `the copy of ${this.name} contradicts itself`, { cause })
    }
  }

  #refuseQuarantined(): void {
    if (!this.quarantined) return
    throw new TamgaError('equivocation', `${this.name} is quarantined`)
  }
}
