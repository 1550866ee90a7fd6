/** The best so far, in the order every replica agrees on. */

/** Whatever has a score and an id that decides between equal ones. */
export interface Rankable {
  readonly score: number
  /** UTF-8 bytes. */
  readonly id: Uint8Array
}

export interface RankingOptions {
  /** Least score. */
  readonly threshold: number
  /** Most of them. */
  readonly limit: number
}

/** Score descending, then id ascending by bytes; never more than `limit`. */
export class Ranking<T extends Rankable> {
  readonly #threshold: number
  readonly #limit: number
  readonly #ranked: T[] = []

  constructor({ threshold, limit }: RankingOptions) {
    this.#threshold = threshold
    this.#limit = limit
  }

  get ranked(): readonly T[] {
    return this.#ranked
  }

  /** Whether one of this score could still get in, whatever its id. */
  admits(score: number): boolean {
    if (score < this.#threshold) return false
    return this.#ranked.length < this.#limit || score >= this.#ranked.at(-1)!.score
  }

  add(one: T): void {
    if (!this.admits(one.score)) return
    let from = 0
    let to = this.#ranked.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (compare(one, this.#ranked[middle]!) < 0) to = middle
      else from = middle + 1
    }
    this.#ranked.splice(from, 0, one)
    if (this.#ranked.length > this.#limit) this.#ranked.pop()
  }
}

function compare(one: Rankable, two: Rankable): number {
  return two.score - one.score || compareBytes(one.id, two.id)
}

function compareBytes(one: Uint8Array, two: Uint8Array): number {
  const shared = Math.min(one.length, two.length)
  for (let at = 0; at < shared; at += 1) {
    if (one[at] !== two[at]) return one[at]! - two[at]!
  }
  return one.length - two.length
}
