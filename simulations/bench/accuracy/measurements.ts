/**
 * What `bench:accuracy --json` says to machines. Every name begins with the extractor whose
 * templates were measured, `mindtct_`, `fingerjet_` or `secugen_`; rates are in percent.
 *
 * - `eer`, `fnmr_at_fmr_1pct`, `fnmr_at_fmr_0_1pct`, `zero_fmr`: all sets pooled, one threshold;
 * - `fvc2002_eer` …: the same of the sets in one folder, where there are several;
 * - `two_finger_eer` …, `four_finger_eer` …, `ten_finger_eer` …: of people put together from them;
 * - `failures_to_extract`: impressions without a usable template, each of which scores 0.
 *
 * With `_one_finger` or `_two_fingers` behind the name, of real people in a crowd:
 *
 * - `rank1`, `rank10`: mated searches with their own person first, or among the first ten;
 * - `fnir_at_fpir_1pct`: mated searches lost where 1 % of non-mated ones name somebody;
 * - `rank1_lost_to_exhaustive`: percentage points of rank 1 by which the gallery's search falls
 *   behind the exhaustive precise matcher on the same, smaller gallery;
 * - `rank1_lost_at_most`: the same on the whole gallery, as a bound: searches in which the own
 *   person, compared alone, scores above every candidate and was none;
 * - `gallery_people`: people in the gallery of the other figures.
 *
 * Intervals hold 95 %: over fingers by bootstrap, for identification over people by Wilson.
 */
import type { Measurement } from '../report.ts'
import type { Rates } from './error-rates.ts'
import type { Identified } from './figures.ts'
import {
  fnirAt,
  identificationPoints,
  identifiedWithin,
  intervalByPeople,
  lostAtMost,
} from './identification-rates.ts'
import { baselineOf, isComparable } from './peers.ts'
import { failuresIn, type Measured, type Verification } from './verification.ts'

const NAMES: readonly (readonly [rate: keyof Rates, name: string])[] = [
  ['eer', 'eer'],
  ['fmr100', 'fnmr_at_fmr_1pct'],
  ['fmr1000', 'fnmr_at_fmr_0_1pct'],
  ['zeroFmr', 'zero_fmr'],
]

/** Points of rank 1 that a search may lose to an exhaustive one. */
const LOST_BAR = 0.5

const COUNTS = { 1: 'one', 2: 'two', 4: 'four', 10: 'ten' } as const

export function verificationMeasurements(verification: Verification): Measurement[] {
  const { extractor, groups, fused } = verification
  const [pooled, ...others] = groups
  const baseline = isComparable(pooled.sets, pooled) ? baselineOf(extractor) : undefined
  return [
    ...rated(extractor, pooled, baseline),
    { name: `${extractor}_failures_to_extract`, value: failuresIn(pooled.sets), unit: 'count' },
    ...others.flatMap((group) => rated(`${extractor}_${identifier(group.name)}`, group)),
    ...fused
      .filter(({ fingers }) => fingers > 1)
      .flatMap((one) => rated(`${extractor}_${COUNTS[one.fingers]}_finger`, one)),
  ]
}

export function identificationMeasurements(identified: Identified): Measurement[] {
  const { extractor, fingers, people, outcomes, near, precise } = identified
  const suffix = fingers === 1 ? 'one_finger' : 'two_fingers'
  const share = (name: string, value: number): Measurement => ({
    name: `${extractor}_${name}_${suffix}`,
    value,
    unit: '%',
    interval: intervalByPeople(value, outcomes),
  })
  return [
    share('rank1', identifiedWithin(outcomes, 1)),
    share('rank10', identifiedWithin(outcomes, 10)),
    share('fnir_at_fpir_1pct', fnirAt(identificationPoints(outcomes), 0.01)),
    {
      name: `${extractor}_rank1_lost_to_exhaustive_${suffix}`,
      value: identifiedWithin(precise, 1) - identifiedWithin(near, 1),
      unit: 'points',
    },
    {
      name: `${extractor}_rank1_lost_at_most_${suffix}`,
      value: lostAtMost(outcomes),
      unit: 'points',
      baseline: LOST_BAR,
    },
    { name: `${extractor}_gallery_people_${suffix}`, value: people, unit: 'count' },
  ]
}

function rated(prefix: string, measured: Measured, baseline?: Rates): Measurement[] {
  return NAMES.map(([rate, name]) => {
    const value = measured[rate]
    const measurement = {
      name: `${prefix}_${name}`,
      value,
      unit: '%',
      ...(measured.intervals && { interval: measured.intervals[rate] }),
    }
    if (!baseline) return measurement
    return { ...measurement, baseline: baseline[rate], ratio: value / baseline[rate] }
  })
}

/** A folder's name as part of a measurement's. */
function identifier(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
}
