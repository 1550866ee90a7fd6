/**
 * Who looked at whom, as all logs together say: for the person, and for the reckoning after a
 * breach.
 *
 * It keeps places in logs, not entries, and nothing that depends on the order in which logs arrive.
 * The frontier is what it has taken in, no more: between two calls of `take` all of its answers are
 * about the same entries.
 */
import { toHex } from '../../crypto/bytes.ts'
import { compareAccesses } from '../../protocol/access-list.ts'
import { comparePlaces, type Place } from '../../protocol/covered-log.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import {
  accessKindOf,
  doneIn,
  HELD_MS_MAX,
  heldBy,
  touchedBy,
  type Held,
} from '../../protocol/rules/touched.ts'
import type { Folded } from '../audit/folded.ts'

/** Where an access stands. */
export interface AccessPlace extends Place {
  /** When it was logged, of an officer's act when it was signed, ms. */
  readonly at: number
  /** Index in the same log of the entry that carries the signatures: of an outcome, the query's. */
  readonly asked: number
}

/** What an officer's key did. */
interface ActPlace extends AccessPlace {
  /** Whether it is a query without an outcome. */
  readonly isOpen: boolean
}

/** Log number, index, time and index of the query, one access after the other. */
type Row = number[]
const COLUMNS = 4

export class Accesses {
  readonly #logs: string[] = []
  readonly #sizes: number[] = []
  /** By handle and by officer's key: a country's accesses are many, so four numbers for each. */
  readonly #byHandle = new Map<string, Row>()
  readonly #byOfficer = new Map<string, Row>()
  /** Until when an access is held, by its place. */
  readonly #holds = new Map<string, number>()
  /** Every query without an outcome, by its log and leaf hash: a log may copy from another. */
  readonly #open = new Map<string, Place>()

  /** To be called with every entry that counts, those of one log in order. */
  take(folded: Folded): void {
    const { log, index, entry, by } = folded
    const number = this.#numberOf(log)
    this.#sizes[number] = index + 1
    const held = heldBy(folded)
    if (held) this.#hold(held)
    if (!doneIn(folded)) return
    if (entry.type === 'query') this.#open.set(openKey(log, folded.leaf), { log, index })
    const asked = entry.type === 'outcome' ? this.#answered(log, entry.query) : index
    for (const { statement, grant } of by) {
      add(this.#byOfficer, grant.publicKey, [number, index, statement.at, asked])
    }
    if (!accessKindOf(folded)) return
    for (const handle of touchedBy(folded)) {
      add(this.#byHandle, handle, [number, index, entry.at, asked])
    }
  }

  /**
   * Every access to a person's record that is not held at `now`, in the order of the list that they
   * get. A hold on a query holds back what it led to as well.
   */
  of(handle: Uint8Array, now: number): AccessPlace[] {
    const places = this.#places(this.#byHandle, handle)
    return places.filter((place) => !this.#isHeld(place, now)).sort(compareAccesses)
  }

  /** What the officer of this key signed from `from` and before `to`, ms, by log and index. */
  by(officer: Uint8Array, from: number, to: number): ActPlace[] {
    const open = new Set([...this.#open.values()].map(placeKey))
    const places = this.#places(this.#byOfficer, officer)
    return places
      .filter(({ at }) => at >= from && at < to)
      .sort(comparePlaces)
      .map((place) => ({ ...place, isOpen: open.has(placeKey(place)) }))
  }

  /** Up to which entry that counts every log is in here. */
  frontier(): LogSize[] {
    return this.#logs.map((node, number) => ({ node, size: this.#sizes[number] ?? 0 }))
  }

  #hold({ until, ...place }: Held): void {
    const key = placeKey(place)
    this.#holds.set(key, Math.max(until, this.#holds.get(key) ?? until))
  }

  #isHeld({ log, index, asked, at }: AccessPlace, now: number): boolean {
    if (now >= at + HELD_MS_MAX) return false
    return [index, asked].some((held) => {
      return (this.#holds.get(placeKey({ log, index: held })) ?? now) > now
    })
  }

  /** Index of the query that an outcome is of. */
  #answered(log: string, query: Uint8Array): number {
    const key = openKey(log, query)
    const { index } = this.#open.get(key)!
    this.#open.delete(key)
    return index
  }

  #places(rows: ReadonlyMap<string, Row>, key: Uint8Array): AccessPlace[] {
    const row = rows.get(toHex(key)) ?? []
    return Array.from({ length: row.length / COLUMNS }, (_, i) => {
      const [number, index, at, asked] = row.slice(i * COLUMNS, (i + 1) * COLUMNS)
      return { log: this.#logs[number!]!, index: index!, at: at!, asked: asked! }
    })
  }

  #numberOf(log: string): number {
    const known = this.#logs.indexOf(log)
    return known < 0 ? this.#logs.push(log) - 1 : known
  }
}

function add(rows: Map<string, Row>, key: Uint8Array, row: Row): void {
  const name = toHex(key)
  const known = rows.get(name)
  if (known) known.push(...row)
  else rows.set(name, row)
}

function placeKey({ log, index }: Place): string {
  return `${log}/${index}`
}

function openKey(log: string, leaf: Uint8Array): string {
  return `${log}/${toHex(leaf)}`
}
