/**
 * The access records in the fold. Those of a log whose keeper this node is are folded with their
 * batch; of the others those that something here depends on, once they are here:
 *
 * - the question of an identification that named somebody, since that opens a case everywhere;
 * - what an officer asked elsewhere in the last day who has asked here, or whose relatives are
 *   known here: so that nobody asks more than the rules allow by going from node to node;
 * - whatever a list is made of that somebody asks for.
 *
 * Nothing in the register but cases, accesses and conduct comes of them: not who is found, nor who
 * may do what. When they come makes no difference to what comes of them.
 */
import { groupAt, officerTag } from '../../protocol/access-record.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { decodeEntry, decodeEntryOf } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { keepersOf } from '../../protocol/keepers.ts'
import type { Roster } from '../../protocol/roster.ts'
import { batchAt, type RecordShelf } from '../access/record-shelf.ts'
import type { Folded } from '../audit/folded.ts'
import type { Joiner } from '../audit/joiner.ts'
import { FOLD_ENTRIES, OUTCOMES_PARKED_MAX, TAGGED_BATCHES_MAX } from '../limits.ts'
import type { StoredLog } from '../log/stored-log.ts'
import type { Logger } from '../logger.ts'
import { Recent } from './sliding-window.ts'

interface AccessRecordsOptions {
  readonly self: string
  readonly roster: Roster
}

interface AccessRecordsModules {
  readonly shelf: RecordShelf
  readonly joiner: Joiner
  readonly logger: Logger
  /** Hears of every question that counts. */
  readonly onQuestion: (folded: Folded) => void
  /** Whether all that officers of this tag do has to be known here. */
  readonly isWatched: (tag: number) => boolean
}

/** A batch where it stands. */
export type PlacedBatchEntry = Pick<Folded<Batch>, 'log' | 'index' | 'leaf' | 'entry'>

/** Entries of a log, whose records belong here since this epoch, that were folded before it. */
interface Unread {
  /** What stands before is gone through for batches. */
  readonly from: number
  readonly end: number
}

/** Is told of a batch whose records are wanted here and not on the shelf. */
export type Want = (log: string, index: number) => void

const DAY_MS = 86_400_000

/** Officers' tags that are remembered: all that there are. */
const TAGS_MAX = 65_536

interface Tagged {
  readonly log: string
  readonly index: number
  readonly at: number
}

export class AccessRecords {
  readonly #options: AccessRecordsOptions
  readonly #modules: AccessRecordsModules
  /** Logs that were seen, and whether they are kept here, for as long as the node runs. */
  readonly #kept = new Map<string, boolean>()
  readonly #unread = new Map<string, Unread>()
  /** Batches that are not folded: all of logs that are kept here; of others those that were. */
  readonly #missing = new Set<string>()
  readonly #folded = new Set<string>()
  /** When an officer of the tag has last asked here. */
  readonly #askedHere = new Map<number, number>()
  /** What was asked elsewhere and is not here, by tag. */
  readonly #elsewhere = new Recent<Tagged[]>(TAGS_MAX)
  /** Outcomes whose question is not here yet, by its batch; the oldest first. */
  readonly #parked = new Map<string, number[]>()
  #parkedCount = 0
  #want: Want = () => undefined

  constructor(options: AccessRecordsOptions, modules: AccessRecordsModules) {
    this.#options = options
    this.#modules = modules
  }

  /** What gets records for the fold. */
  onWanted(want: Want): void {
    this.#want = want
  }

  /** Whether all records of the log belong here: once they did they do as long as the node runs. */
  keeps(log: string): boolean {
    const { self, roster } = this.#options
    const known = this.#kept.get(log)
    if (known !== undefined) return known
    const isKept = keepersOf(log, roster).includes(self)
    this.#kept.set(log, isKept)
    return isKept
  }

  /**
   * To be called in every new epoch, with how far the logs are folded: those whose keeper this node
   * has become are to be gone through until there, see `catchUp`.
   */
  adopt(frontier: readonly LogSize[]): void {
    const { self, roster } = this.#options
    for (const { node: log, size } of frontier) {
      if (this.keeps(log) || !keepersOf(log, roster).includes(self)) continue
      this.#kept.set(log, true)
      if (size > 0) this.#unread.set(log, { from: 0, end: size })
    }
  }

  /** A log that is to be gone through. */
  get unread(): string | undefined {
    return this.#unread.keys().next().value
  }

  /**
   * Goes on with it, and wants what is missing. What is on the shelf is folded already.
   *
   * @throws TamgaError `storage`
   */
  async catchUp(log: StoredLog): Promise<void> {
    const { from, end } = this.#unread.get(log.name)!
    const to = Math.min(end, from + FOLD_ENTRIES)
    const entries = await log.entries(from, to)
    if (to < end) this.#unread.set(log.name, { from: to, end })
    else this.#unread.delete(log.name)
    for (const [i, bytes] of entries.entries()) {
      const index = from + i
      const isLacking = isBatch(bytes) && !this.#folded.has(keyOf(log.name, index))
      if (isLacking) this.#lack(log.name, index)
    }
  }

