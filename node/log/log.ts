/**
 * The node's own log: the only one it may write to, and nobody else may.
 *
 * Owns the log's end; only `#drain`, `replay` and a rebuild move it. A checkpoint leaves this class
 * only after two things are on disk: the anchor, which holds the checkpoint and what it takes in,
 * and then the one batch that holds entries, tiles and checkpoint. Between the two a crash is
 * repaired at the next opening, and after them it loses nothing. When either fails nobody knows
 * what is there, so nothing more is appended until the log is opened again.
 *
 * A log that was opened does not sign yet. Its own disk cannot tell whether it is the newest that
 * there ever was: others are asked first, see `recovery.ts`.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { openCheckpoint, signCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf, isLeafHash } from '../../crypto/hash.ts'
import type { NoteSigner, NoteVerifier } from '../../crypto/note.ts'
import { ENTRY_BYTES_MAX } from '../../protocol/limits.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Page } from '../../protocol/message/page.ts'
import { APPEND_BATCH_MAX } from '../limits.ts'
import type { Anchor } from '../store/anchor.ts'
import type { Store } from '../store/store.ts'
import { AppendQueue, type Batch } from './append-queue.ts'
import { bareNote } from './bare-note.ts'
import { openOwnLog, stagedAfter, type OpenedLog } from './opening.ts'
import { stagePage } from './page-check.ts'
import { decodeStaged, encodeStaged } from './staged-bundle.ts'
import type { Staged, StoredLog } from './stored-log.ts'

export interface LogOptions {
  /** The node's name. */
  readonly name: string
  readonly origin: string
  /** What a log that does not exist yet begins with. */
  readonly genesis: () => Uint8Array
}

export interface LogModules {
  readonly store: Store
  readonly anchor: Anchor
  readonly signer: NoteSigner
  readonly verifier: NoteVerifier
}

/** A batch that is ready to be written. */
interface Prepared {
  readonly batch: Batch
  readonly bundle: Uint8Array
  readonly staged: Staged
  readonly checkpoint: OpenedCheckpoint
}

const NOTHING = new Uint8Array()

export class Log {
  readonly #options: LogOptions
  readonly #modules: LogModules
  readonly #stored: StoredLog
  readonly #queue = new AppendQueue()
  readonly #grown: (() => void)[] = []
  #checkpoint: OpenedCheckpoint | undefined
  #ahead: OpenedCheckpoint | undefined
  #isPermitted = false
  #isDraining = false
  #draining: Promise<void> = Promise.resolve()
  /** Of the newest entry; entries are settled in the order in which they came. */
  #newest: Promise<unknown> = Promise.resolve()
  #refusal: string | undefined
  /** What the disk, or `close`, has put an end to. */
  #broken: TamgaError | undefined

  private constructor(options: LogOptions, modules: LogModules, opened: OpenedLog) {
    this.#options = options
    this.#modules = modules
    this.#stored = opened.stored
    this.#checkpoint = opened.checkpoint
    this.#ahead = opened.ahead
    this.#refusal = opened.refusal
  }

  /** Opens the log for reading. Whatever is wrong with it is its `refusal`, and nothing is made. */
  static async open(options: LogOptions, modules: LogModules): Promise<Log> {
    const opened = await openOwnLog(options.name, options.origin, modules)
    return new Log(options, modules, opened)
  }

  get name(): string {
    return this.#options.name
  }

