/** Constants of the recipe that a fit may turn, by name. */
import type { Recipe } from '../recipe.ts'

/**
 * Few, so that a round can tell what each of them does. Births make strangers alike and flow that
 * runs straight does; the rest decides how far mates are apart. All are far from where they would
 * lose their meaning.
 */
export const KNOBS = [
  'births.chance',
  'births.sway.max',
  'flow.straight.core',
  'master.count.mean',
  'person.legibility.mean',
  'person.legibility.deviation',
  'quality.poorShare',
  'placement.askewShare',
  'extraction.jitter.distance',
  'extraction.jitter.worse',
] as const

/** Digits that are worth writing down. */
const DIGITS = 3

/** `recipe` with each knob multiplied by the exponential of its step. */
export function turned(recipe: Recipe, steps: readonly number[]): Recipe {
  const copy = structuredClone(recipe)
  for (const [at, name] of KNOBS.entries()) {
    const path = name.split('.')
    const last = path.pop()!
    let part: unknown = copy
    for (const key of path) part = (part as Record<string, unknown>)[key]
    const numbers = part as Record<string, number>
    numbers[last] = Number((numbers[last]! * Math.exp(steps[at] ?? 0)).toPrecision(DIGITS))
  }
  return copy
}
