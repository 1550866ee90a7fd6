/**
 * The first stage of a search: everybody in some rows of a slab, by a kernel; the same on every
 * thread. Whoever looks most like the probe is shortlisted for the second stage.
 */
import type { Kernel, KernelProbe } from '../kernel/kernel.ts'
import { anyOf, type Assignment } from './assignment.ts'
import { FINGERS_MAX } from './people.ts'
import { NOT_COMPARED, type ScoreBoard } from './score-board.ts'
import { Shortlist, type Shortlisted } from './shortlist.ts'
import type { Slab } from './slab.ts'

/**
 * Rows that are looked at in one go, between two looks at whether the search is still wanted: some
 * tenths of a millisecond of work.
 */
export const BLOCK_ROWS = 256

/**
 * For a finger that the person does not have: what half of all strangers have in the first stage.
 */
const MISSING = 15

/** A person who begins in a block's last row ends so far behind it. */
const ROWS_MAX = BLOCK_ROWS + FINGERS_MAX

/** Rows of a slab; people who begin there belong to it, with all their fingers. */
export interface Block {
  readonly slab: Slab
  readonly from: number
  /** Behind the last. */
  readonly to: number
}

export interface ScanOptions {
  readonly probes: readonly KernelProbe[]
  readonly assignments: readonly Assignment[]
  /** Which state of the gallery is searched. */
  readonly number: number
  /** Most of each shard. */
  readonly shortlist: number
  /** Where everybody's scores are put, if they are to be digested. */
  readonly board: ScoreBoard | undefined
}

/** One thread's part of it. */
export class Scan {
  readonly #options: ScanOptions
  readonly #kernel: Kernel
  readonly #compared: Assignment
  readonly #shortlist: Shortlist
  readonly #searched = new Map<number, number>()
  /** Whom a block has: first row, from the block's first on, and number of fingers, in turn. */
  readonly #people = new Uint32Array(2 * BLOCK_ROWS)
  /** Finger positions, by row from the block's first on. */
  readonly #positions = new Uint8Array(ROWS_MAX)
  #count = 0
  /** What the kernel is given, and gives. */
  readonly #rows = new Uint32Array(ROWS_MAX)
  readonly #scores = new Uint16Array(ROWS_MAX)
  /** By finger of the probe, the score of each row from the block's first on. */
  readonly #byRow: readonly Uint16Array[]

  constructor(options: ScanOptions, { kernel }: { kernel: Kernel }) {
    this.#options = options
    this.#kernel = kernel
    this.#compared = anyOf(options.assignments)
    this.#shortlist = new Shortlist(options.shortlist)
    this.#byRow = options.probes.map(() => new Uint16Array(ROWS_MAX))
  }

  get shortlist(): readonly Shortlisted[] {
    return this.#shortlist.people
  }

  /** People compared with, by shard. */
  get searched(): ReadonlyMap<number, number> {
    return this.#searched
  }

  add(block: Block): void {
    const { slab } = block
    this.#listPeople(block)
    for (const finger of this.#byRow.keys()) this.#compare(block, finger)
    this.#rank(block)
    const { shard } = slab.handle
    this.#searched.set(shard, (this.#searched.get(shard) ?? 0) + this.#count)
  }

  #listPeople({ slab, from, to }: Block): void {
    const { number } = this.#options
    const people = this.#people
    const positions = this.#positions
    let count = 0
    for (let row = from; row < to;) {
      const fingers = slab.fingersAt(row, number)
      if (fingers === 0) {
        row += 1
        continue
      }
      people[2 * count] = row - from
      people[2 * count + 1] = fingers
      count += 1
      const end = row + fingers
      for (; row < end; row += 1) positions[row - from] = slab.positionAt(row)
    }
    this.#count = count
  }

  /** One finger of the probe with all that it may have to be compared with. */
  #compare({ slab, from }: Block, finger: number): void {
    const people = this.#people
    const positions = this.#positions
    const isCompared = this.#compared[finger]!
    const rows = this.#rows
    let count = 0
    for (let at = 0; at < 2 * this.#count; at += 2) {
      const end = people[at]! + people[at + 1]!
      for (let row = people[at]!; row < end; row += 1) {
        if (isCompared[positions[row]!] !== 1) continue
        rows[count] = from + row
        count += 1
      }
    }
    const scores = this.#byRow[finger]!.fill(NOT_COMPARED)
    const probe = this.#options.probes[finger]!
    this.#kernel.scan(probe, slab.records, rows.subarray(0, count), this.#scores)
    for (let at = 0; at < count; at += 1) scores[rows[at]! - from] = this.#scores[at]!
  }

  #rank({ slab, from }: Block): void {
    const people = this.#people
    const { assignments, board } = this.#options
    const { shard, slab: number } = slab.handle
    for (let at = 0; at < 2 * this.#count; at += 2) {
      const first = people[at]!
      const fingers = people[at + 1]!
      const row = from + first
      let put = board?.at(number, row) ?? 0
      let score = 0
      for (const assignment of assignments) {
        let sum = 0
        for (let finger = 0; finger < assignment.length; finger += 1) {
          const best = this.#best(finger, assignment, first, first + fingers)
          sum += best === NOT_COMPARED ? MISSING : best
          board?.put(put, best)
          put += 1
        }
        score = Math.max(score, sum)
      }
      if (!this.#shortlist.admits(shard, score)) continue
      this.#shortlist.add({ score, id: slab.idAt(row), shard, slab: number, row, fingers })
    }
  }

  /** For one finger of the probe, of the person whose rows these are; or `NOT_COMPARED`. */
  #best(finger: number, assignment: Assignment, first: number, end: number): number {
    const positions = this.#positions
    const isFitting = assignment[finger]!
    const scores = this.#byRow[finger]!
    let best = -1
    for (let row = first; row < end; row += 1) {
      if (isFitting[positions[row]!] === 1 && scores[row]! > best) best = scores[row]!
    }
    return best < 0 ? NOT_COMPARED : best
  }
}