  /** Entries that are durable and covered by `checkpoint`. */
  get size(): number {
    return Number(this.#checkpoint?.size ?? 0n)
  }

  /** The newest signed note; undefined before the first. */
  get checkpoint(): string | undefined {
    return this.#checkpoint?.note
  }

  /** The one that this log is known to have signed, where the database does not reach so far. */
  get ahead(): string | undefined {
    return this.#ahead?.note
  }

  /** Whether it takes entries. */
  get isSigning(): boolean {
    return this.#isPermitted && !this.#refusal && !this.#broken
  }

  /** Why it will not sign, not even after a restart; undefined if nothing is wrong. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  /** Whether a failed write or `close` has ended the appending: a restart may mend it. */
  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** The log on disk, for reading. */
  get stored(): StoredLog {
    return this.#stored
  }

  /** Entries that are here, among them those of a rebuild that is under way. */
  get copied(): number {
    return this.#stored.size
  }

  /** Calls back after every growth, once the entries are durable. */
  onGrown(listener: () => void): void {
    this.#grown.push(listener)
  }

  /**
   * Lets the log sign from now on, and begins it if it is empty. To be called by whoever has made
   * sure that this log has never signed more than is here.
   *
   * @throws TamgaError `not-ready`: it refuses, or is not all here; `storage`
   */
  async permit(): Promise<void> {
    if (this.#refusal || this.#ahead || this.#broken) throw this.#unable()
    this.#isPermitted = true
    if (this.size === 0) await this.append(this.#options.genesis())
  }

  /** Never signs again, until somebody has found out what happened. */
  refuse(reason: string): void {
    this.#refusal ??= reason
    this.#queue.refuse(this.#unable())
  }

  /**
   * Appends in arrival order; resolves with the entry's index once it is durable and covered by a
   * checkpoint.
   *
   * @throws TamgaError `not-ready`; `overloaded`: the queue is full, nothing was done; `too-large`;
   *   `storage`: it may or may not be there after a restart, and the log takes no more until then
   */
  append(entry: Uint8Array): Promise<number> {
    if (!this.isSigning) return Promise.reject(this.#unable())
    if (entry.length > ENTRY_BYTES_MAX) {
      return Promise.reject(new TamgaError('too-large', `an entry of ${entry.length} bytes`))
    }
    const appended = this.#queue.add(entry)
    this.#newest = appended.catch(() => undefined)
    if (!this.#isDraining) this.#draining = this.#drain()
    return appended
  }

  /** Resolves when all that was appended until now is durable, or refused. */
  async flushed(): Promise<void> {
    await this.#newest
  }

  /** Keeps a note of this log that a quorum has cosigned. It may be lost with the power. */
  async keepCosigned(note: string): Promise<void> {
    if (this.#broken) return
    try {
      await this.#modules.store.batch([this.#stored.cosignedOp(note)], { durable: false })
    } catch (error) {
      this.#break(asTamgaError(error))
    }
  }

  /** Takes no more entries; those that wait are refused, what is being written is finished. */
  close(): void {
    this.#break(new TamgaError('closed', 'the log is closed'))
  }

  /** Lets go of the anchor, once nothing is being written any more. */
  async release(): Promise<void> {
    this.close()
    await this.#draining
    await this.#modules.anchor.close()
  }

  /**
   * Begins to fill the log up to a checkpoint that its key has signed and that goes further than
   * what is here: first of all the anchor learns of it.
   *
   * @throws TamgaError `bad-signature`; `equivocation`: what is here is not the beginning of it and
   *   so the key has signed two histories, or somebody else has the key; `storage`
   */
  async adopt(note: string): Promise<OpenedCheckpoint> {
    const checkpoint = this.open(note)
    if (this.#isPermitted) throw new TamgaError('internal', 'a log that signs is not rebuilt')
    if (this.#refusal) throw this.#unable()
    const known = this.#ahead?.size ?? this.#checkpoint?.size ?? 0n
    if (checkpoint.size <= known) return this.#ahead ?? checkpoint
    try {
      await this.#modules.anchor.swap({ value: utf8(checkpoint.note), staged: NOTHING })
    } catch (error) {
      throw this.#break(asTamgaError(error))
    }
    this.#ahead = checkpoint
    return checkpoint
  }

  /**
   * A checkpoint by this log's key, without what others signed. @throws TamgaError `bad-signature`
   */
  open(note: string): OpenedCheckpoint {
    const { origin } = this.#options
    try {
      return openCheckpoint(bareNote(note, origin), origin, this.#modules.verifier)
    } catch (cause) {
      throw new TamgaError('bad-signature', `not a checkpoint of ${this.name}`, { cause })
    }
  }

  /** The next page of a rebuild. @throws TamgaError `bad-proof`; `storage` */
  async add(page: Page, checkpoint: OpenedCheckpoint): Promise<void> {
    const staged = await stagePage(this.#stored, page, checkpoint)
    await this.#commit(staged, [])
  }

  /** All pages of a rebuild are here. @throws TamgaError `storage` */
  async finish(checkpoint: OpenedCheckpoint): Promise<void> {
    if (!equalBytes(await this.#stored.rootAt(Number(checkpoint.size)), checkpoint.root)) {
      throw new TamgaError('bad-proof', 'the pages lead to another tree')
    }
    const op = this.#stored.checkpointOp(checkpoint.note)
    await this.#modules.store.batch([op], { durable: true })
    this.#checkpoint = checkpoint
    if (this.#ahead && this.#ahead.size <= checkpoint.size) this.#ahead = undefined
    for (const listener of this.#grown) listener()
  }

  /** Where what is staged beside the anchor begins, if the log lacks it. */
  get stagedFrom(): number | undefined {
    const { staged } = this.#modules.anchor.current
    return this.#ahead && staged.length > 0 ? decodeStaged(staged).from : undefined
  }

  /**
   * Puts in what is staged beside the anchor, where the log has been filled up to its beginning.
   *
   * @throws TamgaError `not-ready`: it does not begin there; `storage`
   */
  async replay(): Promise<void> {
    const ahead = this.#ahead
    if (!ahead) return
    const staged = stagedAfter(this.#stored, this.size, ahead, this.#modules.anchor)
    if (staged === 'other') this.refuse('what is staged does not lead to what is anchored')
    if (staged === 'other' || staged === undefined) throw this.#unable()
    await this.#commit(staged, [this.#stored.checkpointOp(ahead.note)])
    this.#checkpoint = ahead
    this.#ahead = undefined
    for (const listener of this.#grown) listener()
  }

  /**
   * Group commit: whatever arrives while a batch is being written makes up the next one. Where that
   * is a full batch already, it is made ready while the disk is busy.
   */
  async #drain(): Promise<void> {
    this.#isDraining = true
    // Lets everything that is appended in the same turn share the first batch.
    await Promise.resolve()
    let ready = this.#prepare()
    while (ready) {
      const current: Prepared = ready
      let next: Prepared | undefined
      try {
        await this.#write(current, () => {
          if (this.#queue.size >= APPEND_BATCH_MAX) next = this.#prepare(current)
        })
        current.batch.resolve(current.staged.from)
      } catch (cause) {
        const error = asTamgaError(cause)
        for (const failed of [current, next]) failed?.batch.reject(error)
        next = undefined
        this.#break(error)
      }
      if (!this.#broken) for (const listener of this.#grown) listener()
      ready = next ?? this.#prepare()
    }
    this.#isDraining = false
  }

  /** The next batch made ready, to come after `before`; undefined where nothing waits. */
  #prepare(before?: Prepared): Prepared | undefined {
    if (this.#queue.size === 0) return undefined
    const batch = this.#queue.take()
    try {
      return this.#signed(batch, before?.staged)
    } catch (cause) {
      const error = asTamgaError(cause)
      batch.reject(error)
      this.#break(error)
      return undefined
    }
  }

  /** A batch hashed, staged and signed. Nothing of it leaves yet. */
  #signed(batch: Batch, before: Staged | undefined): Prepared {
    const from = before?.size ?? this.#stored.size
    const bundle = encodeStaged({ from, entries: batch.entries })
    // What is signed is what is staged: hashed once from what came and once from what is kept, for
    // a bit that flips in between would be signed for ever.
    const kept = decodeStaged(bundle).entries
    const leaves = batch.entries.map(hashLeaf)
    const isIntact = kept.every((entry, i) => isLeafHash(entry, leaves[i]!))
    if (!isIntact) throw new TamgaError('storage', 'an entry has changed in memory')
    const staged = this.#stored.stage(kept, leaves, before)
    const { origin } = this.#options
    const checkpoint = { origin, size: BigInt(staged.size), root: staged.root, extensions: [] }
    const note = signCheckpoint(checkpoint, this.#modules.signer)
    return { batch, bundle, staged, checkpoint: { ...checkpoint, note } }
  }

  /** Makes a batch durable. Calls `whileBusy` once all of it is with the disk. */
  async #write({ bundle, staged, checkpoint }: Prepared, whileBusy: () => void): Promise<void> {
    await this.#modules.anchor.swap({ value: utf8(checkpoint.note), staged: bundle })
    const committed = this.#commit(staged, [this.#stored.checkpointOp(checkpoint.note)])
    whileBusy()
    await committed
    this.#checkpoint = checkpoint
  }

  async #commit(staged: Staged, ops: Staged['ops']): Promise<void> {
    if (this.#broken) throw this.#broken
    try {
      await this.#modules.store.batch([...staged.ops, ...ops], { durable: true })
    } catch (error) {
      throw this.#break(asTamgaError(error))
    }
    this.#stored.commit(staged)
  }

  #break(error: TamgaError): TamgaError {
    this.#broken ??= error
    this.#queue.refuse(error)
    return error
  }

  #unable(): TamgaError {
    if (this.#refusal) return new TamgaError('not-ready', `the log does not sign: ${this.#refusal}`)
    return this.#broken ?? new TamgaError('not-ready', 'it is not known yet how far the log goes')
  }
}
