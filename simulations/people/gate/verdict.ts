/**
 * Whether synthetic people are as hard to tell apart, and as hard to recognise, as FVC's.
 *
 * Strangers: the score that 1 in 100 and 1 in 1,000 reach may be a fifth off. Mates: how many fail
 * to match at FVC's own thresholds, and the quantiles of their scores, lie where resampled fingers
 * of FVC put them 95 times in 100 (B. Efron, R. Tibshirani, "An Introduction to the Bootstrap",
 * 1993, percentile method; fingers are drawn, since scores of one finger depend on one another).
 */
import { SeededRandom } from '../../world/seeded-random.ts'
import type { Sample } from './sample.ts'

export interface Line {
  readonly name: string
  readonly real: number
  readonly synthetic: number
  /** Where the synthetic figure has to lie, both ends included; none where it is only shown. */
  readonly allowed?: { readonly low: number; readonly high: number }
  readonly passes: boolean
}

/** Shares of strangers that score less, and whether that is gated or only shown. */
const STRANGERS = [
  { share: 0.9, isGated: false },
  { share: 0.95, isGated: false },
  { share: 0.99, isGated: true },
  { share: 0.999, isGated: true },
] as const

/** How far a stranger's quantile may be off, as a share. */
const TOLERANCE = 0.2

/** False match rates at whose thresholds false non-matches are counted. */
const FALSE_MATCHES = [0.1, 0.01, 0.001] as const

/** Shares of mates that score less. */
const MATES = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9] as const

const REPLICATES = 1_000
const COVERAGE = 0.95

export function compareSamples(real: Sample, synthetic: Sample): Line[] {
  return [...strangerLines(real, synthetic), ...mateLines(real, synthetic)]
}

function strangerLines(real: Sample, synthetic: Sample): Line[] {
  const reals = sorted(real.impostor)
  const synthetics = sorted(synthetic.impostor)
  return STRANGERS.map(({ share, isGated }) => {
    const score = quantile(reals, share)
    const allowed = { low: (1 - TOLERANCE) * score, high: (1 + TOLERANCE) * score }
    const name = `strangers, ${percent(share)} below`
    const figures = { name, real: score, synthetic: quantile(synthetics, share) }
    return isGated ? judged(figures, allowed) : { ...figures, passes: true }
  })
}

function mateLines(real: Sample, synthetic: Sample): Line[] {
  const strangers = sorted(real.impostor)
  const thresholds = FALSE_MATCHES.map((rate) => thresholdAt(strangers, rate))
  const curve = (genuine: Sample['genuine']): number[] => {
    const scores = sorted(genuine.flat())
    return [
      ...thresholds.map((threshold) => below(scores, threshold) / scores.length),
      ...MATES.map((share) => quantile(scores, share)),
    ]
  }
  const names = [
    ...FALSE_MATCHES.map(
      (rate, at) => `mates missed from ${thresholds[at]} (FMR ${percent(rate)})`,
    ),
    ...MATES.map((share) => `mates, ${percent(share)} below`),
  ]
  const reals = curve(real.genuine)
  const synthetics = curve(synthetic.genuine)
  const replicates = resampled(real.genuine).map(curve)
  return names.map((name, at) => {
    const drawn = sorted(replicates.map((replicate) => replicate[at]!))
    const allowed = {
      low: quantile(drawn, (1 - COVERAGE) / 2),
      high: quantile(drawn, (1 + COVERAGE) / 2),
    }
    return judged({ name, real: reals[at]!, synthetic: synthetics[at]! }, allowed)
  })
}

function judged(
  figures: { readonly name: string; readonly real: number; readonly synthetic: number },
  allowed: { readonly low: number; readonly high: number },
): Line {
  const passes = figures.synthetic >= allowed.low && figures.synthetic <= allowed.high
  return { ...figures, allowed, passes }
}

/** As many fingers as there are, drawn with replacement; the same each time. */
function resampled(genuine: Sample['genuine']): Sample['genuine'][] {
  const random = new SeededRandom('gate of synthetic people')
  return Array.from({ length: REPLICATES }, () => genuine.map(() => random.pick(genuine)))
}

/** Lowest score that at most this share of strangers reaches. */
function thresholdAt(strangers: Float64Array, rate: number): number {
  return quantile(strangers, 1 - rate) + 1
}

function quantile(ascending: Float64Array, share: number): number {
  // Counted back from the end: 1 - 0.1 is a little less than 0.9 in binary.
  const reaching = Math.floor((1 - share) * ascending.length + 1e-6)
  return ascending[Math.max(0, ascending.length - 1 - reaching)] ?? 0
}

function below(ascending: Float64Array, threshold: number): number {
  const at = ascending.findIndex((score) => score >= threshold)
  return at < 0 ? ascending.length : at
}

function sorted(scores: readonly number[]): Float64Array {
  return Float64Array.from(scores).sort()
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(4))} %`
}
