/**
 * Logs as honest nodes write them: each copies what it likes of the others' logs, enrols after a
 * search of what it and one other node hold, and says what it has seen. Every third person is the
 * same as the one before.
 */
import { equalBytes, utf8 } from '../../../../crypto/bytes.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import type { CrossCheck } from '../../../../protocol/entry/cross-check.ts'
import type { LogSize } from '../../../../protocol/identifiers.ts'
import { PairCoverage, type EnrolledRecord } from '../../../../protocol/pairs/pair-coverage.ts'
import type { PartCandidate } from '../../../../protocol/part.ts'
import type { SeededRandom } from '../../../../simulations/world/seeded-random.ts'

export const LOGS = ['almaty', 'astana', 'shymkent'] as const

export interface WrittenRecord extends EnrolledRecord {
  readonly person: number
  /** Whom the search before the enrolment named. */
  readonly named: readonly EnrolledRecord[]
}

export type Written =
  | { readonly type: 'seen'; readonly frontier: readonly LogSize[] }
  | ({ readonly type: 'enrolment' } & WrittenRecord)
  | ({ readonly type: 'cross-check' } & Omit<CrossCheck, 'type' | 'query' | 'queryId'>)

export class HonestLogs {
  readonly logs = new Map<string, Written[]>(LOGS.map((log) => [log, []]))
  readonly records: WrittenRecord[] = []
  /** How much each node holds of each log. */
  readonly #held = new Map<string, Map<string, number>>(LOGS.map((log) => [log, new Map()]))
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  act(): void {
    const log = this.#random.pick(LOGS)
    const choice = this.#random.integer(10)
    if (choice < 5) this.#copy(log, this.#random.pick(LOGS))
    else if (choice < 7) this.enrol(log)
    else if (choice === 7) this.#write(log, { type: 'seen', frontier: this.#frontier(log) })
    else this.#crossCheck(log)
  }

  enrol(log: string): void {
    const number = this.records.length
    const person = number % 3 === 2 ? number - 1 : number
    const handle = sha256(utf8(`handle ${number}`)).subarray(0, 16)
    const leaf = sha256(utf8(`leaf ${number} ${this.#random.next()}`))
    const index = this.logs.get(log)!.length
    const { frontier, found } = this.#search(log, person)
    const placed = { log, index, leaf, handle, shard: 0, frontier }
    const record = { ...placed, person, named: found }
    this.records.push(record)
    this.#write(log, { type: 'enrolment', ...record })
  }

  /** What a node makes of all logs, read in turns as `random` has it. */
  fold(random: SeededRandom, sizes: ReadonlyMap<string, number> = new Map()): PairCoverage {
    const coverage = new PairCoverage(LOGS)
    const left = LOGS.map((log) => {
      const entries = this.logs.get(log)!.slice(0, sizes.get(log))
      return { log, entries: [...entries.entries()] }
    })
    for (;;) {
      const more = left.filter(({ entries }) => entries.length > 0)
      if (more.length === 0) return coverage
      const { log, entries } = random.pick(more)
      for (const [index, entry] of entries.splice(0, 1 + random.integer(4))) {
        take(coverage, log, index, entry)
      }
    }
  }

  #copy(to: string, from: string): void {
    const size = this.logs.get(from)!.length
    const held = this.#held.get(to)!
    const before = held.get(from) ?? 0
    if (to !== from && size > before) {
      held.set(from, before + 1 + this.#random.integer(size - before))
    }
  }

  #crossCheck(log: string): void {
    const held = this.#frontier(log)
    const known = this.records.filter((record) => covers(held, record))
    if (known.length === 0) return
    const { log: home, index, leaf, person, handle } = this.#random.pick(known)
    const { frontier, found } = this.#search(log, person)
    const others = found.filter((one) => !equalBytes(one.handle, handle))
    const enrolment = { log: home, index, leaf }
    const candidates = others.map(asCandidate)
    this.#write(log, { type: 'cross-check', at: 0, enrolment, frontier, candidates })
  }

  /** What this node and one that has come as far hold, and whom they find. */
  #search(log: string, person: number) {
    const own = this.#frontier(log)
    const able = LOGS.map((other) => this.#frontier(other)).filter((frontier) => {
      return frontier.every(({ size }, place) => size >= own[place]!.size)
    })
    const other = this.#random.pick(able)
    const found = this.records.filter((one) => one.person === person && covers(other, one))
    return { frontier: own, found }
  }

  #frontier(log: string): LogSize[] {
    return LOGS.map((node) => {
      const size = node === log ? this.logs.get(log)!.length : this.#held.get(log)!.get(node)
      return { node, size: size ?? 0 }
    })
  }

  #write(log: string, entry: Written): void {
    this.logs.get(log)!.push(entry)
  }
}

export function covers(frontier: readonly LogSize[], { log, index }: EnrolledRecord): boolean {
  return frontier.some(({ node, size }) => node === log && size > index)
}

function take(coverage: PairCoverage, log: string, index: number, entry: Written): void {
  coverage.see({ log, index }, entry.frontier)
  if (entry.type === 'enrolment') {
    coverage.enrol(entry)
    coverage.setCurrent(entry.handle, entry.leaf)
  }
  if (entry.type === 'cross-check') coverage.crossCheck({ ...entry, threshold: 1 })
}

function asCandidate({ handle, log, index }: EnrolledRecord): PartCandidate {
  return { handle, shard: 0, score: 1, fingers: [], log, index }
}
