/**
 * FVC's verification protocol (bias.csr.unibo.it/fvc2002/perfeval.asp) on one set of 10 or 100
 * fingers: every unordered pair of impressions of one finger is genuine, and the first impressions
 * of every two fingers are an impostor pair. Sets B have only 45 of the latter, so that 1 in 1,000
 * cannot be seen; there every pair of impressions of different fingers is compared as well.
 */
import type { Trial } from './bootstrap.ts'

export interface Impression<T> {
  readonly finger: number
  readonly impression: number
  /** What is compared; undefined where extraction failed, which counts as score 0. */
  readonly record: T | undefined
}

export interface Comparison extends Trial {
  readonly set: string
  readonly first: string
  readonly second: string
  /** Whether it is one of FVC's own impostor pairs. */
  readonly isFirstImpressions: boolean
}

/** A probe made ready, to be held against many candidates. */
export type Scorer<T> = (probe: T) => (candidate: T) => number

/**
 * @throws Error where a score is not a finite integer: such a score corrupts every sorted figure
 */
export function compareSet<T>(
  set: string,
  impressions: readonly Impression<T>[],
  scorer: Scorer<T>,
): Comparison[] {
  const comparisons: Comparison[] = []
  for (const [index, one] of impressions.entries()) {
    const against = one.record === undefined ? undefined : scorer(one.record)
    for (const two of impressions.slice(index + 1)) {
      const isScored = against !== undefined && two.record !== undefined
      const score = isScored ? checkedScore(against(two.record)) : 0
      const isGenuine = one.finger === two.finger
      const first = fingerName(set, one.finger)
      comparisons.push({
        set,
        first: nameOf(one),
        second: nameOf(two),
        kind: isGenuine ? 'genuine' : 'impostor',
        isFirstImpressions: one.impression === 1 && two.impression === 1,
        score,
        fingers: isGenuine ? [first] : [first, fingerName(set, two.finger)],
      })
    }
  }
  return comparisons
}

/** @throws Error where it is not a finite integer */
export function checkedScore(score: number): number {
  if (!Number.isSafeInteger(score)) throw new Error(`a score is ${score}`)
  return score
}

export function fingerName(set: string, finger: number): string {
  return `${set}/${finger}`
}

/** The impression as its file is called. */
export function nameOf({ finger, impression }: Impression<unknown>): string {
  return `${finger}_${impression}`
}
