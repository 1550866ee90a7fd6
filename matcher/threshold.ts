/**
 * From which score on two people are taken for one, and how often strangers reach a score.
 *
 * Strangers' scores were counted with `npm run tune` on the within-set impostor pairs of
 * FVC2002 DB1..4_B and FVC2004 DB1_B and DB3_B, templates of mindtct and of FingerJet: 34,560 pairs
 * of 60 fingers. Beyond `TAIL_FROM` they fall off as an exponential does, by a tenth of their
 * number every nine points, and that is carried on: a rate below 1 in 10,000 is an extrapolation
 * that no measurement here backs. A register needs one on its own data.
 *
 * It also depends on the extractor: on SecuGen's templates of the same sets, made from images
 * squeezed out of shape, strangers reach 61. Fingers of one person are taken for independent.
 */
import { NEUTRAL } from './score/score.ts'

/** How many pairs of strangers had each score from 0 on. */
const STRANGERS = [27_823, 994, 890, 824, 726, 619, 514, 478, 347, 311, 258, 188, 134, 109] as const

/**
 * From here on: how many had this score or more, and what is left of them at each further point.
 */
export const TAIL_FROM = STRANGERS.length
const TAIL = 345
const TAIL_DECAY = 0.787

/** Rarer than this no stranger was counted: a lower rate is the tail carried on. */
export const COUNTED_RATE_MIN = 1e-4

/** Fingers of one probe. */
const FINGERS_MAX = 10

/** Scores up to which rates are kept: beyond, strangers are rarer than 1 in 10^15. */
const SCORES = 512

/** Strangers that a search may take for the one it looks for, of each one it looks at. */
export const DEFAULT_FMR = 1e-6

/** By fingers less one, then by score: the share of strangers who reach it. */
const RATES = rates()

/**
 * The share of strangers whose fused score over this many fingers is at least `score`: the false
 * match rate if that were the threshold. For identification multiply by the people searched.
 */
export function falseMatchRate(score: number, fingers: number): number {
  const of = RATES[Math.max(1, Math.min(FINGERS_MAX, fingers)) - 1]!
  return of[Math.max(0, Math.min(SCORES - 1, Math.floor(score)))]!
}

/** The least score for the sum over this many fingers that strangers reach no more often. */
export function thresholdFor(fingers: number, fmr: number = DEFAULT_FMR): number {
  const of = RATES[Math.max(1, Math.min(FINGERS_MAX, fingers)) - 1]!
  const score = of.findIndex((rate) => rate <= fmr)
  return Math.max(score < 0 ? SCORES : score, NEUTRAL)
}

/** The language adds and multiplies alike everywhere, so that every node has the same threshold. */
function rates(): Float64Array[] {
  const one = oneFinger()
  const all: Float64Array[] = []
  let chances = one
  for (let fingers = 1; fingers <= FINGERS_MAX; fingers += 1) {
    all.push(atLeast(chances))
    chances = sumsOf(chances, one)
  }
  return all
}

/** Chance of each score of a stranger's finger. */
function oneFinger(): Float64Array {
  const pairs = STRANGERS.reduce((sum, count) => sum + count, 0) + TAIL
  const chances = new Float64Array(SCORES)
  for (const [score, count] of STRANGERS.entries()) chances[score] = count / pairs
  let left = TAIL / pairs
  for (let score = TAIL_FROM; score < SCORES; score += 1) {
    chances[score] = left * (1 - TAIL_DECAY)
    left *= TAIL_DECAY
  }
  return chances
}

/** Chance of each sum of two scores; what is beyond the end is counted at the end. */
function sumsOf(one: Float64Array, two: Float64Array): Float64Array {
  const chances = new Float64Array(SCORES)
  for (const [score, chance] of one.entries()) {
    for (const [other, further] of two.entries()) {
      chances[Math.min(SCORES - 1, score + other)]! += chance * further
    }
  }
  return chances
}

function atLeast(chances: Float64Array): Float64Array {
  const shares = new Float64Array(SCORES)
  let sum = 0
  for (let score = SCORES - 1; score >= 0; score -= 1) {
    sum += chances[score]!
    shares[score] = sum
  }
  return shares
}
