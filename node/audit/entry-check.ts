/**
 * The entries of all logs, one after the other: that each can be read, that it counts, that its
 * log begins as it must, and what it says of others. Two passes: first all are learnt, then each is
 * checked.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { groupAt, officerTag } from '../../protocol/access-record.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { asTamgaError, type TamgaError } from '../../protocol/errors.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import { recordsOf } from './batch-records.ts'
import { ErasureCheck } from './erasure-check.ts'
import { Joiner } from './joiner.ts'
import { CLOCK_BACK_MS_MAX } from './limits.ts'
import type { LogSource } from './log-source.ts'
import { PairCheck, type PairCounts } from './pair-check.ts'
import { References, type ReferenceCounts } from './references.ts'
import type { Remarks } from './remarks.ts'
import type { EntryBundle } from './verify-tree.ts'

export type EntryKind = Entry['type'] | 'unreadable'

interface CheckOptions {
  readonly roster: Roster
  /** SHA-256 of the text of the roster's note, as every log's first entry has it. */
  readonly rosterDigest: Uint8Array
  readonly arePairsDemanded: boolean
}

export class EntryCheck {
  readonly #options: CheckOptions
  readonly #remarks: Remarks
  readonly #references: References
  readonly #erasures: ErasureCheck
  readonly #pairs: PairCheck
  readonly #joiner: Joiner
  readonly #kinds = new Map<string, Map<EntryKind, number>>()
  readonly #sources: readonly LogSource[]
  /** Batches whose records no source has. */
  readonly #lacking = new Set<string>()
  #signatures = 0

  constructor(
    options: CheckOptions,
    { remarks, sources }: { remarks: Remarks; sources: readonly LogSource[] },
  ) {
    this.#options = options
    this.#remarks = remarks
    this.#sources = sources
    const names = logsOf(options.roster).map(({ name }) => name)
    this.#references = new References(names, remarks)
    this.#erasures = new ErasureCheck(options.roster, { remarks, times: this.#references })
    this.#pairs = new PairCheck(options, { remarks })
    this.#joiner = new Joiner(options)
  }

  /** Signatures in entries that were checked and are good. */
  get signatures(): number {
    return this.#signatures
  }

  /** Entries of a log by kind, and access records beside. */
  kinds(log: string): ReadonlyMap<EntryKind, number> {
    return this.#kinds.get(log) ?? new Map<EntryKind, number>()
  }

  /** First pass. */
  async learn(
    log: string,
    { from, entries }: EntryBundle,
    leaves: readonly Uint8Array[],
  ): Promise<void> {
    for (const [place, bytes] of entries.entries()) {
      const index = from + place
      const entry = entryOf(bytes)
      this.#count(log, entry?.type ?? 'unreadable')
      if (entry) {
        const placed = { log, index, leaf: leaves[place]!, entry }
        this.#references.learn(placed)
        this.#erasures.learn(placed)
        if (entry.type === 'batch') await this.#learnRecords(log, index, entry)
      } else this.#references.learnUnreadable(log, index)
    }
  }

  /** Second pass, in the same order. */
  async check(log: string, { from, entries }: EntryBundle): Promise<void> {
    for (const [place, bytes] of entries.entries()) {
      const entry = this.#checkOne(log, from + place, bytes)
      if (entry?.type === 'batch') await this.#checkRecords(log, from + place, entry)
    }
  }

  finish(): { references: ReferenceCounts; pairs: PairCounts } {
    this.#erasures.finish()
    return { references: this.#references.finish(), pairs: this.#pairs.finish() }
  }

  async #learnRecords(log: string, index: number, batch: Batch): Promise<void> {
    const { records, complaints } = await recordsOf(this.#sources, { log, index, batch })
    for (const complaint of complaints) {
      const what = `not the access records of the batch: ${complaint}`
      this.#remarks.add('records', { log, index }, what)
    }
    if (!records) {
      this.#lacking.add(batchKey(log, index))
      this.#references.learnLacking(log)
      const due = batch.groups.reduce((sum, { count }) => sum + count, 0)
      const what = `${due} access records of this batch are in no source`
      this.#remarks.add('records-missing', { log, index }, what)
      return
    }
    for (const [record, bytes] of records.entries()) {
      const entry = entryOf(bytes)
      this.#count(log, entry?.type ?? 'unreadable')
      if (entry) this.#references.learn({ log, index, record, leaf: hashLeaf(bytes), entry })
    }
  }

  /** Second pass: the records that were there in the first. */
  async #checkRecords(log: string, index: number, batch: Batch): Promise<void> {
    if (this.#lacking.has(batchKey(log, index))) return
    const { records } = await recordsOf(this.#sources, { log, index, batch })
    if (!records) {
      this.#remarks.add('unreadable', { log, index }, 'access records changed while they were read')
      return
    }
    const tags = batch.groups.map((): number[] => [])
    for (const [record, bytes] of records.entries()) {
      const { group } = groupAt(batch, record)!
      const tag = this.#checkRecord({ log, index, record }, bytes, {
        post: group.post,
        at: batch.at,
      })
      if (tag !== undefined) tags[batch.groups.indexOf(group)]!.push(tag)
    }
    const isTagged = batch.groups.every(({ officers }, place) => {
      const due = [...new Set(tags[place])].sort((a, b) => a - b)
      return due.length === officers.length && due.every((tag, i) => tag === officers[i])
    })
    const isNamed = new Set(batch.groups.map(({ post }) => post)).size === batch.groups.length
    if (isTagged && isNamed) return
    this.#remarks.add('batch', { log, index }, 'the batch does not name who asked at which post')
  }

