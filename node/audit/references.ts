/**
 * What entries say of other entries, in their own log and in others', held against what stands
 * there. Every log is learnt first, and only then is any entry checked: they refer to one another.
 *
 * A copy of a log may be behind what others have seen of it. Where that can be, it is a note and no
 * finding.
 */
import { concatBytes, toHex, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import type { CrossCheck, CrossQuery } from '../../protocol/entry/cross-check.ts'
import type { Epoch } from '../../protocol/entry/epoch.ts'
import type { Enrolment } from '../../protocol/entry/enrolment.ts'
import type { Entry } from '../../protocol/entry/entry.ts'
import type { Outcome } from '../../protocol/entry/outcome.ts'
import type { Query } from '../../protocol/entry/query.ts'
import type { Search } from '../../protocol/entry/search.ts'
import type { DisputeEntry } from '../../protocol/entry/dispute.ts'
import type { Seen } from '../../protocol/entry/seen.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { CLOCK_BACK_MS_MAX, CLOCKS_APART_MS_MAX } from './limits.ts'
import { DigestTable } from './digest-table.ts'
import type { Remarks } from './remarks.ts'

/** Bits that are remembered of a query. */
const ANSWERED = 1
const SEARCHED = 2
const VERIFICATION = 4

/** An entry where it stands. */
export interface PlacedEntry {
  readonly log: string
  readonly index: number
  /** Of an access record: its place in the batch at `index`. */
  readonly record?: number | undefined
  readonly leaf: Uint8Array
  readonly entry: Entry
}

/** What is remembered of one log. */
interface KnownLog {
  /** By leaf hash and query id. */
  readonly queries: DigestTable
  /** By index, handle and shard. */
  readonly enrolled: DigestTable
  /** Whatever something can come after: by leaf hash. */
  readonly events: DigestTable
  size: number
  /** The newest time in it, ms. */
  newest: number
  /** Whether records of a batch of it are not here. */
  isLacking: boolean
}

/** What was counted, for the report. */
export interface ReferenceCounts {
  readonly candidates: number
  readonly searches: number
  readonly queries: number
  readonly queriesWithoutOutcome: number
  readonly searchedWithoutOutcome: number
}

export class References {
  readonly #logs: ReadonlyMap<string, KnownLog>
  readonly #remarks: Remarks
  /** The largest size that anybody claims of a log beyond what is here, and who does. */
  readonly #ahead = new Map<string, LogSize & { readonly by: string }>()
  #candidates = 0
  #searches = 0

  constructor(logs: readonly string[], remarks: Remarks) {
    this.#logs = new Map(logs.map((log) => [log, newLog()]))
    this.#remarks = remarks
  }

  /** To be called with every entry that can be read, of each log in order. */
  learn({ log, index, record, leaf, entry }: PlacedEntry): void {
    const known = this.#logs.get(log)!
    known.size = index + 1
    if (record === undefined) this.#learnTime(known, log, index, entry.at)
    if (entry.type === 'query' || entry.type === 'cross-query')
      known.queries.add(queryKey(leaf, entry.queryId), index)
    if (entry.type === 'enrolment') {
      known.enrolled.add(enrolledKey({ ...entry, index }), index)
    }
    const isEvent = entry.type === 'enrolment' || entry.type === 'act' || entry.type === 'outcome'
    if (isEvent) known.events.add(leaf, index)
  }

  /** To be called where the records of a batch are not here: what refers to them is not judged. */
  learnLacking(log: string): void {
    this.#logs.get(log)!.isLacking = true
  }

  /** To be called with a question that counts. */
  markVerification(log: string, leaf: Uint8Array, queryId: Uint8Array): void {
    this.#logs.get(log)!.queries.mark(queryKey(leaf, queryId), VERIFICATION)
  }

  /** An entry that cannot be read takes its place all the same. */
  learnUnreadable(log: string, index: number): void {
    this.#logs.get(log)!.size = index + 1
  }

  /** To be called with every entry that can be read, once all are learnt. */
  check(placed: PlacedEntry): void {
    const { entry } = placed
    switch (entry.type) {
      case 'query':
      case 'seen':
      case 'epoch':
      case 'cross-query':
        return this.#checkFrontier(placed, entry)
      case 'cross-check':
        this.#checkFrontier(placed, entry)
        return this.#checkOutcome(placed, entry)
      case 'search':
        return this.#checkSearch(placed, entry)
      case 'outcome':
        return this.#checkOutcome(placed, entry)
      case 'enrolment':
        this.#checkFrontier(placed, entry)
        return this.#checkAfter(placed, entry)
      case 'act':
        return this.#checkAfter(placed, entry)
      case 'dispute':
        return this.#remarkDispute(placed, entry)
      default:
        return undefined
    }
  }

  /** To be called at the end: what is said of the logs as a whole. */
  finish(): ReferenceCounts {
    for (const [log, { size, by }] of this.#ahead) {
      const here = this.#logs.get(log)!.size
      const what = `${by} had seen ${size} entries of ${log}, of which ${here} are here`
      this.#remarks.add('not-here-yet', { log }, what)
    }
    let queries = 0
    let queriesWithoutOutcome = 0
    let searchedWithoutOutcome = 0
    for (const [log, known] of this.#logs) {
      queries += known.queries.size
      for (const [index, marks] of known.queries.marked()) {
        if ((marks & ANSWERED) !== 0) continue
        queriesWithoutOutcome += 1
        const isSearched = (marks & SEARCHED) !== 0
        if (isSearched) searchedWithoutOutcome += 1
        const code = isSearched ? 'searched-without-outcome' : 'query-without-outcome'
        const what = isSearched ? 'a query was searched for and has no outcome' : 'no outcome'
        this.#remarks.add(code, { log, index }, what)
      }
    }
    const counted = { candidates: this.#candidates, searches: this.#searches }
    return { ...counted, queries, queriesWithoutOutcome, searchedWithoutOutcome }
  }

  /** The newest time in a log, ms. */
  newest(log: string): number {
    return this.#logs.get(log)!.newest
  }

  /** Whether something of that time may stand behind the end of what is here of other logs. */
  mayBeAhead(log: string, at: number): boolean {
    return [...this.#logs].some(([name, known]) => name !== log && isPast(known, at))
  }

  #learnTime(known: KnownLog, log: string, index: number, at: number): void {
    const back = known.newest - at
    if (back > CLOCK_BACK_MS_MAX) {
      this.#remarks.add('clock-back', { log, index }, `the time goes back by ${back} ms`)
    } else if (back > 0) {
      this.#remarks.add('clock-step', { log, index }, `the time goes back by ${back} ms`)
    }
    known.newest = Math.max(known.newest, at)
  }

  #checkFrontier(
    { log, index }: PlacedEntry,
    { frontier, at }: Query | Enrolment | Seen | Epoch | CrossQuery | CrossCheck,
  ): void {
    for (const { node, size } of frontier) {
      const known = this.#logs.get(node)
      if (!known) {
        this.#remarks.add('frontier', { log, index }, `it covers a log of ${node}: there is none`)
      } else if (node === log && size > index) {
        this.#remarks.add('frontier', { log, index }, `it covers ${size} entries of its own log`)
      } else if (size > known.size) {
        this.#claimAhead(node, size, { log, index, at })
      }
    }
  }

  #checkSearch({ log, index }: PlacedEntry, { asker, query, queryId, at }: Search): void {
    this.#searches += 1
    const known = this.#logs.get(asker)
    const key = queryKey(query, queryId)
    const place = known?.queries.get(key)
    if (known && place !== undefined) {
      if (asker !== log) known.queries.mark(key, SEARCHED)
      const isBefore = asker !== log || place < index
      if (isBefore) return
    }
    if (known?.isLacking) return
    const what = `a search for a query ${toHex(queryId)} that is not in the log of ${asker}`
    const isAhead = known !== undefined && asker !== log && isPast(known, at)
    this.#remarks.add(isAhead ? 'not-here-yet' : 'search-without-query', { log, index }, what)
  }

  #checkOutcome({ log, index, record }: PlacedEntry, outcome: Outcome | CrossCheck): void {
    const { queries, isLacking } = this.#logs.get(log)!
    const key = queryKey(outcome.query, outcome.queryId)
    queries.mark(key, ANSWERED)
    if (record !== undefined && !isLacking && !queries.isMarked(key, VERIFICATION)) {
      const what = `record ${record} is an outcome, and of no verification that was asked before`
      this.#remarks.add('counts-for-nothing', { log, index }, what)
    }
    for (const candidate of outcome.candidates) {
      this.#candidates += 1
      const known = this.#logs.get(candidate.log)
      const place = known?.enrolled.get(enrolledKey(candidate))
      if (place !== undefined && (candidate.log !== log || place < index)) continue
      if (known && candidate.log !== log && candidate.index >= known.size) {
        this.#claimAhead(candidate.log, candidate.index + 1, { log, index, at: outcome.at })
        continue
      }
      const where = `entry ${candidate.index} of ${candidate.log}`
      const what = `it names ${toHex(candidate.handle)} as enrolled in ${where}, which is not so`
      this.#remarks.add('candidate-not-enrolled', { log, index }, what)
    }
  }

  /** Whoever wrote it has the parts that prove it. */
  #remarkDispute({ log, index }: PlacedEntry, { first, second, shard, queryId }: DisputeEntry) {
    const whom = `${first.node} and ${second.node} contradict each other`
    const what = `${whom} about shard ${shard}, in query ${toHex(queryId)}`
    this.#remarks.add('dispute', { log, index }, what)
  }

  /** What an act or an enrolment comes after stands in some log, in its own one before it. */
  #checkAfter(
    { log, index }: PlacedEntry,
    { after, at }: { after?: Uint8Array | undefined; at: number },
  ) {
    if (after === undefined) return
    for (const [name, known] of this.#logs) {
      const place = known.events.get(after)
      if (place !== undefined && (name !== log || place < index)) return
    }
    const what = `it comes after an entry that stands nowhere: ${toHex(after)}`
    this.#remarks.add(this.mayBeAhead(log, at) ? 'not-here-yet' : 'after', { log, index }, what)
  }

  #claimAhead(log: string, size: number, by: { log: string; index: number; at: number }): void {
    if (size <= (this.#ahead.get(log)?.size ?? 0)) return
    this.#ahead.set(log, { node: log, size, by: `entry ${by.index} of ${by.log}` })
  }
}

/** Whether something of that time may stand behind the end of what is here. */
function isPast({ newest }: KnownLog, at: number): boolean {
  return at + CLOCKS_APART_MS_MAX > newest
}

function queryKey(leaf: Uint8Array, queryId: Uint8Array): Uint8Array {
  return sha256(concatBytes(leaf, queryId))
}

function enrolledKey(of: { index: number; shard: number; handle: Uint8Array }): Uint8Array {
  return sha256(concatBytes(of.handle, utf8(`${of.index} ${of.shard}`)))
}

function newLog(): KnownLog {
  return {
    queries: new DigestTable(),
    enrolled: new DigestTable(),
    events: new DigestTable(),
    size: 0,
    newest: 0,
    isLacking: false,
  }
}
