/**
 * How well a print is suited to be matched: from 1 to 100.
 *
 * 25 says that a comparison with another impression of the finger has even odds to reach a score
 * that strangers never reached; ten points more double the odds, ten less halve them. So 55 stands
 * for 8 to 1, 75 for 32 to 1.
 *
 * The weights are a logistic regression on FVC2002 DB1..4_B and on the same prints wetted, dried,
 * smeared, pushed, cropped and faded, found by `npm run tune:quality`. Beyond a limit each trait
 * counts no more: a print may lack nothing of one kind and still fail by another.
 */
import { clamp } from '../integer.ts'
import { MINUTIAE_MAX } from '../packed.ts'
import { isFinger } from './feedback.ts'
import type { Measures } from './measures.ts'

/** Of half the prints. */
const CONTRAST_MAX = 0.24
const VALLEYS_MAX = 0.75

/** Pixels: what is less is the shape of a finger, what is more is no ridges at all. */
const ROUGHNESS = { least: 0.165, most: 0.3 }

/** What is no finger is worth no more than this. */
const NO_FINGER_MAX = 5

/** Even odds, and points to each doubling of them. */
const EVEN = 25
const DOUBLING = 10

/** Rounded to 2^-12, so that the last bit of a library's logarithm does not count. */
const LOGARITHMS = Float64Array.from(
  { length: MINUTIAE_MAX + 1 },
  (_, count) => Math.round(Math.log2(1 + count) * 4096) / 4096,
)

/** What the odds go by. */
export const TRAITS = ['sure', 'contrast', 'valleys', 'roughness', 'density'] as const

/** Doublings of the odds for each unit of a trait; `offset` for none of any. */
export const WEIGHTS: Readonly<Record<(typeof TRAITS)[number] | 'offset', number>> = {
  sure: 1.7,
  contrast: 11.2,
  valleys: 2.1,
  roughness: -44.3,
  density: -2.3,
  offset: 0.9,
}

export function qualityOf(measures: Measures): number {
  const traits = traitsOf(measures)
  const doublings = TRAITS.reduce((sum, name) => sum + WEIGHTS[name] * traits[name], WEIGHTS.offset)
  const most = isFinger(measures) ? 100 : NO_FINGER_MAX
  return clamp(Math.floor(EVEN + DOUBLING * doublings + 0.5), 1, most)
}

export function traitsOf(measures: Measures): Record<(typeof TRAITS)[number], number> {
  const { sure, contrastQuarter, valleys, roughness, density } = measures
  return {
    sure: LOGARITHMS[Math.min(MINUTIAE_MAX, sure)]!,
    contrast: Math.min(CONTRAST_MAX, contrastQuarter),
    valleys: Math.min(VALLEYS_MAX, valleys),
    roughness: clamp(roughness, ROUGHNESS.least, ROUGHNESS.most),
    density,
  }
}
