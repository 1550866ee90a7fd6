/**
 * The register: who is enrolled, as a fold over all logs.
 *
 * It holds nothing that the logs do not say, and the order in which logs arrive does not matter:
 * two enrolments of one handle are resolved by the lower leaf hash, on every node alike.
 */
import { compareBytes, toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { authoriseEnrolment } from '../../protocol/authority.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { FOLD_ENTRIES } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'

/** Where a person's enrolment stands, and what it commits to. */
export interface Enrolled {
  readonly handle: Uint8Array
  readonly shard: number
  readonly commitment: Uint8Array
  readonly at: number
  readonly log: string
  readonly index: number
  readonly leaf: Uint8Array
}

/** Hears of an enrolment that counts, and of the one that it displaces. */
export type EnrolmentListener = (
  enrolled: Enrolled,
  displaced: Enrolled | undefined,
) => Promise<void>

interface RegistryModules {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly logger: Logger
}

export class Registry {
  readonly #roster: Roster
  readonly #ledger: Ledger
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #people = new Map<string, Enrolled>()
  readonly #folded = new Map<string, number>()
  readonly #horizon = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  readonly #kinds = new Map<Entry['type'], number>()
  readonly #listeners: EnrolmentListener[] = []
  #folding: Promise<void> = Promise.resolve()
  #closed = false

  constructor({ roster }: { roster: Roster }, { ledger, clock, logger }: RegistryModules) {
    this.#roster = roster
    this.#ledger = ledger
    this.#clock = clock
    this.#logger = logger
  }

  /** Folds all that is there, and from then on whatever comes. */
  async start(): Promise<void> {
    this.#ledger.onGrowth((log) => this.#foldSoon(log))
    for (const { node } of this.#ledger.frontier()) this.#foldSoon(node)
    await this.settled()
  }

  /** Resolves when everything that the ledger showed until now is folded and heard. */
  async settled(): Promise<void> {
    await this.#folding
  }

  /** Folds no more; resolves when what was being folded is done. */
  async close(): Promise<void> {
    this.#closed = true
    await this.settled()
  }

  /** Listeners are waited for, one enrolment after the other: they bound how fast the fold goes. */
  onEnrolment(listener: EnrolmentListener): void {
    this.#listeners.push(listener)
  }

  person(handle: Uint8Array): Enrolled | undefined {
    return this.#people.get(toHex(handle))
  }

  get people(): number {
    return this.#people.size
  }

  /** Entries folded so far, by kind. */
  get entries(): ReadonlyMap<Entry['type'], number> {
    return this.#kinds
  }

  /** How far the fold has come in every log. */
  frontier(): LogSize[] {
    return this.#ledger.frontier().map(({ node }) => ({ node, size: this.#folded.get(node) ?? 0 }))
  }

  /** How far each log must be folded to have the same people: to its last enrolment that counts. */
  horizon(): LogSize[] {
    return this.#ledger.frontier().map(({ node }) => ({ node, size: this.#horizon.get(node) ?? 0 }))
  }

  /**
   * Resolves when the fold has come as far as `horizon` in every log.
   *
   * @throws TamgaError `deadline`: a log did not arrive in time
   */
  async reach(horizon: readonly LogSize[], deadline: number): Promise<void> {
    const isThere = (): boolean => {
      return horizon.every(({ node, size }) => (this.#folded.get(node) ?? 0) >= size)
    }
    if (isThere()) return
    await new Promise<void>((resolve, reject) => {
      const late = new TamgaError('deadline', 'a log has not arrived that the query relies on')
      const cancel = this.#clock.timer(deadline - this.#clock.now(), () => {
        this.#waiting.delete(check)
        reject(late)
      })
      const check = (): void => {
        if (!isThere()) return
        this.#waiting.delete(check)
        cancel()
        resolve()
      }
      this.#waiting.add(check)
    })
  }

  #foldSoon(log: string): void {
    this.#folding = this.#folding
      .then(async () => this.#fold(log))
      .catch((error: unknown) => {
        this.#logger.error('could not fold a log', { log, reason: asTamgaError(error).message })
      })
  }

  async #fold(log: string): Promise<void> {
    const size = this.#ledger.size(log)
    for (let from = this.#folded.get(log) ?? 0; from < size && !this.#closed;) {
      const to = Math.min(size, from + FOLD_ENTRIES)
      const entries = await this.#ledger.stored(log).entries(from, to)
      for (const [i, bytes] of entries.entries()) await this.#take(log, from + i, bytes)
      this.#folded.set(log, to)
      for (const check of this.#waiting) check()
      from = to
    }
  }

  /** An entry that cannot be read, or that nobody was entitled to, counts for nothing. */
  async #take(log: string, index: number, bytes: Uint8Array): Promise<void> {
    let entry: Entry
    try {
      entry = decodeEntry(bytes)
      if (entry.type === 'enrolment') authoriseEnrolment(entry, log, this.#roster)
    } catch (error) {
      const { message } = asTamgaError(error)
      this.#logger.warn('an entry that does not count', { log, index, reason: message })
      return
    }
    this.#kinds.set(entry.type, (this.#kinds.get(entry.type) ?? 0) + 1)
    if (entry.type !== 'enrolment') return
    const { handle, shard, commitment, at } = entry
    const enrolled = { handle, shard, commitment, at, log, index, leaf: hashLeaf(bytes) }
    const known = this.person(handle)
    if (known && !precedes(enrolled, known)) return
    this.#horizon.set(log, index + 1)
    this.#people.set(toHex(handle), enrolled)
    for (const listener of this.#listeners) await listener(enrolled, known)
  }
}

/** The lower leaf hash; of an entry that two logs hold, the log that is first by name. */
function precedes(a: Enrolled, b: Enrolled): boolean {
  const order = compareBytes(a.leaf, b.leaf)
  return order < 0 || (order === 0 && a.log < b.log)
}
