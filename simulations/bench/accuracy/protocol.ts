/**
 * FVC's verification protocol (bias.csr.unibo.it/fvc2002/perfeval.asp) on one set of 10 or 100
 * fingers: every unordered pair of impressions of one finger is genuine, and the first impressions
 * of every two fingers are an impostor pair. Sets B have only 45 of the latter, so that 1 in 1,000
 * cannot be seen; there every pair of impressions of different fingers is compared as well.
 */
export interface Impression<T> {
  readonly finger: number
  readonly impression: number
  /** What is compared; undefined where extraction failed, which counts as score 0. */
  readonly record: T | undefined
}

export interface Comparison {
  readonly set: string
  readonly first: string
  readonly second: string
  readonly kind: 'genuine' | 'impostor'
  /** Whether it is one of FVC's own impostor pairs. */
  readonly isFirstImpressions: boolean
  readonly score: number
}

/**
 * @throws Error where a score is not a finite integer: such a score corrupts every sorted figure
 */
export function compareSet<T>(
  set: string,
  impressions: readonly Impression<T>[],
  scorer: (probe: T) => (candidate: T) => number,
): Comparison[] {
  const comparisons: Comparison[] = []
  for (const [index, one] of impressions.entries()) {
    const against = one.record === undefined ? undefined : scorer(one.record)
    for (const two of impressions.slice(index + 1)) {
      const isScored = against !== undefined && two.record !== undefined
      const score = isScored ? against(two.record) : 0
      if (!Number.isSafeInteger(score)) throw new Error(`${set}: a score is ${score}`)
      comparisons.push({
        set,
        first: nameOf(one),
        second: nameOf(two),
        kind: one.finger === two.finger ? 'genuine' : 'impostor',
        isFirstImpressions: one.impression === 1 && two.impression === 1,
        score,
      })
    }
  }
  return comparisons
}

function nameOf({ finger, impression }: Impression<unknown>): string {
  return `${finger}_${impression}`
}
