/** A log as the coverage of pairs has it: its records, and what it has shown to know of others. */
import type { LogSize } from '../identifiers.ts'
import { lowerBound, type KnownSizes } from './known-sizes.ts'
import type { EnrolledRecord, Rival } from './pair-coverage.ts'

export interface Kept extends EnrolledRecord {
  readonly key: string
  /** By log, how much of it the searches of this enrolment have taken in. */
  readonly covers: Map<string, number>
  readonly rivals: Rival[]
  /** Whether it is the person's record now. */
  isCurrent: boolean
  isCompared: boolean
  /** The log that has to know of it, or the enrolment that it has to be compared with. */
  waitsFor: string | Kept | undefined
}

/** One log, and what it knows of the others. */
export interface KnownLog {
  readonly records: Kept[]
  /** Of those, in their order. */
  readonly indexes: number[]
  readonly knows: Map<string, KnownSizes>
  /** By other log, how many of its records have been told that this log knows of them. */
  readonly told: Map<string, number>
  /** Whether all that will ever stand in it is here. */
  isClosed: boolean
}

export function newLog(): KnownLog {
  return { records: [], indexes: [], knows: new Map(), told: new Map(), isClosed: false }
}

/** Current records of a log, up to an entry of it, of which and `record` none has the other. */
export function* uncoveredIn({ records, indexes }: KnownLog, record: Kept, until: number) {
  const covered = records[0] ? (record.covers.get(records[0].log) ?? 0) : 0
  for (let at = lowerBound(indexes, covered); at < records.length; at += 1) {
    const other = records[at]!
    if (other.index >= until) return
    if (other.isCurrent && other.key !== record.key && !areCompared(record, other)) yield other
  }
}

function areCompared(a: Kept, b: Kept): boolean {
  return (a.covers.get(b.log) ?? 0) > b.index || (b.covers.get(a.log) ?? 0) > a.index
}

/** Nobody has to be compared with what is no record any more. */
export function coverOf({ isCurrent, covers }: Kept, log: string): number {
  return isCurrent ? (covers.get(log) ?? 0) : Infinity
}

/** Takes in what a search has covered. */
export function raise({ covers }: Kept, frontier: readonly LogSize[]): void {
  for (const { node, size } of frontier) {
    if (size > (covers.get(node) ?? 0)) covers.set(node, size)
  }
}