  /** Whether of a log that is kept here all records up to `size` are. */
  isWhole(log: string, size: number): boolean {
    const { from } = this.#unread.get(log) ?? { from: size }
    if (from < size) return false
    return ![...this.#missing].some((key) => {
      const [name, index] = key.split('/')
      return name === log && Number(index) < size
    })
  }

  /** Whether the records of a batch that was taken are folded. */
  has(log: string, index: number): boolean {
    const key = keyOf(log, index)
    return this.#folded.has(key) || (this.#isKept(log, index) && !this.#missing.has(key))
  }

  /**
   * To be called with every batch, of each log in order, and again once its records are here.
   *
   * @throws TamgaError `storage`
   */
  async take({ log, index, leaf, entry }: PlacedBatchEntry): Promise<void> {
    if (this.#folded.has(keyOf(log, index))) return
    const records = await this.#modules.shelf.get({ log, leaf, batch: entry })
    if (records) this.#fold(log, index, entry, records)
    else this.#miss(log, index, entry)
  }

  /**
   * Whether an entry that counts for nothing by itself is an outcome whose question is in a batch,
   * of which the records are not here yet: `released` says when it is due.
   */
  async parks(log: StoredLog, index: number, bytes: Uint8Array): Promise<boolean> {
    try {
      const { batch, candidates } = decodeEntryOf('outcome', bytes)
      if (batch === undefined || batch >= index || this.has(log.name, batch)) return false
      await batchAt(log, batch)
      this.#park(keyOf(log.name, batch), index)
      if (candidates.length > 0) this.#want(log.name, batch)
      return true
    } catch (error) {
      if (asTamgaError(error).code !== 'malformed') throw error
      return false
    }
  }

  /** Indexes of the outcomes that have waited for this batch, once its records are folded. */
  released(log: string, index: number): readonly number[] {
    const key = keyOf(log, index)
    const waiting = this.has(log, index) ? (this.#parked.get(key) ?? []) : []
    if (waiting.length > 0) this.#parked.delete(key)
    this.#parkedCount -= waiting.length
    return waiting
  }

  #fold(log: string, index: number, batch: Batch, records: readonly Uint8Array[]): void {
    const key = keyOf(log, index)
    if (!this.#isKept(log, index)) this.#folded.add(key)
    this.#missing.delete(key)
    const { joiner, logger, onQuestion } = this.#modules
    for (const [record, bytes] of records.entries()) {
      const { post } = groupAt(batch, record)!.group
      let folded: Folded
      try {
        folded = joiner.joinRecord({ log, index, record }, bytes, post)
      } catch (error) {
        const { message } = asTamgaError(error)
        logger.warn('a record that does not count', { log, index, record, reason: message })
        continue
      }
      if (folded.entry.type !== 'query') continue
      onQuestion(folded)
      if (log === this.#options.self) this.#asked(folded.entry.officer, folded.entry.at)
    }
  }

  #miss(log: string, index: number, { at, groups }: Batch): void {
    if (this.#isKept(log, index)) return this.#lack(log, index)
    const tags = groups.flatMap(({ officers }) => officers)
    const isWanted = tags.some((tag) => {
      const last = this.#askedHere.get(tag)
      return this.#modules.isWatched(tag) || (last !== undefined && isOneDay(at, last))
    })
    if (isWanted) this.#want(log, index)
    else for (const tag of tags) this.#note(tag, { log, index, at })
  }

  #lack(log: string, index: number): void {
    this.#missing.add(keyOf(log, index))
    this.#want(log, index)
  }

  /** What was not gone through yet is treated as of a log that is kept elsewhere. */
  #isKept(log: string, index: number): boolean {
    const { from, end } = this.#unread.get(log) ?? { from: 0, end: 0 }
    return this.keeps(log) && (index < from || index >= end)
  }

  #note(tag: number, tagged: Tagged): void {
    const noted = this.#elsewhere.get(String(tag), () => [])
    noted.push(tagged)
    if (noted.length > TAGGED_BATCHES_MAX) noted.shift()
  }

  /** Somebody asks here: what they asked elsewhere in the last day counts. */
  #asked(officer: Uint8Array, at: number): void {
    const tag = officerTag(officer)
    this.#askedHere.set(tag, Math.max(at, this.#askedHere.get(tag) ?? at))
    const noted = this.#elsewhere.get(String(tag)) ?? []
    for (const one of noted.splice(0)) {
      if (isOneDay(at, one.at)) this.#want(one.log, one.index)
    }
  }

  #park(key: string, index: number): void {
    const waiting = this.#parked.get(key) ?? []
    this.#parked.set(key, [...waiting, index])
    this.#parkedCount += 1
    if (this.#parkedCount <= OUTCOMES_PARKED_MAX) return
    const [oldest, dropped] = [...this.#parked][0]!
    this.#parked.delete(oldest)
    this.#parkedCount -= dropped.length
    this.#modules.logger.warn('an outcome whose question nobody has is given up', { batch: oldest })
  }
}

function isBatch(bytes: Uint8Array): boolean {
  try {
    return decodeEntry(bytes).type === 'batch'
  } catch {
    return false
  }
}

function isOneDay(a: number, b: number): boolean {
  return Math.abs(a - b) < DAY_MS
}

function keyOf(log: string, index: number): string {
  return `${log}/${index}`
}
