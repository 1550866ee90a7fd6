/**
 * Gets the access records that belong here: of the logs that this node is a keeper of, and of any
 * other batch that somebody here wants. Asks the log's own node first, then its other keepers, then
 * whoever else there is; what comes is held against the batch in the log before it is kept.
 *
 * Which batches are wanted is for the fold to say, at every start anew. So nothing is lost with a
 * crash, nor when more are wanted than can wait.
 */
import { recordBatches, checkRecords } from '../../protocol/access-record.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { keepersOf } from '../../protocol/keepers.ts'
import { batchReplies, batchRequests, BATCHES } from '../../protocol/message/batch.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import {
  PULLS_WAITING_MAX,
  RECORDS_ASKED_AT_ONCE,
  RECORDS_RETRY_MS,
  RECORDS_TIMEOUT_MS,
} from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { batchAt, type RecordShelf } from './record-shelf.ts'

interface PullerOptions {
  readonly self: string
  readonly roster: Roster
}

interface PullerModules {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

/** Hears of a batch whose records are on the shelf now. */
type ArrivalListener = (log: string, index: number) => void

export class RecordPuller {
  readonly #options: PullerOptions
  readonly #modules: PullerModules
  readonly #listeners: ArrivalListener[] = []
  /** Indexes of batches that are wanted, by log, in the order in which they came. */
  readonly #wanted = new Map<string, Set<number>>()
  readonly #pulling = new Map<string, Promise<void>>()
  readonly #timers = new Map<string, () => void>()
  #isStarted = false
  #closed = false

  constructor(options: PullerOptions, modules: PullerModules) {
    this.#options = options
    this.#modules = modules
  }

  onArrival(listener: ArrivalListener): void {
    this.#listeners.push(listener)
  }

  /** Pulls from now on, also what was wanted before. */
  start(): void {
    this.#isStarted = true
    for (const log of this.#wanted.keys()) this.#pullSoon(log)
  }

  /** Pulls no more; resolves when what was under way is kept or given up. */
  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#timers.values()) cancel()
    await Promise.all(this.#pulling.values())
  }

  /** To be called with batches whose records are not on the shelf. */
  want(log: string, index: number): void {
    const wanted = this.#wanted.get(log) ?? new Set()
    if (wanted.size >= PULLS_WAITING_MAX) {
      this.#modules.logger.warn('too many access records to pull', { log, index })
      return
    }
    this.#wanted.set(log, wanted.add(index))
    this.#pullSoon(log)
  }

  /**
   * The same at once, for somebody who waits.
   *
   * @returns indexes of those that nobody had in time
   */
  async pullNow(log: string, indexes: readonly number[]): Promise<readonly number[]> {
    let left = indexes
    for (const node of this.#others(log)) {
      if (left.length === 0) break
      left = await this.#pullFrom(node, log, left)
    }
    return left
  }

  #pullSoon(log: string): void {
    if (!this.#isStarted || this.#closed || this.#pulling.has(log) || this.#timers.has(log)) return
    this.#pulling.set(log, this.#pullWanted(log))
  }

  async #pullWanted(log: string): Promise<void> {
    // Whoever wants more in the same turn is asked for with it.
    await Promise.resolve()
    const wanted = this.#wanted.get(log)!
    const before = [...wanted]
    let isStuck = false
    try {
      const left = new Set(await this.pullNow(log, before))
      for (const index of before) if (!left.has(index)) wanted.delete(index)
      isStuck = left.size > 0
    } catch (error) {
      isStuck = true
      this.#modules.logger.error('access records could not be kept', {
        log,
        reason: asTamgaError(error).message,
      })
    }
    this.#pulling.delete(log)
    if (isStuck) this.#retryLater(log)
    else if (wanted.size > 0) this.#pullSoon(log)
  }

  #retryLater(log: string): void {
    if (this.#closed) return
    const cancel = this.#modules.clock.timer(RECORDS_RETRY_MS, () => {
      this.#timers.delete(log)
      this.#pullSoon(log)
    })
    this.#timers.set(log, cancel)
  }

  /** The keepers first, and then everybody: who was one under an earlier roster has them too. */
  #others(log: string): string[] {
    const { self, roster } = this.#options
    const all = [...keepersOf(log, roster), ...roster.nodes.map(({ name }) => name)]
    return [...new Set(all)].filter((node) => node !== self)
  }

  /** @returns those that it did not hand out */
  async #pullFrom(
    node: string,
    log: string,
    indexes: readonly number[],
  ): Promise<readonly number[]> {
    const left: number[] = []
    for (let at = 0; at < indexes.length && !this.#closed;) {
      const asked = indexes.slice(at, at + RECORDS_ASKED_AT_ONCE)
      const got = await this.#ask(node, log, asked)
      if (got === undefined) return [...left, ...indexes.slice(at)]
      const kept = got.slice(0, asked.length)
      for (const [place, records] of kept.entries()) {
        const index = asked[place]!
        const isKept = records && (await this.#keep(node, log, index, records))
        if (!isKept) left.push(index)
      }
      at += kept.length
    }
    return left
  }

  /** Undefined where it gives no answer that can be read, or an empty one. */
  async #ask(node: string, log: string, indexes: readonly number[]) {
    const { mesh, clock } = this.#modules
    const deadline = clock.now() + RECORDS_TIMEOUT_MS
    let bytes: Uint8Array
    try {
      bytes = await mesh.call(node, BATCHES, batchRequests.encode({ log, indexes }), { deadline })
    } catch {
      return undefined
    }
    try {
      const replies = batchReplies.decode(bytes)
      return replies.length > 0 ? replies : undefined
    } catch (error) {
      mesh.blame(node, asTamgaError(error).code)
      return undefined
    }
  }

  /** Whether they are on the shelf now. @throws TamgaError `storage` */
  async #keep(node: string, log: string, index: number, bytes: Uint8Array): Promise<boolean> {
    const { ledger, shelf, mesh } = this.#modules
    const { leaf, batch } = await batchAt(ledger.stored(log), index)
    try {
      const records = recordBatches.decode(bytes)
      checkRecords(batch, records)
      await shelf.put(log, leaf, records)
    } catch (thrown) {
      const error = asTamgaError(thrown)
      if (error.code === 'storage' || error.code === 'internal') throw error
      mesh.blame(node, error.code)
      return false
    }
    for (const listener of this.#listeners) listener(log, index)
    return true
  }
}
