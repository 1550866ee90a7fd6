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
  /** In the same log, what carries the signatures: of an outcome, the query. */
  readonly asked: Place
}

/** What an officer's key did. */
interface ActPlace extends AccessPlace {
  /** Whether it is a query without an outcome. */
  readonly isOpen: boolean
}

/**
 * Log number, index, record, time, and index and record of the query, one access after the other.
 * An entry's record is `NO_RECORD`.
 */
type Row = number[]
const COLUMNS = 6
const NO_RECORD = -1

export class Accesses {
  readonly #logs: string[] = []
  readonly #sizes: number[] = []
  /** By handle and by officer's key: a country's accesses are many, so six numbers for each. */
  readonly #byHandle = new Map<string, Row>()
  readonly #byOfficer = new Map<string, Row>()
  /** Until when an access is held, by its place. */
  readonly #holds = new Map<string, number>()
  /** Every query without an outcome, by its log and leaf hash: a log may copy from another. */
  readonly #open = new Map<string, Place>()

  /**
   * To be called with every entry that counts, those of one log in order, and with the access
   * records that are here, each of them at any time.
   */
  take(folded: Folded): void {
    const { log, index, record, entry, by } = folded
    const number = this.#numberOf(log)
    this.#sizes[number] = Math.max(this.#sizes[number] ?? 0, index + 1)
    const held = heldBy(folded)
    if (held) this.#hold(held)
    if (!doneIn(folded)) return
    // What is a record and a verification never shows its outcome, and needs none.
    const isVerified = record !== undefined && by[0]?.statement.action === 'verify'
    const own = { log, index, record }
    if (entry.type === 'query' && !isVerified) this.#open.set(openKey(log, folded.leaf), own)
    const asked = entry.type === 'outcome' ? this.#answered(log, entry.query) : own
    const columns = [asked.index, asked.record ?? NO_RECORD]
    const place = [number, index, record ?? NO_RECORD]
    for (const { statement, grant } of by) {
      add(this.#byOfficer, grant.publicKey, [...place, statement.at, ...columns])
    }
    if (!accessKindOf(folded)) return
    for (const handle of touchedBy(folded)) {
      add(this.#byHandle, handle, [...place, entry.at, ...columns])
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

  /**
   * Indexes of the batches of a log, from `from` on, that have records of accesses to this person,
   * or of what this officer's key signed; ascending.
   */
  batchesOf(
    { handle, officer }: { handle?: Uint8Array | undefined; officer?: Uint8Array | undefined },
    log: string,
    from: number,
  ): number[] {
    const places = [
      ...(handle ? this.#places(this.#byHandle, handle) : []),
      ...(officer ? this.#places(this.#byOfficer, officer) : []),
    ]
    // An outcome is an entry, and its question may be a record.
    const records = places.flatMap((place) => [place, place.asked])
    const indexes = records.flatMap(({ log: found, index, record }) => {
      return found === log && index >= from && record !== undefined ? [index] : []
    })
    return [...new Set(indexes)].sort((a, b) => a - b)
  }

  /** Up to which entry that counts every log is in here. */
  frontier(): LogSize[] {
    return this.#logs.map((node, number) => ({ node, size: this.#sizes[number] ?? 0 }))
  }

  #hold({ until, ...place }: Held): void {
    const key = placeKey(place)
    this.#holds.set(key, Math.max(until, this.#holds.get(key) ?? until))
  }

  #isHeld(place: AccessPlace, now: number): boolean {
    if (now >= place.at + HELD_MS_MAX) return false
    return [place, place.asked].some((held) => (this.#holds.get(placeKey(held)) ?? now) > now)
  }

  /** The query that an outcome is of. */
  #answered(log: string, query: Uint8Array): Place {
    const key = openKey(log, query)
    const asked = this.#open.get(key)!
    this.#open.delete(key)
    return asked
  }

  #places(rows: ReadonlyMap<string, Row>, key: Uint8Array): AccessPlace[] {
    const row = rows.get(toHex(key)) ?? []
    return Array.from({ length: row.length / COLUMNS }, (_, i) => {
      const [number, index, record, at, ...asked] = row.slice(i * COLUMNS, (i + 1) * COLUMNS)
      const log = this.#logs[number!]!
      return {
        ...placeOf(log, index!, record!),
        at: at!,
        asked: placeOf(log, asked[0]!, asked[1]!),
      }
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

function placeOf(log: string, index: number, record: number): Place {
  return record === NO_RECORD ? { log, index } : { log, index, record }
}

function placeKey({ log, index, record }: Place): string {
  return record === undefined ? `${log}/${index}` : `${log}/${index}/${record}`
}

function openKey(log: string, leaf: Uint8Array): string {
  return `${log}/${toHex(leaf)}`
}