  /** The tag of the officer who asked, if it is a question that counts. */
  #checkRecord(
    where: { log: string; index: number; record: number },
    bytes: Uint8Array,
    batch: { post: string; at: number },
  ): number | undefined {
    const { log, index, record } = where
    try {
      const folded = this.#joiner.joinRecord(where, bytes, batch.post)
      const { entry, leaf, by } = folded
      this.#signatures += signaturesIn(entry)
      if (Math.abs(batch.at - entry.at) > CLOCK_BACK_MS_MAX) {
        this.#remarks.add('clock-back', { log, index }, `record ${record} is of another time`)
      }
      if (entry.type === 'query' && by[0]?.statement.action === 'verify') {
        this.#references.markVerification(log, leaf, entry.queryId)
      }
      this.#references.check(folded)
      return entry.type === 'query' ? officerTag(entry.officer) : undefined
    } catch (thrown) {
      const error = asTamgaError(thrown)
      if (error.code === 'internal') throw thrown
      const what = `record ${record} counts for nothing: ${error.code}, ${error.message}`
      this.#remarks.add('counts-for-nothing', { log, index }, what)
      return undefined
    }
  }

  #checkOne(log: string, index: number, bytes: Uint8Array): Entry | undefined {
    let entry: Entry | undefined
    let counts = false
    try {
      const folded = this.#joiner.join(log, index, bytes)
      entry = folded.entry
      this.#pairs.take(folded)
      this.#signatures += signaturesIn(entry)
      counts = true
    } catch (thrown) {
      const error = asTamgaError(thrown)
      if (error.code === 'internal') throw thrown
      entry = entryOf(bytes)
      this.#remarkRefused(error, { log, index }, entry)
    }
    this.#checkGenesis(log, index, entry)
    if (!entry) return undefined
    const placed = { log, index, leaf: hashLeaf(bytes), entry }
    this.#references.check(placed)
    this.#erasures.check(placed, counts)
    return counts ? entry : undefined
  }

  #remarkRefused(error: TamgaError, where: { log: string; index: number }, entry?: Entry): void {
    const { code, message } = error
    if (!entry) this.#remarks.add('entry', where, `it cannot be read: ${message}`)
    else if (!this.#isUnjudged(where.log, entry)) {
      const what = `of kind ${entry.type}, and counts for nothing: ${code}, ${message}`
      this.#remarks.add('counts-for-nothing', where, what)
    }
  }

  /** Whether it rests on records that are not here. */
  #isUnjudged(log: string, entry: Entry): boolean {
    if (entry.type !== 'outcome' || entry.batch === undefined) return false
    return this.#lacking.has(batchKey(log, entry.batch))
  }

  #checkGenesis(log: string, index: number, entry: Entry | undefined): void {
    const isGenesis = entry?.type === 'genesis'
    if (!isGenesis && index > 0) return
    const { roster, rosterDigest } = this.#options
    const digests = [rosterDigest, ...(roster.past ?? []).map(({ digest }) => digest)]
    const isKnown = (digest: Uint8Array): boolean => digests.some((one) => equalBytes(one, digest))
    const isGood =
      isGenesis &&
      index === 0 &&
      entry.network === roster.network &&
      entry.node === log &&
      isKnown(entry.rosterDigest)
    if (isGood) return
    const what = isGenesis
      ? `it says that the log of ${entry.node} begins here, in ${entry.network}`
      : 'the log does not begin with whose it is'
    this.#remarks.add('genesis', { log, index }, what)
  }

  #count(log: string, kind: EntryKind): void {
    const kinds = this.#kinds.get(log) ?? new Map<EntryKind, number>()
    this.#kinds.set(log, kinds.set(kind, (kinds.get(kind) ?? 0) + 1))
  }
}

function batchKey(log: string, index: number): string {
  return `${log}/${index}`
}

function entryOf(bytes: Uint8Array): Entry | undefined {
  try {
    return decodeEntry(bytes)
  } catch (error) {
    if (asTamgaError(error).code === 'internal') throw error
    return undefined
  }
}

/** Of each officer their own and their credential's, and the receipts of the replicas. */
function signaturesIn(entry: Entry): number {
  switch (entry.type) {
    case 'query':
    case 'refused':
      return 2
    case 'enrolment':
      return 2 + entry.receipts.length
    case 'act':
      return 2 * entry.signatures.length
    case 'grant':
    case 'revocation':
      return 1
    default:
      return 0
  }
}
