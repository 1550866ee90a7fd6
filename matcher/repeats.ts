/**
 * Whether the fingers of one capture are those that they are said to be: one finger twice under two
 * positions, or a finger under another's position.
 *
 * People mistake hands, and stations keep the frame of the finger before. Both are seen at once:
 * no search is needed.
 */
import { score } from './score/score.ts'
import { thresholdFor } from './threshold.ts'

export interface PlacedFinger {
  /** ISO finger position, 0 for unknown. */
  readonly position: number
  /** As `pack` made it. */
  readonly packed: Uint8Array
}

/** Two captures of one finger. */
export interface Repeat {
  readonly positions: readonly [number, number]
  readonly score: number
}

/** A finger that is another than it is said to be. */
export interface Misplaced {
  readonly position: number
  /** Whose it is, by the fingers that it was compared with. */
  readonly isOf: number
  readonly score: number
}

/**
 * How often two fingers may be taken for one. Ten fingers are 45 pairs: one enrolment in some
 * 200,000 is stopped for nothing, and the person places a finger again.
 */
const REPEAT_FMR = 1e-7

/** The least score of two fingers that are taken for one. */
export const REPEAT_SCORE = thresholdFor(1, REPEAT_FMR)

/** Pairs that are one finger, in the order of the fingers. */
export function repeatsAmong(fingers: readonly PlacedFinger[]): Repeat[] {
  return fingers.flatMap((one, place) =>
    fingers.slice(place + 1).flatMap((other): Repeat[] => {
      const found = score(one.packed, other.packed)
      if (found < REPEAT_SCORE) return []
      return [{ positions: [one.position, other.position], score: found }]
    }),
  )
}

/**
 * Fingers that are known fingers of another position: of a slap, say, where the order of the
 * fingers tells which they are. One that is like none of them is not judged, nor is one that
 * `known` has under its own position too.
 */
export function misplacedAmong(
  fingers: readonly PlacedFinger[],
  known: readonly PlacedFinger[],
): Misplaced[] {
  return fingers.flatMap(({ position, packed }): Misplaced[] => {
    const likely = known
      .map((other) => ({ isOf: other.position, score: score(packed, other.packed) }))
      .filter((found) => found.score >= REPEAT_SCORE)
    if (position === 0 || likely.length === 0) return []
    if (likely.some(({ isOf }) => isOf === position || isOf === 0)) return []
    const best = likely.reduce((one, other) => (other.score > one.score ? other : one))
    return [{ position, ...best }]
  })
}
