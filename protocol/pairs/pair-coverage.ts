/**
 * One person, one record, without a centre: which pairs of enrolments have been compared, which
 * record of a person stands when there are two, and who has been compared with all.
 *
 * A pair is covered when the search of one of them, before its enrolment or in a cross-check, had
 * taken in the other. An enrolment is compared when every log has shown that it knows of it, and
 * each pair is covered with what that log held before it did. Of any two enrolments at least one
 * has the other in its way by this: else each log would have known of the other's enrolment before
 * its own, and that cannot be. So of two records of one person never both are compared and stand.
 *
 * Source: the handbook (ledger §6), after Bailis et al. (VLDB 2015): uniqueness takes coordination;
 * that every pair was compared is what logs can prove. Pure, and a function of the entries alone,
 * whatever the order in which logs came; of one log in its order. That a frontier is true, and whom
 * a search found, is the word of the node whose log it stands in.
 */
import { compareBytes, equalBytes, toHex } from '../../crypto/bytes.ts'
import type { Place, PlacedLeaf } from '../covered-log.ts'
import type { CrossCheck } from '../entry/cross-check.ts'
import type { LogSize } from '../identifiers.ts'
import type { PartCandidate } from '../part.ts'
import { coverOf, newLog, raise, uncoveredIn, type Kept, type KnownLog } from './known-log.ts'
import { KnownSizes, lowerBound } from './known-sizes.ts'
import { LeastTree } from './least-tree.ts'

/** An enrolment or an update, as its entry has it. */
export interface EnrolledRecord extends PlacedLeaf {
  readonly handle: Uint8Array
  readonly shard: number
  readonly frontier: readonly LogSize[]
  /**
   * Whom the search for duplicates named. Parts of a search may have come farther than the frontier
   * that all of them cover: then the log knew of those too.
   */
  readonly named: readonly Place[]
}

/** A record of the same fingers that came first, as a cross-check found it. */
export interface Rival {
  readonly candidate: PartCandidate
  /** When the cross-check was logged, ms, and below which score it reported nobody. */
  readonly at: number
  readonly threshold: number
}

export interface PairStanding {
  /** Whether it has been compared with all that it has to be. */
  readonly isCompared: boolean
  readonly rivals: readonly Rival[]
}

/** A cross-check, with the threshold of its question. */
export interface CrossChecked extends Pick<
  CrossCheck,
  'at' | 'enrolment' | 'frontier' | 'candidates'
> {
  readonly threshold: number
}

export class PairCoverage {
  readonly #logs: Map<string, KnownLog>
  readonly #byLeaf = new Map<string, Kept>()
  /** By person. */
  readonly #current = new Map<string, Kept>()
  /** By the enrolment that they have to be compared with. */
  readonly #blocked = new Map<Kept, Set<Kept>>()
  /** Cross-checks that name an entry which is not here yet, by its place. */
  readonly #early = new Map<string, CrossChecked[]>()
  readonly #open = new Set<Kept>()
  #changed = new Set<Kept>()

  /** @param logs the names of all: nobody is compared before each of them has said something */
  constructor(logs: readonly string[]) {
    this.#logs = new Map(logs.map((log) => [log, newLog()]))
  }

