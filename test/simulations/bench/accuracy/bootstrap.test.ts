import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  rateIntervals,
  wilsonInterval,
  type Trial,
} from '../../../../simulations/bench/accuracy/bootstrap.ts'
import { errorRates } from '../../../../simulations/bench/accuracy/error-rates.ts'

const promises = suite('an interval over fingers')

/** Ten fingers of which `worn` have one genuine score in two below every impostor. */
function tenFingers(worn: number): Trial[] {
  const genuine = range(10).flatMap((finger) => [
    trial('genuine', 100, [finger]),
    trial('genuine', finger < worn ? 1 : 100, [finger]),
  ])
  const impostor = range(10).flatMap((one) =>
    range(one).map((two) => trial('impostor', 10, [two, one])),
  )
  return [...genuine, ...impostor]
}

promises('is one point where every finger is alike', () => {
  const { fmr1000, zeroFmr } = rateIntervals(tenFingers(10))
  equal(zeroFmr, { low: 50, high: 50 })
  equal(fmr1000, { low: 50, high: 50 })
  equal(rateIntervals(tenFingers(0)).eer, { low: 0, high: 0 })
  equal(rateIntervals(tenFingers(0)).zeroFmr, { low: 0, high: 0 })
})

promises('is that of the binomial where fingers fail or do not', () => {
  // A worn finger loses one genuine score of two: 50 % of Binomial(10, 0.4) / 10, of which the
  // 2.5th and 97.5th percentiles are 1 and 7 fingers.
  const trials = tenFingers(4)
  is(errorRates(trials).zeroFmr, 20)
  equal(rateIntervals(trials, { replicates: 4_000 }).zeroFmr, { low: 5, high: 35 })
})

promises('weighs an impostor pair by how often both its fingers were drawn', () => {
  // One pair of strangers is alike. With two fingers it is drawn, or no pair of strangers is.
  const trials = [trial('genuine', 5, [0]), trial('genuine', 5, [1]), trial('impostor', 9, [0, 1])]
  equal(rateIntervals(trials).zeroFmr, { low: 0, high: 100 })
})

promises('draws within each set', () => {
  // One finger a set: nothing can vary, though the two differ.
  const trials = [
    { ...trial('genuine', 9, []), fingers: ['a/1'] },
    { ...trial('genuine', 1, []), fingers: ['b/1'] },
    { ...trial('impostor', 5, []), fingers: ['a/1', 'b/1'] },
  ]
  equal(rateIntervals(trials).zeroFmr, { low: 50, high: 50 })
})

promises('is the same each time, and follows the seed', () => {
  const trials = tenFingers(3)
  equal(rateIntervals(trials), rateIntervals(trials))
  const few = (seed: string) => JSON.stringify(rateIntervals(trials, { replicates: 5, seed }))
  is(new Set(range(20).map((seed) => few(String(seed)))).size > 1, true)
})

promises.run()

const wilson = suite("Wilson's interval")

wilson('has the published values', () => {
  // R. Newcombe, Statistics in Medicine 17, 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const published = [
    [81, 263, 25.53, 36.62],
    [15, 148, 6.24, 16.05],
    [0, 20, 0, 16.11],
    [1, 29, 0.61, 17.18],
  ] as const
  for (const [seen, size, low, high] of published) {
    const interval = wilsonInterval(seen / size, size)
    is(interval.low.toFixed(2), low.toFixed(2))
    is(interval.high.toFixed(2), high.toFixed(2))
  }
})

wilson('says nothing of nobody', () => {
  equal(wilsonInterval(0, 0), { low: 0, high: 100 })
})

wilson.run()

function trial(kind: Trial['kind'], score: number, fingers: readonly number[]): Trial {
  return { kind, score, fingers: fingers.map((finger) => `set/${finger}`) }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
