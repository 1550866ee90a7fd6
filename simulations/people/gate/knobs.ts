/** Constants of the recipe that a fit may turn, by name. */
import type { Recipe } from '../recipe.ts'

/**
 * Those that scores depend on and no measurement settles. Shares stay far from 1 at the steps a
 * fit takes; what is left out is known (the pad's size, a finger's rotation) or hardly matters.
 */
export const KNOBS = [
  'flow.straight.core',
  'master.count.mean',
  'master.count.deviation',
  'master.closeShare',
  'births.chance',
  'births.sway.max',
  'births.wave.max',
  'density.core.weight',
  'density.birthsMax',
  'person.legibility.mean',
  'person.legibility.deviation',
  'person.sizeDeviation',
  'quality.poorShare',
  'unevenness.finger',
  'unevenness.impression',
  'placement.window.y.max',
  'placement.shiftDeviation.y',
  'placement.askewShare',
  'placement.warpDeviation',
  'extraction.missed.best',
  'extraction.missed.worst',
  'extraction.invented.best',
  'extraction.jitter.distance',
  'extraction.jitter.turn',
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
