/**
 * What is due when: a binary heap by time, and among equal times by order of arrival.
 *
 * Owns its entries. A cancelled entry stays until it surfaces or until the cancelled outnumber the
 * living, so that cancelling costs next to nothing: nearly every deadline is cancelled.
 */
interface Entry {
  readonly at: number
  readonly order: number
  action: (() => void) | undefined
}

export interface DueEvent {
  readonly at: number
  readonly order: number
  readonly action: () => void
}

/** Below this many entries the dead ones are not worth sweeping out. */
const SWEEP_ENTRIES_MIN = 1_024

export class EventQueue {
  #heap: Entry[] = []
  #live = 0
  #order = 0

  /** Events that are still to happen. */
  get size(): number {
    return this.#live
  }

  /** Adds an event; the returned function takes it back as long as it has not happened. */
  push(at: number, action: () => void): () => void {
    const entry: Entry = { at, order: this.#order, action }
    this.#order += 1
    this.#live += 1
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    return () => {
      if (entry.action === undefined) return
      entry.action = undefined
      this.#live -= 1
      this.#sweep()
    }
  }

  /** When the next event is due; undefined if there is none. */
  nextAt(): number | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].action === undefined) this.#removeFirst()
    return this.#heap[0]?.at
  }

  /** Takes the next event out. */
  pop(): DueEvent | undefined {
    if (this.nextAt() === undefined) return undefined
    const entry = this.#removeFirst()
    const action = entry?.action
    if (entry === undefined || action === undefined) return undefined
    entry.action = undefined
    this.#live -= 1
    return { at: entry.at, order: entry.order, action }
  }

  #removeFirst(): Entry | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #sweep(): void {
    if (this.#heap.length < SWEEP_ENTRIES_MIN || this.#live * 2 > this.#heap.length) return
    // An array in order is a heap.
    this.#heap = this.#heap.filter((entry) => entry.action !== undefined).sort(byTime)
  }

  #rise(from: number): void {
    const entry = this.#heap[from]
    if (entry === undefined) return
    let index = from
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#heap[parentIndex]
      if (parent === undefined || byTime(parent, entry) <= 0) break
      this.#heap[index] = parent
      index = parentIndex
    }
    this.#heap[index] = entry
  }

  #sink(from: number): void {
    const entry = this.#heap[from]
    if (entry === undefined) return
    let index = from
    for (;;) {
      const childIndex = this.#earlierChild(index)
      const child = this.#heap[childIndex]
      if (child === undefined || byTime(entry, child) <= 0) break
      this.#heap[index] = child
      index = childIndex
    }
    this.#heap[index] = entry
  }

  /** The child of `index` that is due first; beyond the end if there is none. */
  #earlierChild(index: number): number {
    const left = this.#heap[2 * index + 1]
    const right = this.#heap[2 * index + 2]
    const isRight = left !== undefined && right !== undefined && byTime(right, left) < 0
    return 2 * index + (isRight ? 2 : 1)
  }
}

function byTime(a: Entry, b: Entry): number {
  return a.at - b.at || a.order - b.order
}
