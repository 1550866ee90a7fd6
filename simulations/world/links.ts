/** Which node can send to which: every link works until it is cut. */
export class Links {
  readonly #names: readonly string[]
  readonly #cut = new Map<string, Set<string>>()

  constructor(names: readonly string[]) {
    this.#names = names
  }

  /** Whether what `from` sends reaches `to`. */
  works(from: string, to: string): boolean {
    return this.#cut.get(from)?.has(to) !== true
  }

  /** From now on nothing that `from` sends reaches `to`; the other direction is left as it is. */
  cut(from: string, to: string): void {
    const targets = this.#cut.get(from) ?? new Set()
    this.#cut.set(from, targets.add(to))
  }

  /** Cuts every link between two groups; nodes that no group names are one more group. */
  partition(groups: readonly (readonly string[])[]): void {
    const groupOf = new Map<string, number>()
    for (const [index, group] of groups.entries()) {
      for (const name of group) groupOf.set(name, index)
    }
    for (const from of this.#names) {
      for (const to of this.#names) {
        if (groupOf.get(from) !== groupOf.get(to)) this.cut(from, to)
      }
    }
  }

  heal(): void {
    this.#cut.clear()
  }
}
