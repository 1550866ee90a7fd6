/** The least of numbers over any stretch of a list: built in O(n), asked in O(log n). */
export class LeastTree {
  readonly #length: number
  readonly #leaves: number
  readonly #least: Float64Array

  constructor(values: readonly number[]) {
    this.#length = values.length
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)))
    this.#least = new Float64Array(2 * this.#leaves).fill(Infinity)
    this.#least.set(values, this.#leaves)
    for (let node = this.#leaves - 1; node > 0; node -= 1) {
      this.#least[node] = Math.min(this.#least[2 * node]!, this.#least[2 * node + 1]!)
    }
  }

  /** The first place from `from` on that holds at most `limit`; the list's length if none does. */
  firstUpTo(limit: number, from: number): number {
    if (from >= this.#length) return this.#length
    let node = from + this.#leaves
    while (this.#least[node]! > limit) {
      // Up, while everything to the right under the same parent has been looked at.
      while (node % 2 === 1) {
        node = (node - 1) / 2
        if (node === 0) return this.#length
      }
      node += 1
    }
    while (node < this.#leaves) {
      node *= 2
      if (this.#least[node]! > limit) node += 1
    }
    return node - this.#leaves
  }
}
