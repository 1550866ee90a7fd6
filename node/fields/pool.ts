/** So much at once; the rest waits in the order in which it came. Whoever uses it bounds that. */
export class Pool {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #atWork = 0

  constructor({ most }: { most: number }) {
    this.#most = most
  }

  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#atWork < this.#most) this.#atWork += 1
    else {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    }
    try {
      return await work()
    } finally {
      // Whoever waits takes over the place.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#atWork -= 1
    }
  }
}
