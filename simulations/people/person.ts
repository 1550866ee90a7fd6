/**
 * Synthetic people: who has which fingers, and how well they print. They have no names; nobody real
 * is behind them.
 *
 * They are kinder than real prints: held against FVC 2002 and 2004, this house's matcher gives
 * their strangers lower scores, by two fifths at the 99th percentile and a quarter at the 99.9th,
 * and fails to match fewer of their pairs. Use them as load, as a background gallery and for ground
 * truth; error rates must come from real probes.
 */
import { generateFinger, type Finger } from './finger.ts'
import { drawPattern, mirrored, type Pattern } from './orientation-field.ts'

import type { SeededRandom } from '../world/seeded-random.ts'

export interface Person {
  readonly fingers: readonly Finger[]
  /** How well this person's fingers print, 0 to 1: dry, worn or wet skin stays so all day. */
  readonly legibility: number
}

/** ISO finger positions: right and left index, what a border post takes. */
export const INDEX_FINGERS: readonly number[] = [2, 7]

/** A finger whose pattern follows from its neighbour's or its twin's: patterns run in hands. */
const SAME_PATTERN_SHARE = 0.35

/** Impressions that are poor whoever gives them: a hurried or wet finger, a dirty sensor. */
const POOR_SHARE = 0.12

export function generatePerson(
  random: SeededRandom,
  { positions = INDEX_FINGERS }: { positions?: readonly number[] } = {},
): Person {
  const legibility = clamp(random.normal(0.72, 0.16))
  let right: Pattern | undefined
  const fingers = positions.map((position) => {
    const isLeft = position > 5
    const follows = right !== undefined && random.chance(SAME_PATTERN_SHARE)
    const drawn = drawPattern(random)
    right = follows && right !== undefined ? right : drawn
    return generateFinger(random, { position, pattern: isLeft ? mirrored(right) : right })
  })
  return { fingers, legibility }
}

/** The quality, 0 to 1, of the next impression that this person gives. */
export function drawQuality({ legibility }: Person, random: SeededRandom): number {
  if (random.chance(POOR_SHARE)) return random.between({ min: 0.08, max: 0.35 })
  return clamp(random.normal(legibility, 0.1))
}

function clamp(quality: number): number {
  return Math.min(1, Math.max(0.05, quality))
}
