/**
 * The entries of all logs, one after the other: that each can be read, that it counts, that its
 * log begins as it must, and what it says of others. Two passes: first all are learnt, then each is
 * checked.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { asTamgaError, type TamgaError } from '../../protocol/errors.ts'
import { logsOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import { ErasureCheck } from './erasure-check.ts'
import { Joiner } from './joiner.ts'
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
  #signatures = 0

  constructor(options: CheckOptions, { remarks }: { remarks: Remarks }) {
    this.#options = options
    this.#remarks = remarks
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

  /** Entries of a log by kind. */
  kinds(log: string): ReadonlyMap<EntryKind, number> {
    return this.#kinds.get(log) ?? new Map<EntryKind, number>()
  }

  /** First pass. */
  learn(log: string, { from, entries }: EntryBundle, leaves: readonly Uint8Array[]): void {
    for (const [place, bytes] of entries.entries()) {
      const index = from + place
      const entry = entryOf(bytes)
      this.#count(log, entry?.type ?? 'unreadable')
      if (entry) {
        const placed = { log, index, leaf: leaves[place]!, entry }
        this.#references.learn(placed)
        this.#erasures.learn(placed)
      } else this.#references.learnUnreadable(log, index)
    }
  }

  /** Second pass, in the same order. */
  check(log: string, { from, entries }: EntryBundle): void {
    for (const [place, bytes] of entries.entries()) this.#checkOne(log, from + place, bytes)
  }

  finish(): { references: ReferenceCounts; pairs: PairCounts } {
    this.#erasures.finish()
    return { references: this.#references.finish(), pairs: this.#pairs.finish() }
  }

  #checkOne(log: string, index: number, bytes: Uint8Array): void {
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
    if (!entry) return
    const placed = { log, index, leaf: hashLeaf(bytes), entry }
    this.#references.check(placed)
    this.#erasures.check(placed, counts)
  }

  #remarkRefused(error: TamgaError, where: { log: string; index: number }, entry?: Entry): void {
    const { code, message } = error
    if (!entry) this.#remarks.add('entry', where, `it cannot be read: ${message}`)
    else {
      const what = `of kind ${entry.type}, and counts for nothing: ${code}, ${message}`
      this.#remarks.add('counts-for-nothing', where, what)
    }
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
