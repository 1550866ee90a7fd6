import { array, assert as checked, integer, property } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import {
  detPoints,
  errorRates,
  thresholdAt,
  type Scored,
} from '../../../../simulations/bench/accuracy/error-rates.ts'
import { compareSet } from '../../../../simulations/bench/accuracy/protocol.ts'

const promises = suite('error rates')

promises('are 0 where every genuine score is above every impostor', () => {
  const rates = errorRates([...scored('genuine', [5, 6, 7]), ...scored('impostor', [0, 1, 4])])
  equal(rates, { genuine: 3, impostor: 3, eer: 0, fmr100: 0, fmr1000: 0, zeroFmr: 0 })
})

promises('count equal scores on the side of the impostor', () => {
  const rates = errorRates([
    ...scored('genuine', [3, 3, 9, 9]),
    ...scored('impostor', [0, 0, 0, 3]),
  ])
  is(rates.zeroFmr, 50)
  is(rates.eer, 12.5)
})

promises('follow the threshold', () => {
  const impostor = Array.from({ length: 1000 }, (_, score) => score)
  const comparisons = [
    ...scored('genuine', [5, 500, 990, 999, 1500]),
    ...scored('impostor', impostor),
  ]
  const points = detPoints(comparisons)
  is(thresholdAt(points, 0.1), 900)
  is(thresholdAt(points, 0.001), 999)
  is(thresholdAt(points, 0), 1000)
  const { fmr100, fmr1000, zeroFmr } = errorRates(comparisons)
  equal([fmr100, fmr1000, zeroFmr], [40, 60, 80])
})

promises('never improve when a genuine score falls', () => {
  const impostor = scored('impostor', [1, 2, 3, 10])
  const before = errorRates([...scored('genuine', [4, 12, 13]), ...impostor])
  const after = errorRates([...scored('genuine', [4, 12, 9]), ...impostor])
  is(after.zeroFmr > before.zeroFmr, true)
  is(after.eer >= before.eer, true)
})

promises('are those of the curve, whatever the scores', () => {
  const scores = array(integer({ min: -5, max: 30 }), { minLength: 1, maxLength: 60 })
  checked(
    property(scores, scores, (genuine, impostor) => {
      const trials = [...scored('genuine', genuine), ...scored('impostor', impostor)]
      const points = detPoints(trials)
      const { eer, fmr100, zeroFmr } = errorRates(trials)
      const at = (fmr: number) => 100 * points.find((point) => point.fmr <= fmr)!.fnmr
      const gaps = points.map(({ fmr, fnmr }) => Math.abs(fmr - fnmr))
      const nearest = points[gaps.indexOf(Math.min(...gaps))]!
      equal([fmr100, zeroFmr], [at(0.01), at(0)])
      is(eer, (100 * (nearest.fmr + nearest.fnmr)) / 2)
    }),
  )
})

promises.run()

const protocol = suite("FVC's protocol")

const impressions = [1, 2, 3].flatMap((finger) =>
  [1, 2, 3, 4].map((impression) => ({ finger, impression, record: finger * 10 + impression })),
)

protocol('compares every unordered pair once', () => {
  const comparisons = compareSet('set', impressions, (probe) => (candidate) => probe + candidate)
  is(comparisons.length, (12 * 11) / 2)
  is(comparisons.filter(({ kind }) => kind === 'genuine').length, 3 * 6)
  const first = comparisons.filter((one) => one.kind === 'impostor' && one.isFirstImpressions)
  equal(
    first.map((one) => `${one.first}-${one.second}`),
    ['1_1-2_1', '1_1-3_1', '2_1-3_1'],
  )
})

protocol('scores 0 where extraction failed', () => {
  const failed = [{ finger: 1, impression: 1, record: undefined }, ...impressions.slice(1, 3)]
  const comparisons = compareSet('set', failed, () => () => 7)
  equal(
    comparisons.map(({ score }) => score),
    [0, 0, 7],
  )
})

protocol('refuses a score that is no finite integer', () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
    throws(() => compareSet('set', impressions, () => () => wrong), /a score is/)
  }
})

protocol.run()

function scored(kind: Scored['kind'], scores: readonly number[]): Scored[] {
  return scores.map((score) => ({ kind, score }))
}
