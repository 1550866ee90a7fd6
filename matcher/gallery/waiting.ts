/** Searches that wait, and which of them is next. */
import type { Priority } from './gallery.ts'

/** Served first to last. */
const LANES: Record<Priority, number> = { border: 0, enrolment: 1, bulk: 2 }

/**
 * After so many others that came later the first of a lane moves up one, so that all are served in
 * the end. Only the first: else a crowd of them would come before whoever is in a hurry.
 */
const PASSED_MAX = 8

export interface Waitable {
  readonly priority: Priority
  /** When it is wanted by, on any clock that all of them share; later than all others if absent. */
  readonly due?: number | undefined
}

interface Place<T> {
  readonly one: T
  /** What is half done is done first. */
  readonly isBegun: boolean
  /** Others that were served before it though they came later. */
  passed: number
}

/**
 * By priority, among equals by when they are due, and then by arrival. Galleries that are each
 * asked for a part of the same searches so do them in the same order, in whatever order they come.
 */
export class Waiting<T extends Waitable> {
  readonly #places: Place<T>[] = []

  get length(): number {
    return this.#places.length
  }

  add(one: T): void {
    const at = this.#places.findIndex(({ one: other, isBegun }) => {
      return !isBegun && other.priority === one.priority && dueOf(other) > dueOf(one)
    })
    const place = { one, isBegun: false, passed: 0 }
    this.#places.splice(at < 0 ? this.#places.length : at, 0, place)
  }

  /** One that was interrupted comes before all others of its lane. */
  addAgain(one: T): void {
    this.#places.unshift({ one, isBegun: true, passed: 0 })
  }

  next(): T | undefined {
    const lanes = this.#places.map((place) => laneOf(place))
    const at = lanes.indexOf(Math.min(...lanes))
    if (at < 0) return undefined
    const firsts = new Map<Priority, Place<T>>()
    for (const place of this.#places.slice(0, at)) {
      if (!firsts.has(place.one.priority)) firsts.set(place.one.priority, place)
    }
    for (const place of firsts.values()) place.passed += 1
    return this.#places.splice(at, 1)[0]!.one
  }

  /** Whether it was waiting. */
  remove(one: T): boolean {
    const at = this.#places.findIndex((place) => place.one === one)
    if (at >= 0) this.#places.splice(at, 1)
    return at >= 0
  }

  /** All of them; none is left. */
  clear(): T[] {
    return this.#places.splice(0).map(({ one }) => one)
  }
}

export function isBefore(one: Priority, other: Priority): boolean {
  return LANES[one] < LANES[other]
}

function dueOf({ due = Infinity }: Waitable): number {
  return due
}

function laneOf({ one, passed }: Place<Waitable>): number {
  return LANES[one.priority] - Math.floor(passed / PASSED_MAX)
}
