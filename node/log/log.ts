/**
 * The node's own log: the only one it may write to, and nobody else may.
 *
 * Owns the log's end; only `#drain` moves it. A checkpoint leaves this class only after the one
 * batch that holds its entries, tiles and itself is on disk. When a batch fails nobody knows
 * whether it is there, so nothing more is appended until the log is opened again and held against
 * its checkpoint.
 */
import { signCheckpoint } from '../../crypto/checkpoint.ts'
import type { NoteSigner, NoteVerifier } from '../../crypto/note.ts'
import { ENTRY_BYTES_MAX } from '../../protocol/limits.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { APPEND_BATCH_MAX, APPEND_QUEUE_BYTES_MAX, APPEND_QUEUE_MAX } from '../limits.ts'
import type { Store } from '../store/store.ts'
import { checkedCheckpoint, StoredLog } from './stored-log.ts'

export interface LogOptions {
  /** The node's name. */
  readonly name: string
  readonly origin: string
  /** What a log that does not exist yet begins with. */
  readonly genesis: () => Uint8Array
}

interface LogModules {
  readonly store: Store
  readonly signer: NoteSigner
  readonly verifier: NoteVerifier
}

interface Waiting {
  readonly entry: Uint8Array
  readonly resolve: (index: number) => void
  readonly reject: (error: TamgaError) => void
}

export class Log {
  readonly #options: LogOptions
  readonly #modules: LogModules
  readonly #stored: StoredLog
  readonly #waiting: Waiting[] = []
  readonly #grown: (() => void)[] = []
  #checkpoint: string
  #waitingBytes = 0
  #draining = false
  /** Of the newest entry; entries are settled in the order in which they came. */
  #newest: Promise<unknown> = Promise.resolve()
  #broken: TamgaError | undefined

  private constructor(
    options: LogOptions,
    modules: LogModules,
    stored: StoredLog,
    checkpoint: string,
  ) {
    this.#options = options
    this.#modules = modules
    this.#stored = stored
    this.#checkpoint = checkpoint
  }

  /**
   * Opens the log, or begins it with its genesis entry.
   *
   * @throws TamgaError `storage` when what is on disk is not what was signed
   */
  static async open(options: LogOptions, modules: LogModules): Promise<Log> {
    const stored = await StoredLog.open(options.name, modules.store)
    const checkpoint = await checkedCheckpoint(stored, options.origin, modules.verifier)
    if (BigInt(stored.size) !== (checkpoint?.size ?? 0n)) {
      throw new TamgaError('storage', `${options.name}: entries on disk that were never signed`)
    }
    if (!checkpoint) return Log.#begin(options, modules, stored)
    return new Log(options, modules, stored, checkpoint.note)
  }

  static async #begin(options: LogOptions, modules: LogModules, stored: StoredLog): Promise<Log> {
    const log = new Log(options, modules, stored, '')
    await log.append(options.genesis())
    return log
  }

  get name(): string {
    return this.#options.name
  }

  /** Entries that are durable and covered by `checkpoint`. */
  get size(): number {
    return this.#stored.size
  }

  /** The newest signed note. */
  get checkpoint(): string {
    return this.#checkpoint
  }

  /** Whether a failed write or `close` has ended the appending. */
  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  /** The log on disk, for reading. */
  get stored(): StoredLog {
    return this.#stored
  }

  /** Calls back after every growth, once the entries are durable. */
  onGrown(listener: () => void): void {
    this.#grown.push(listener)
  }

  /**
   * Appends in arrival order; resolves with the entry's index once it is durable and covered by a
   * checkpoint.
   *
   * @throws TamgaError `overloaded`: the queue is full, nothing was done; `too-large`; `storage`:
   * it
   *   may or may not be there after a restart, and the log takes no more until then
   */
  append(entry: Uint8Array): Promise<number> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (entry.length > ENTRY_BYTES_MAX) {
      return Promise.reject(new TamgaError('too-large', `an entry of ${entry.length} bytes`))
    }
    const isFull = this.#waitingBytes + entry.length > APPEND_QUEUE_BYTES_MAX
    if (isFull || this.#waiting.length >= APPEND_QUEUE_MAX) {
      return Promise.reject(new TamgaError('overloaded', 'the log has too many entries waiting'))
    }
    const appended = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject })
      this.#waitingBytes += entry.length
      if (!this.#draining) void this.#drain()
    })
    this.#newest = appended.catch(() => undefined)
    return appended
  }

  /** Resolves when all that was appended until now is durable, or refused. */
  async flushed(): Promise<void> {
    await this.#newest
  }

  /** Takes no more entries; those that wait are refused, what is being written is finished. */
  close(): void {
    this.#break(new TamgaError('closed', 'the log is closed'))
  }

  /** Group commit: whatever arrives while a batch is being written makes up the next one. */
  async #drain(): Promise<void> {
    this.#draining = true
    // Lets everything that is appended in the same turn share the first batch.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, APPEND_BATCH_MAX)
      for (const { entry } of batch) this.#waitingBytes -= entry.length
      try {
        const from = await this.#write(batch.map(({ entry }) => entry))
        batch.forEach(({ resolve }, i) => resolve(from + i))
      } catch (cause) {
        const error = asTamgaError(cause)
        batch.forEach(({ reject }) => reject(error))
        this.#break(error)
      }
      for (const listener of this.#grown) if (!this.#broken) listener()
    }
    this.#draining = false
  }

  async #write(entries: readonly Uint8Array[]): Promise<number> {
    const staged = this.#stored.stage(entries)
    const { size, root } = staged
    const { origin } = this.#options
    const note = signCheckpoint(
      { origin, size: BigInt(size), root, extensions: [] },
      this.#modules.signer,
    )
    const ops = [...staged.ops, this.#stored.checkpointOp(note)]
    await this.#modules.store.batch(ops, { durable: true })
    this.#stored.commit(staged)
    this.#checkpoint = note
    return staged.from
  }

  #break(error: TamgaError): void {
    this.#broken ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
