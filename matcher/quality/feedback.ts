/** What the person at the sensor can do better: codes for the capture screen. */
import type { Measures } from './measures.ts'

/**
 * - `not-a-finger` no ridges, or none that run as on a finger
 * - `inverted` ridges light and valleys dark
 * - `dry` ridges broken: moisten the finger, or press harder
 * - `wet` valleys filled: dry the finger, or press less
 * - `smeared` moved while it was captured
 * - `small` so little skin that another capture may show other skin
 * - `off-centre` cut off at one side while there is room at the other
 */
export const FEEDBACK = [
  'not-a-finger',
  'inverted',
  'dry',
  'wet',
  'smeared',
  'small',
  'off-centre',
] as const
export type Feedback = (typeof FEEDBACK)[number]

/** mm²: less than a third of a flat fingertip. */
const SMALL = 90

/** mm², below which nothing can be said. */
const PRINT_MIN = 25

/** Minutiae by mm²: prints have 0.1 to 0.4, the worst of them 0.75. */
const DENSITY = { least: 0.04, most: 0.8 }

/** Noise differs as much along ridges as across; prints with broken ridges reach 0.76. */
const RIDGELESS = 0.8

/** How alike ridges beside each other run: prints have 0.86 and more. */
const FLOW_MIN = 0.85

/** Dry prints, which are light all over: 19 of 20 clear ones stay below. */
const BROKEN = { breaks: 0.5, lightness: 0.5 }

/** Valleys as dark as the middle between ridges and valleys should be. */
const FILLED = 0.45

/** Ridges across the movement are gone, what is left runs along it. */
const SMEARED = { contrast: 0.25, straightness: 0.55 }

/** Of a side, and of the image at the other. */
const CUT_OFF = { cut: 0.4, free: 0.2 }

/** Around a print it is as light as in its valleys; around an inverted one as in its ridges. */
const DARK_SURROUNDINGS = 0.15

/** Empty where there is nothing to do better. */
export function feedbackOf(measures: Measures): readonly Feedback[] {
  if (!isFinger(measures)) return ['not-a-finger']
  const { area, breaks, lightness, valleys, contrastHalf, straightness, cut, free } = measures
  const { surroundings = 1 } = measures
  const rules: readonly [Feedback, boolean][] = [
    ['inverted', surroundings < DARK_SURROUNDINGS],
    ['dry', breaks > BROKEN.breaks && lightness > BROKEN.lightness],
    ['wet', valleys < FILLED],
    ['smeared', contrastHalf < SMEARED.contrast && straightness > SMEARED.straightness],
    ['small', area < SMALL],
    ['off-centre', cut > CUT_OFF.cut && free > CUT_OFF.free],
  ]
  return rules.filter(([, holds]) => holds).map(([code]) => code)
}

/** Whether there are ridges that flow, and of which some begin and part, but not most. */
export function isFinger({ area, breaks, flow, density }: Measures): boolean {
  if (area < PRINT_MIN || breaks > RIDGELESS || flow < FLOW_MIN) return false
  return density > DENSITY.least && density < DENSITY.most
}
