/**
 * Synthetic people: who has which fingers, and how well they print. They have no names; nobody real
 * is behind them.
 *
 * For load, as a background gallery and for ground truth. What the matcher makes of them is gated:
 * `npm run people:gate` demands that strangers score as FVC's strangers do, and mates as FVC's
 * mates. An error rate measured on them is a figure about the generator and is never reported as
 * accuracy; accuracy comes from real probes, if need be among synthetic strangers.
 */
import { generateFinger, type Finger } from './finger.ts'
import { drawPattern, mirrored, type Pattern } from './orientation-field.ts'
import { RECIPE, type Recipe } from './recipe.ts'

import type { SeededRandom } from '../world/seeded-random.ts'

export interface Person {
  readonly fingers: readonly Finger[]
  /** How well this person's fingers print, 0 to 1: dry, worn or wet skin stays so all day. */
  readonly legibility: number
}

export interface PersonOptions {
  /** ISO finger positions. */
  readonly positions?: readonly number[]
  readonly recipe?: Recipe
}

/** ISO finger positions: right and left index, what a border post takes. */
export const INDEX_FINGERS: readonly number[] = [2, 7]

export function generatePerson(
  random: SeededRandom,
  { positions = INDEX_FINGERS, recipe = RECIPE }: PersonOptions = {},
): Person {
  const { legibility: skin, size: spread, samePatternShare } = recipe.person
  const legibility = clamp(random.normal(skin.mean, skin.deviation))
  const size = Math.max(spread.min, random.normal(1, spread.deviation))
  let right: Pattern | undefined
  const fingers = positions.map((position) => {
    const isLeft = position > 5
    const follows = right !== undefined && random.chance(samePatternShare)
    const drawn = drawPattern(random)
    right = follows && right !== undefined ? right : drawn
    const pattern = isLeft ? mirrored(right) : right
    return generateFinger(random, { position, pattern, size, recipe })
  })
  return { fingers, legibility }
}

/** The quality, 0 to 1, of the next impression that this person gives. */
export function drawQuality(
  { legibility }: Person,
  random: SeededRandom,
  { quality }: Recipe = RECIPE,
): number {
  if (random.chance(quality.poorShare)) return random.between(quality.poor)
  return clamp(random.normal(legibility, quality.deviation))
}

function clamp(quality: number): number {
  return Math.min(1, Math.max(0.05, quality))
}
