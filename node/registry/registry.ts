/**
 * The register, as a fold over all logs: who is enrolled and how they stand, which law is in force,
 * who may ask, whom somebody looked at.
 *
 * It holds nothing that the logs do not say, and the order in which logs arrive does not matter:
 * each of its parts comes to the same from the same set of entries.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import { decodeEntryOf, type Entry } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import type { PairCoverage } from '../../protocol/pairs/pair-coverage.ts'
import { closedLog } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import { shardOf } from '../../protocol/shards.ts'
import type { Clock } from '../clock.ts'
import { FOLD_ENTRIES } from '../limits.ts'
import { onEpoch } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { RecordShelf } from '../access/record-shelf.ts'
import { AccessRecords, type PlacedBatchEntry } from './access-records.ts'
import { Accesses } from './accesses.ts'
import { Arrivals } from './arrivals.ts'
import { Cases } from './cases.ts'
import { Conduct, type ConductOptions } from './conduct.ts'
import type { Credentials } from '../audit/credentials.ts'
import type { Folded } from '../audit/folded.ts'
import { Joiner } from '../audit/joiner.ts'
import type { Numbers } from '../audit/numbers.ts'
import { PeopleFold } from '../audit/people-fold.ts'
import { Epochs } from './epochs.ts'
import { Erasures } from './erasures.ts'
import { FoldProgress } from './fold-progress.ts'
import { Laws } from './laws.ts'
import type { LifeChange, Lives } from '../audit/lives.ts'
import { Moves } from './moves.ts'
import { RevokedCertificates } from './revoked-certificates.ts'
import { Turns } from './turns.ts'
import { WatchList } from './watch-list.ts'

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

/** Hears of a person whose prints are to be searched from now on, anew, or no more. */
export type PersonListener = (handle: Uint8Array, enrolled: Enrolled | undefined) => Promise<void>

/** Hears of a person whose erasure two have signed, once nobody finds the person any more. */
export type ErasureListener = (handle: Uint8Array) => Promise<void>

interface RegistryModules {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly clock: Clock
  readonly logger: Logger
  /** Goes over to new epochs; without it the roster stands still. */
  readonly epochs?: Epochs
}

export class Registry {
  readonly credentials: Credentials
  readonly laws: Laws
  readonly lives: Lives
  readonly pairs: PairCoverage
  readonly numbers: Numbers
  readonly cases: Cases
  readonly accesses = new Accesses()
  readonly conduct: Conduct
  readonly watchList: WatchList
  readonly revokedCertificates: RevokedCertificates
  readonly erasures: Erasures
  readonly moves: Moves
  readonly #roster: Roster
  readonly #epochs: Epochs | undefined
  readonly records: AccessRecords
  readonly #ledger: Ledger
  readonly #logger: Logger
  readonly #joiner: Joiner
  readonly #people: PeopleFold
  readonly #arrivals: Arrivals
  /** Enrolments of everybody, whether they count or not, by handle. */
  readonly #enrolments = new Map<string, Enrolled[]>()
  readonly #found = new Map<string, Enrolled>()
  readonly #progress: FoldProgress
  readonly #horizon = new Map<string, number>()
  readonly #kinds = new Map<Entry['type'], number>()
  readonly #listeners: PersonListener[] = []
  readonly #erasers: ErasureListener[] = []
  #folding: Promise<void> = Promise.resolve()
  /** An entry has been told to all listeners, or to none. */
  readonly #turns = new Turns()
  #closed = false

  constructor(
    { self, roster, rateFactor }: { self: string; roster: Roster } & ConductOptions,
    { ledger, shelf, clock, logger, epochs }: RegistryModules,
  ) {
    this.#roster = roster
    this.#epochs = epochs
    this.moves = new Moves({ roster })
    this.#ledger = ledger
    this.#progress = new FoldProgress({ clock })
    this.#logger = logger
    this.#joiner = new Joiner({ roster })
    const isCaught = (log: string): boolean => ledger.quarantine.has(log)
    this.#arrivals = new Arrivals({ self, roster }, { isCaught })
    this.#people = new PeopleFold({ roster, areLogsHere: () => this.hasAllLogs })
    const { credentials, lives, pairs, numbers } = this.#people
    this.credentials = credentials
    this.lives = lives
    this.pairs = pairs
    this.numbers = numbers
    this.cases = new Cases({ lives })
    this.laws = new Laws({ credentials })
    this.watchList = new WatchList({ credentials })
    this.revokedCertificates = new RevokedCertificates({ credentials })
    this.conduct = new Conduct({ rateFactor })
    this.records = new AccessRecords(
      { self, roster },
      {
        shelf,
        joiner: this.#joiner,
        logger,
        onQuestion: (folded) => {
          this.accesses.take(folded)
          this.conduct.take(folded)
        },
        isWatched: (tag) => this.conduct.knowsRelativesOf(tag),
      },
    )
    this.erasures = new Erasures({
      lives,
      keepersOf: (handle) => this.moves.keepersOf(shardOf(handle, roster)),
      commitments: (handle) => this.enrolments(handle).map(({ commitment }) => commitment),
    })
  }

