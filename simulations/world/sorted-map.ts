/** A map from strings to values that keeps its keys in the order of their UTF-16 code units. */
export class SortedMap<V> {
  readonly #values = new Map<string, V>()
  readonly #keys: string[] = []

  get size(): number {
    return this.#keys.length
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#lowerBound(key), 0, key)
    this.#values.set(key, value)
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#lowerBound(key), 1)
  }

  /** Entries with `from` ≤ key < `to`, in order, at most `limit` of them. */
  range(from: string, to: string, limit: number): [key: string, value: V][] {
    const entries: [string, V][] = []
    for (let index = this.#lowerBound(from); entries.length < limit; index += 1) {
      const key = this.#keys[index]
      if (key === undefined || key >= to) break
      const value = this.#values.get(key)
      if (value !== undefined) entries.push([key, value])
    }
    return entries
  }

  *entries(): Generator<[key: string, value: V]> {
    for (const key of this.#keys) {
      const value = this.#values.get(key)
      if (value !== undefined) yield [key, value]
    }
  }

  /** Where `key` is, or would be. */
  #lowerBound(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#keys[middle]
      if (there !== undefined && there < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
