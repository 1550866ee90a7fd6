/**
 * What one log has shown to know of another, entry by entry: the steps by which the largest size
 * that it had named went up. Who names a size of a log wrote that after the entries below it stood.
 */
export class KnownSizes {
  readonly #indexes: number[] = []
  readonly #sizes: number[] = []
  /** What it knew before its first entry. */
  #base = 0

  /** What it knows from the start. Whether that is more than it has named. */
  begin(size: number): boolean {
    const isNews = size > this.last
    this.#base = Math.max(this.#base, size)
    return isNews
  }

  /** To be called in the order of the log. Whether that is more than it had named before. */
  name(index: number, size: number): boolean {
    if (size <= (this.#sizes.at(-1) ?? 0)) return false
    this.#indexes.push(index)
    this.#sizes.push(size)
    return true
  }

  /** The largest size named so far. */
  get last(): number {
    return Math.max(this.#base, this.#sizes.at(-1) ?? 0)
  }

  /** The first entry that knows of the other log's entry at `place`; undefined if none does yet. */
  firstToKnow(place: number): number | undefined {
    if (place < this.#base) return 0
    return this.#indexes[lowerBound(this.#sizes, place + 1)]
  }

  /** The largest size named up to the entry at `index`, that entry too. */
  upTo(index: number): number {
    return Math.max(this.#base, this.#sizes[lowerBound(this.#indexes, index + 1) - 1] ?? 0)
  }
}

/** The first place of an ascending list that holds at least `value`. */
export function lowerBound(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