  /**
   * A log that is there from now on, or is known already. What it is said to know from the start it
   * need not say again.
   */
  join(name: string, frontier: readonly LogSize[]): void {
    const log = this.#logs.get(name) ?? newLog()
    const isNew = !this.#logs.has(name)
    this.#logs.set(name, log)
    for (const { node, size } of frontier) {
      if (node === name || !this.#logs.has(node)) continue
      if (this.#knowledge(log, node).begin(size)) this.#tell(log, node, size)
    }
    if (!isNew) return
    for (const [node, { records, indexes }] of this.#logs) {
      const from = lowerBound(indexes, log.knows.get(node)?.last ?? 0)
      for (const record of records.slice(from)) this.#evaluate(record)
    }
  }

  /** A log to which nothing will be added, and all of which is here: it need not say any more. */
  close(name: string): void {
    const log = this.#logs.get(name)
    if (!log || log.isClosed) return
    log.isClosed = true
    const waiting = [...this.#open].filter(({ waitsFor }) => waitsFor === name)
    for (const record of waiting) this.#evaluate(record)
  }

  /** Any entry that says how far its node had read all logs: also an enrolment, a cross-check. */
  see({ log, index }: Place, frontier: readonly LogSize[]): void {
    const known = this.#logs.get(log)
    if (!known) return
    for (const { node, size } of frontier) {
      if (node === log || !this.#logs.has(node)) continue
      if (this.#knowledge(known, node).name(index, size)) this.#tell(known, node, size)
    }
  }

  /** An enrolment or update. Whether it is the person's record is for `setCurrent`. */
  enrol(record: EnrolledRecord): void {
    const log = this.#logs.get(record.log)
    if (!log) return
    const open = { isCurrent: false, isCompared: false, waitsFor: undefined }
    const key = toHex(record.handle)
    const kept: Kept = { ...record, key, covers: new Map(), rivals: [], ...open }
    log.records.push(kept)
    log.indexes.push(record.index)
    this.#byLeaf.set(toHex(record.leaf), kept)
    raise(kept, record.frontier)
    this.see(
      record,
      record.named.map((place) => ({ node: place.log, size: place.index + 1 })),
    )
    this.#evaluate(kept)
    const place = placeKey(record)
    const early = this.#early.get(place) ?? []
    this.#early.delete(place)
    for (const check of early) this.crossCheck(check)
  }

  /** What a search for an enrolment that stands in the ledger has covered, and whom it found. */
  crossCheck(check: CrossChecked): void {
    const { enrolment, frontier, candidates } = check
    const record = this.#at(enrolment)
    if (!record) return this.#keepForLater(enrolment, check)
    if (!equalBytes(record.leaf, enrolment.leaf)) return
    raise(record, frontier)
    for (const candidate of candidates) {
      const other = this.#at(candidate)
      if (!other) this.#keepForLater(candidate, { ...check, candidates: [candidate] })
      else if (equalBytes(other.handle, candidate.handle))
        this.#found(record, other, check, candidate)
    }
    this.#evaluate(record)
    this.#wake(record)
  }

  /** By which enrolment a person is searched for now; undefined for none. */
  setCurrent(handle: Uint8Array, leaf: Uint8Array | undefined): void {
    const key = toHex(handle)
    const before = this.#current.get(key)
    const now = leaf && this.#byLeaf.get(toHex(leaf))
    if (before === now) return
    if (now) this.#current.set(key, now)
    else this.#current.delete(key)
    if (before) {
      before.isCurrent = false
      this.#wake(before)
    }
    if (!now) return
    now.isCurrent = true
    this.#evaluateThoseThatMissed(now)
  }

  /** The enrolment or update of this leaf hash; undefined if it is not here. */
  record(leaf: Uint8Array): EnrolledRecord | undefined {
    return this.#byLeaf.get(toHex(leaf))
  }

  /** Of an enrolment that is not here nothing is known. */
  standing(leaf: Uint8Array): PairStanding {
    return this.#byLeaf.get(toHex(leaf)) ?? { isCompared: false, rivals: [] }
  }

  /** Enrolments whose standing has changed since this was asked last. */
  changes(): readonly EnrolledRecord[] {
    const changed = [...this.#changed]
    this.#changed = new Set()
    return changed
  }

  /** Records of now that have not been compared with all that they have to be. */
  *open(): Generator<EnrolledRecord> {
    for (const record of this.#open) if (record.isCurrent) yield record
  }

  /** Whether some log holds an enrolment that this one has not shown to know of. */
  isBehind(log: string): boolean {
    const knows = this.#logs.get(log)?.knows
    return [...this.#logs].some(([name, { indexes }]) => {
      return name !== log && (indexes.at(-1) ?? -1) >= (knows?.get(name)?.last ?? 0)
    })
  }

  /**
   * Which of two records came first: the one that the log of the other knew of before; of two at
   * once the one with the lower leaf hash. What clocks say does not matter.
   */
  isFirst(a: PlacedLeaf, b: PlacedLeaf): boolean {
    const aBefore = this.#wasKnown(a, b)
    const bBefore = this.#wasKnown(b, a)
    return aBefore === bBefore ? compareBytes(a.leaf, b.leaf) < 0 : aBefore
  }

  /** Records with which this one has still to be compared, those after it too. */
  *uncoveredOf(leaf: Uint8Array): Generator<EnrolledRecord> {
    const record = this.#byLeaf.get(toHex(leaf))
    if (!record?.isCurrent) return
    for (const [name, log] of this.#logs) {
      yield* uncoveredIn(log, record, this.#knownFrom(name, log, record) ?? Infinity)
    }
  }

  /**
   * Every pair of records of now that is not covered, as the frontiers have it, believing no log to
   * have known of another what it does not say. With n records in L logs and u such pairs it takes
   * O((nL + u) log n) steps, where looking at each pair would take n²: only a thin band of pairs,
   * enrolled at about the same time, is not covered by the later one.
   */
  *uncovered(): Generator<readonly [EnrolledRecord, EnrolledRecord]> {
    const names = [...this.#logs.keys()]
    for (const [place, name] of names.entries()) {
      const { records } = this.#logs.get(name)!
      for (const other of names.slice(0, place + 1)) {
        const log = this.#logs.get(other)!
        const least = new LeastTree(log.records.map((one) => coverOf(one, name)))
        for (const record of records) {
          if (!record.isCurrent) continue
          // In the own log each pair once: the later one looks for the earlier.
          const end = other === name ? lowerBound(log.indexes, record.index) : log.indexes.length
          let at = lowerBound(log.indexes, record.covers.get(other) ?? 0)
          for (; (at = least.firstUpTo(record.index, at)) < end; at += 1) {
            if (log.records[at]!.key !== record.key) yield [log.records[at]!, record]
          }
        }
      }
    }
  }

  /** How many records there are now: any two of them are a pair. */
  get records(): number {
    return this.#current.size
  }

  #knowledge({ knows }: KnownLog, node: string): KnownSizes {
    const sizes = knows.get(node) ?? new KnownSizes()
    knows.set(node, sizes)
    return sizes
  }

  #at({ log, index }: Place): Kept | undefined {
    const known = this.#logs.get(log)
    const found = known?.records[lowerBound(known.indexes, index)]
    return found?.index === index ? found : undefined
  }

  #keepForLater(place: Place, check: CrossChecked): void {
    const log = this.#logs.get(place.log)
    // A log is read in its order: what it has passed is no enrolment.
    if (!log || (log.indexes.at(-1) ?? -1) > place.index) return
    const key = placeKey(place)
    const early = this.#early.get(key) ?? []
    this.#early.set(key, early)
    early.push(check)
  }

  /** The later of two records of the same fingers has the other one for a rival. */
  #found(
    searched: Kept,
    named: Kept,
    { at, threshold }: CrossChecked,
    candidate: PartCandidate,
  ): void {
    if (searched.key === named.key) return
    const isFirst = this.isFirst(named, searched)
    const [first, later] = isFirst ? [named, searched] : [searched, named]
    const { handle, shard, log, index } = first
    const rival = { candidate: { ...candidate, handle, shard, log, index }, at, threshold }
    const known = later.rivals.findIndex((one) => equalBytes(one.candidate.handle, handle))
    // Whatever the order in which two cross-checks of one pair come, the same one is kept.
    if (known < 0) later.rivals.push(rival)
    else if (isBefore(rival, later.rivals[known]!)) later.rivals[known] = rival
    else return
    this.#changed.add(later)
  }

  /** Whether the log of `later` had known of `earlier` before that stood in it, or with it. */
  #wasKnown(earlier: Place, later: Place): boolean {
    if (earlier.log === later.log) return earlier.index < later.index
    const sizes = this.#logs.get(later.log)?.knows.get(earlier.log)
    return (sizes?.upTo(later.index) ?? 0) > earlier.index
  }

  /** From which entry on a log knows of a record. */
  #knownFrom(name: string, log: KnownLog, record: Kept): number | undefined {
    if (name === record.log) return record.index
    return (
      log.knows.get(record.log)?.firstToKnow(record.index) ?? (log.isClosed ? Infinity : undefined)
    )
  }

  #evaluate(record: Kept): void {
    if (typeof record.waitsFor === 'object') this.#blocked.get(record.waitsFor)?.delete(record)
    const waitsFor = this.#obstacle(record)
    record.waitsFor = waitsFor
    if (typeof waitsFor === 'object') {
      const blocked = this.#blocked.get(waitsFor) ?? new Set()
      this.#blocked.set(waitsFor, blocked.add(record))
    }
    const isCompared = waitsFor === undefined
    if (isCompared) this.#open.delete(record)
    else this.#open.add(record)
    if (isCompared === record.isCompared) return
    record.isCompared = isCompared
    this.#changed.add(record)
  }

  #obstacle(record: Kept): string | Kept | undefined {
    for (const [name, log] of this.#logs) {
      const until = this.#knownFrom(name, log, record)
      if (until === undefined) return name
      for (const other of uncoveredIn(log, record, until)) return other
    }
    return undefined
  }

