/** What the person at the sensor can do better: codes for the capture screen. */
import { CELL } from '../extract/frame.ts'
import type { RidgePattern } from '../extract/ridge-pattern.ts'

/**
 * - `not-a-finger` no ridges to speak of
 * - `dry` ridges broken, `wet` ridges run together
 * - `smeared` moved while it was captured
 * - `small` so little skin that another capture may show other skin
 * - `off-centre` cut off by the image's edge
 */
export const FEEDBACK = ['not-a-finger', 'dry', 'wet', 'smeared', 'small', 'off-centre'] as const
export type Feedback = (typeof FEEDBACK)[number]

/** Square millimetres of skin. */
const AREA_MIN = 60

/** Pixels to the millimetre at 500 dpi. */
const PER_MILLIMETRE = 500 / 25.4

/** Empty where there is nothing to do better. */
export function feedbackOf({ depths }: RidgePattern): readonly Feedback[] {
  const cells = depths.reduce((count, depth) => (depth > 0 ? count + 1 : count), 0)
  if (cells === 0) return ['not-a-finger']
  return (cells * CELL * CELL) / PER_MILLIMETRE ** 2 < AREA_MIN ? ['small'] : []
}
