/** Lets others look only between two pieces of work, never in the middle of one. */
export class Turns {
  #isBetween = true
  readonly #looks: (() => void)[] = []

  /** Calls `look` as soon as nothing is half done. */
  async between<T extends object>(look: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(look())
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      if (this.#isBetween) run()
      else this.#looks.push(run)
    })
  }

  /** Nobody looks while it is being done. To be called one after the other. */
  async wholly(work: () => Promise<void>): Promise<void> {
    this.#isBetween = false
    try {
      await work()
    } finally {
      this.#isBetween = true
      for (const look of this.#looks.splice(0)) look()
    }
  }
}
