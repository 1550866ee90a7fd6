/** Spots of a print where little is seen. */
import type { Point } from './orientation-field.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import { pointOnPad } from './finger.ts'
import type { Recipe } from './recipe.ts'

export interface Smudge extends Point {
  readonly radius: number
}

/** How many there are at most, and how large: more and larger ones the worse the quality. */
export interface SmudgeRecipe {
  readonly most: number
  readonly radius: { readonly min: number; readonly max: number }
}

export function drawSmudges(
  random: SeededRandom,
  quality: number,
  { most, radius }: SmudgeRecipe,
  recipe: Recipe,
): Smudge[] {
  const count = Math.floor(random.next() * (1 + most * (1 - quality)))
  const max = radius.min + (radius.max - radius.min) * (1 - quality)
  return Array.from({ length: count }, () => ({
    ...pointOnPad(random, recipe),
    radius: random.between({ min: radius.min, max }),
  }))
}
