/** Counting within bounded memory: times in a window, and the names that were used last. */
import { STATEMENT_AHEAD_MS_MAX } from '../../protocol/statement.ts'

/** Times of the newest events, no more than `most` of them: whoever counts further need not. */
export class SlidingWindow {
  readonly #most: number
  /** Ascending. */
  readonly #times: number[] = []

  constructor(most: number) {
    this.#most = most
  }

  add(at: number): void {
    const before = this.#times.findLastIndex((time) => time <= at)
    this.#times.splice(before + 1, 0, at)
    if (this.#times.length > this.#most) this.#times.shift()
  }

  /** Events within `span` ms up to `now`, and a little after it: clocks differ. */
  count(now: number, span: number): number {
    const upTo = (end: number): number => this.#times.findLastIndex((time) => time <= end)
    return upTo(now + STATEMENT_AHEAD_MS_MAX) - upTo(now - span)
  }
}

/** The values of the names that were used last; older ones are forgotten. */
export class Recent<T> {
  readonly #most: number
  /** The one used last stands last. */
  readonly #values = new Map<string, T>()

  constructor(most: number) {
    this.#most = most
  }

  get(name: string): T | undefined
  get(name: string, make: () => T): T
  get(name: string, make?: () => T): T | undefined {
    const value = this.#values.get(name) ?? make?.()
    if (value !== undefined) this.put(name, value)
    return value
  }

  put(name: string, value: T): void {
    this.#values.delete(name)
    this.#values.set(name, value)
    if (this.#values.size <= this.#most) return
    const [oldest] = this.#values.keys()
    this.#values.delete(oldest!)
  }
}