  /** Those that have waited to be compared with this one. */
  #wake(record: Kept): void {
    const blocked = this.#blocked.get(record)
    this.#blocked.delete(record)
    for (const one of blocked ?? []) this.#evaluate(one)
  }

  /** A log now knows of so much of another: those of its records that wait for that. */
  #tell(knowing: KnownLog, log: string, size: number): void {
    const { records } = this.#logs.get(log)!
    let told = knowing.told.get(log) ?? 0
    for (; told < records.length && records[told]!.index < size; told += 1) {
      const record = records[told]!
      if (typeof record.waitsFor === 'string') this.#evaluate(record)
    }
    knowing.told.set(log, told)
  }

  /** What counts only now, since what it follows came late, stands in the way of those it must. */
  #evaluateThoseThatMissed(record: Kept): void {
    for (const [name, { records, indexes }] of this.#logs) {
      const sizes = this.#logs.get(record.log)!.knows.get(name)
      const isOwn = name === record.log
      const from = isOwn ? record.index + 1 : (sizes?.upTo(record.index) ?? 0)
      const until = isOwn ? Infinity : (sizes?.last ?? 0)
      for (let at = lowerBound(indexes, from); at < records.length; at += 1) {
        if (records[at]!.index >= until) break
        if (records[at]!.isCompared) this.#evaluate(records[at]!)
      }
    }
  }
}

function isBefore(a: Rival, b: Rival): boolean {
  return a.at === b.at ? a.candidate.score > b.candidate.score : a.at < b.at
}

function placeKey({ log, index }: Place): string {
  return `${log}/${index}`
}