  /** Folds all that is there, and from then on whatever comes. */
  async start(): Promise<void> {
    this.#ledger.onGrowth((log) => this.#foldSoon(log))
    onEpoch(this.#roster, () => {
      void this.#soon({}, async () => {
        this.records.adopt(this.frontier())
        await this.#catchUpRecords()
      })
    })
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

  /** Listeners are waited for, one person after the other: they bound how fast the fold goes. */
  onPerson(listener: PersonListener): void {
    this.#listeners.push(listener)
  }

  /** Listeners are waited for; one may be told of the same person again. */
  onErasure(listener: ErasureListener): void {
    this.#erasers.push(listener)
  }

  /** The enrolment by which a person is searched for. */
  person(handle: Uint8Array): Enrolled | undefined {
    return this.#found.get(toHex(handle))
  }

  /** The same of everybody of a shard. */
  peopleOf(shard: number): Enrolled[] {
    return [...this.#found.values()].filter((enrolled) => enrolled.shard === shard)
  }

  /** All enrolments of all persons of a shard, whether they count or not. */
  enrolmentsOf(shard: number): Enrolled[] {
    return [...this.#enrolments.values()].flat().filter((enrolled) => enrolled.shard === shard)
  }

  /** All enrolments of a person, updates too, in no particular order, whether they count or not. */
  enrolments(handle: Uint8Array): readonly Enrolled[] {
    return this.#enrolments.get(toHex(handle)) ?? []
  }

  get people(): number {
    return this.#found.size
  }

  /** Entries folded so far, by kind. */
  get entries(): ReadonlyMap<Entry['type'], number> {
    return this.#kinds
  }

  /** Whether all logs have come once: before, nobody knows how many people there are. */
  get hasAllLogs(): boolean {
    return this.#arrivals.areAll
  }

  /** How far the fold has come in every log. */
  frontier(): LogSize[] {
    return this.#ledger.frontier().map(({ node }) => ({ node, size: this.#progress.of(node) }))
  }

  /** How far each log must be folded to know as much of people, law and credentials. */
  horizon(): LogSize[] {
    return this.#ledger.frontier().map(({ node }) => ({ node, size: this.#horizon.get(node) ?? 0 }))
  }

  /**
   * Calls `look` between two entries: what the listeners have made of the logs is then exactly what
   * the logs say up to `frontier()`.
   */
  async between<T extends object>(look: () => T): Promise<T> {
    return this.#turns.between(look)
  }

  /**
   * Resolves when the fold has come as far as `horizon` in every log.
   *
   * @throws TamgaError `deadline`: a log did not arrive in time
   */
  async reach(horizon: readonly LogSize[], deadline: number): Promise<void> {
    return this.#progress.reach(horizon, deadline)
  }

  /**
   * To be called when access records have come to the shelf. Resolves when they are folded, if
   * their batch is; otherwise they are folded with it.
   */
  async arrived(log: string, index: number): Promise<void> {
    return this.#soon({ log, index }, async () => this.#foldRecords(log, index))
  }

  #foldSoon(log: string): void {
    void this.#soon({ log }, async () => this.#fold(log))
  }

  async #soon(about: { log?: string; index?: number }, fold: () => Promise<void>): Promise<void> {
    this.#folding = this.#folding.then(fold).catch((error: unknown) => {
      this.#logger.error('could not fold', { ...about, reason: asTamgaError(error).message })
    })
    return this.#folding
  }

  async #fold(log: string): Promise<void> {
    const size = this.#ledger.size(log)
    for (let from = this.#progress.of(log); from < size && !this.#closed;) {
      const to = Math.min(size, from + FOLD_ENTRIES)
      const entries = await this.#ledger.stored(log).entries(from, to)
      for (const [i, bytes] of entries.entries()) {
        await this.#takeWhole(log, from + i, bytes)
      }
      this.#progress.told()
      from = to
    }
    if (this.#progress.of(log) >= size) this.#arrivals.folded(log, size)
    this.#closeIfWhole(log)
  }

  async #foldRecords(log: string, index: number): Promise<void> {
    const isTaken = index < this.#progress.of(log)
    if (!isTaken || this.#closed || this.records.has(log, index)) return
    const bytes = await this.#ledger.stored(log).entry(index)
    const entry = decodeEntryOf('batch', bytes)
    await this.#turns.wholly(async () => {
      await this.#takeBatch({ log, index, leaf: hashLeaf(bytes), entry })
    })
  }

  /** Between the portions everything else is folded. */
  async #catchUpRecords(): Promise<void> {
    const log = this.records.unread
    if (log === undefined || this.#closed) return
    await this.records.catchUp(this.#ledger.stored(log))
    void this.#soon({ log }, async () => this.#catchUpRecords())
  }

  async #takeBatch(batch: PlacedBatchEntry): Promise<void> {
    await this.records.take(batch)
    const { log, index } = batch
    for (const outcome of this.records.released(log, index)) {
      await this.#take(log, outcome, await this.#ledger.stored(log).entry(outcome))
    }
  }

  async #takeWhole(log: string, index: number, bytes: Uint8Array): Promise<void> {
    await this.#turns.wholly(async () => {
      await this.#take(log, index, bytes)
      this.#progress.set(log, index + 1)
    })
  }

  /** An entry that cannot be read, or that nobody was entitled to, counts for nothing. */
  async #take(log: string, index: number, bytes: Uint8Array): Promise<void> {
    let folded: Folded
    let changes: readonly LifeChange[]
    try {
      folded = this.#joiner.join(log, index, bytes)
      changes = this.#spread(folded)
    } catch (error) {
      if (await this.records.parks(this.#ledger.stored(log), index, bytes)) return
      const { code, message } = asTamgaError(error)
      if (code === 'wrong-epoch' && this.#epochs) return this.#follow(log, index, bytes)
      this.#logger.warn('an entry that does not count', { log, index, reason: message })
      return
    }
    const { type } = folded.entry
    this.#kinds.set(type, (this.#kinds.get(type) ?? 0) + 1)
    if (folded.entry.type === 'batch') {
      await this.#takeBatch({ ...folded, entry: folded.entry })
      this.accesses.take(folded)
    }
    for (const change of changes) await this.#apply(change)
  }

  /** An entry of an epoch that is not known yet: perhaps it opens it, or another one does later. */
  async #follow(log: string, index: number, bytes: Uint8Array): Promise<void> {
    try {
      const ready = await this.#epochs!.follow({ log, index }, bytes)
      for (const one of ready) await this.#take(one.log, one.index, one.bytes)
      for (const { name } of this.#roster.closed ?? []) this.#closeIfWhole(name)
    } catch (error) {
      const { message } = asTamgaError(error)
      this.#logger.warn('an entry that does not count', { log, index, reason: message })
    }
  }

  /** Of a node that has left nothing more will come. */
  #closeIfWhole(log: string): void {
    const closed = closedLog(this.#roster, log)
    if (!closed || this.#progress.of(log) < closed.size) return
    this.pairs.close(log)
  }

  /** Tells every part of the register, and says whose lives it changed. */
  #spread(folded: Folded): readonly LifeChange[] {
    const { entry, log, index } = folded
    // Of a batch once its records are: its log is not looked through before.
    if (entry.type !== 'batch') this.accesses.take(folded)
    const apart = [this.conduct, this.moves, this.watchList, this.revokedCertificates]
    for (const part of apart) part.take(folded)
    const taken = this.#people.take(folded)
    const isLaw = this.laws.take(folded)
    if (entry.type === 'enrolment') this.#note(folded, entry)
    this.erasures.take(folded)
    if (entry.type === 'holding' || entry.type === 'epoch') this.erasures.moved()
    this.cases.take(folded)
    if (taken.revoked) this.cases.revoked(taken.revoked)
    const isAuthority = entry.type === 'grant' || entry.type === 'revocation'
    const isKnowledge = isLaw || isAuthority || entry.type === 'epoch'
    if (taken.changes.length > 0 || isKnowledge) this.#horizon.set(log, index + 1)
    return this.#people.compare(folded, taken, (record, rivals) => {
      this.cases.rivals(record, rivals)
    })
  }

  #note({ log, index, leaf }: Folded, { handle, shard, commitment, at }: Enrolment): void {
    const key = toHex(handle)
    const all = this.#enrolments.get(key) ?? []
    all.push({ handle, shard, commitment, at, log, index, leaf })
    this.#enrolments.set(key, all)
  }

  async #apply(change: LifeChange): Promise<void> {
    const { handle, life } = change
    this.erasures.changed(change)
    await this.#find(change)
    if (life.status === 'erased') for (const erase of this.#erasers) await erase(handle)
  }

  /** Tells by which enrolment the person is found from now on, if that is news. */
  async #find({ handle, now }: LifeChange): Promise<void> {
    const key = toHex(handle)
    const known = this.#found.get(key)
    const all = this.#enrolments.get(key) ?? []
    const enrolled = now && all.find(({ leaf }) => equalBytes(leaf, now))
    if (enrolled === known) return
    if (enrolled) this.#found.set(key, enrolled)
    else this.#found.delete(key)
    for (const listener of this.#listeners) await listener(handle, enrolled)
  }
}
