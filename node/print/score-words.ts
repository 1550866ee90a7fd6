/** What the score of one finger against one means, in sentences. */
import { NEUTRAL } from '../../matcher/score/score.ts'
import {
  COUNTED_RATE_MIN,
  DEFAULT_FMR,
  falseMatchRate,
  thresholdFor,
} from '../../matcher/threshold.ts'

/** Nothing rarer is told apart. */
const RATE_MIN = 1e-15

const COUNT = new Intl.NumberFormat('en', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumSignificantDigits: 2,
})

export function scoreWords(score: number): string[] {
  const threshold = thresholdFor(1)
  const verdict = score >= threshold ? 'That is reached.' : 'That is not reached.'
  return [
    strangers(score),
    `At ${NEUTRAL} one finger is as likely as two; ten points more make one ten times likelier. ` +
      `A search asks for ${threshold}, one stranger in ${rarity(DEFAULT_FMR)}. ${verdict}`,
  ]
}

function strangers(score: number): string {
  const rate = falseMatchRate(score, 1)
  if (score === 0) return 'Every stranger reaches that.'
  const few = rate < RATE_MIN ? 'Fewer than one stranger' : 'About one stranger'
  const sentence = `${few} in ${rarity(Math.max(rate, RATE_MIN))} reaches that`
  if (rate >= COUNTED_RATE_MIN) return `${sentence}.`
  const counted = `strangers were counted down to 1 in ${rarity(COUNTED_RATE_MIN)}`
  return `${sentence}: an extrapolation, as ${counted}.`
}

function rarity(rate: number): string {
  return COUNT.format(1 / rate)
}
