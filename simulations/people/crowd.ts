/** Points that are there already, in flat arrays: every candidate for another one asks. */
export class Crowd {
  readonly #x: Float64Array
  readonly #y: Float64Array
  #count = 0

  constructor(most: number) {
    this.#x = new Float64Array(most)
    this.#y = new Float64Array(most)
  }

  get isFull(): boolean {
    return this.#count === this.#x.length
  }

  clear(): void {
    this.#count = 0
  }

  add(x: number, y: number): void {
    this.#x[this.#count] = x
    this.#y[this.#count] = y
    this.#count += 1
  }

  /** Distance to the nearest of them, at most `reach`. */
  distance(x: number, y: number, reach: number): number {
    const xs = this.#x
    const ys = this.#y
    const count = this.#count
    let nearest = reach * reach
    for (let at = 0; at < count; at += 1) {
      const dx = x - xs[at]!
      const dy = y - ys[at]!
      const squared = dx * dx + dy * dy
      if (squared < nearest) nearest = squared
    }
    return Math.sqrt(nearest)
  }
}
