/**
 * The people of one shard in the order in which their scores are digested: list by list, whichever
 * rows they are in, so that everybody who has the same people digests the same.
 */
import type { Place } from './people.ts'

/** Where whoever keeps lists of people has a person. */
export interface Listed {
  readonly list: string
  readonly number: number
}

/** Somebody in the gallery, where they are now. */
export interface Resident {
  readonly id: string
  readonly shard: number
  readonly listed: Listed
  readonly place: Place
}

/** Words of a person in `Order.rows`. */
export const ORDER_WORDS = 2

export class Order {
  /** By name; in each, by number and then by id. */
  readonly #lists = new Map<string, Resident[]>()
  #rows: Uint32Array | undefined

  add(resident: Resident): void {
    const list = this.#lists.get(resident.listed.list) ?? []
    this.#lists.set(resident.listed.list, list)
    list.splice(indexOf(list, resident), 0, resident)
    this.#rows = undefined
  }

  remove(resident: Resident): void {
    const list = this.#lists.get(resident.listed.list)!
    list.splice(indexOf(list, resident), 1)
    if (list.length === 0) this.#lists.delete(resident.listed.list)
    this.#rows = undefined
  }

  /**
   * Slab and first row of everybody, to be read by any thread. Never written to again: whoever has
   * it keeps the order of the moment.
   */
  get rows(): Uint32Array {
    this.#rows ??= rowsOf(
      [...this.#lists].sort(byName).flatMap(([, list]) => list.map(({ place }) => place)),
    )
    return this.#rows
  }
}

export function rowsOf(places: readonly Place[]): Uint32Array {
  const bytes = places.length * ORDER_WORDS * Uint32Array.BYTES_PER_ELEMENT
  const rows = new Uint32Array(new SharedArrayBuffer(bytes))
  for (const [at, { slab, row }] of places.entries()) {
    rows[ORDER_WORDS * at] = slab.handle.slab
    rows[ORDER_WORDS * at + 1] = row
  }
  return rows
}

/** Where a resident is in a sorted list, or belongs: most are new and belong at its end. */
function indexOf(list: readonly Resident[], resident: Resident): number {
  const last = list.at(-1)
  if (!last || isBefore(last, resident)) return list.length
  let from = 0
  let to = list.length - 1
  while (from < to) {
    const middle = (from + to) >> 1
    if (isBefore(list[middle]!, resident)) from = middle + 1
    else to = middle
  }
  return from
}

function isBefore(one: Resident, two: Resident): boolean {
  const { number } = one.listed
  const other = two.listed.number
  return number === other ? one.id < two.id : number < other
}

function byName([one]: readonly [string, unknown], [two]: readonly [string, unknown]): number {
  return one < two ? -1 : 1
}
