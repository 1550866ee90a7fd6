/** How values are spread, counted in steps: what share of them is below which. */
import { clamp } from '../integer.ts'

/** Steps to one. */
const FINENESS = 1_024

/** Values beyond count as this much. */
const MOST = 2

export class Spread {
  readonly #counts = new Uint32Array(MOST * FINENESS)
  #total = 0

  add(value: number): void {
    this.#counts[clamp(Math.floor(value * FINENESS), 0, this.#counts.length - 1)]! += 1
    this.#total += 1
  }

  /** The value, less what is left of a step, that the given share is below; 0 of no values. */
  below(share: number): number {
    let left = share * this.#total
    for (let step = 0; step < this.#counts.length; step += 1) {
      left -= this.#counts[step]!
      if (left < 0) return step / FINENESS
    }
    return 0
  }
}
