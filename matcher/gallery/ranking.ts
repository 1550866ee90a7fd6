/** The best candidates so far, in the order every replica agrees on. */
import type { Candidate } from './gallery.ts'

export interface Ranked {
  readonly candidate: Candidate
  /** The id's UTF-8 bytes, which decide between equal scores. */
  readonly id: Uint8Array
}

export interface RankingOptions {
  /** Least score. */
  readonly threshold: number
  /** Most candidates. */
  readonly limit: number
}

/** Score descending, then id ascending by bytes; never more than `limit`. */
export class Ranking {
  readonly #threshold: number
  readonly #limit: number
  readonly #ranked: Ranked[] = []

  constructor({ threshold, limit }: RankingOptions) {
    this.#threshold = threshold
    this.#limit = limit
  }

  get ranked(): readonly Ranked[] {
    return this.#ranked
  }

  /** Whether a candidate of this score could still get in, whatever its id. */
  admits(score: number): boolean {
    if (score < this.#threshold) return false
    return this.#ranked.length < this.#limit || score >= this.#ranked.at(-1)!.candidate.score
  }

  add(ranked: Ranked): void {
    if (!this.admits(ranked.candidate.score)) return
    const behind = this.#ranked.findIndex((other) => compare(ranked, other) < 0)
    this.#ranked.splice(behind < 0 ? this.#ranked.length : behind, 0, ranked)
    if (this.#ranked.length > this.#limit) this.#ranked.pop()
  }
}

function compare(one: Ranked, two: Ranked): number {
  return two.candidate.score - one.candidate.score || compareBytes(one.id, two.id)
}

function compareBytes(one: Uint8Array, two: Uint8Array): number {
  const length = Math.min(one.length, two.length)
  for (let index = 0; index < length; index += 1) {
    const difference = one[index]! - two[index]!
    if (difference !== 0) return difference
  }
  return one.length - two.length
}
