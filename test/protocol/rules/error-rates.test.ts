import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { AGE_BANDS, SEXES } from '../../../protocol/rules/application.ts'
import {
  errorRates,
  rateOf,
  statisticsOf,
  type DuplicateCheck,
  type ErrorRates,
} from '../../../protocol/rules/error-rates.ts'
import { check } from '../support/codec-promises.ts'

const promises = suite('error rates')

/** Worked out by Wilson’s formula to 30 digits, outside this code. */
const INTERVALS: readonly [events: number, trials: number, low: number, high: number][] = [
  [0, 10, 0, 0.277_532_799_862_9],
  [10, 10, 0.722_467_200_137_1, 1],
  [1, 1, 0.206_549_314_377_2, 1],
  [1, 10, 0.017_876_213_095_1, 0.404_150_026_795_2],
  [5, 10, 0.236_593_090_512_6, 0.763_406_909_487_4],
  [0, 3_300_000, 0, 0.000_001_164_077_1],
]

for (const [events, trials, low, high] of INTERVALS) {
  promises(`${events} of ${trials} lie between ${low} and ${high}`, () => {
    const { rate, interval } = rateOf(events, trials)
    is(rate, events / trials)
    ok(Math.abs(interval[0] - low) < 1e-12, `${interval[0]}`)
    ok(Math.abs(interval[1] - high) < 1e-12, `${interval[1]}`)
  })
}

promises('say nothing without a trial', () => {
  equal(rateOf(0, 0), { events: 0, trials: 0, rate: undefined, interval: [0, 1] })
})

promises('lie within their interval, and that within 0 and 1', () => {
  const pairs = fc.tuple(fc.nat(1_000_000), fc.nat(1_000_000))
  check(pairs, ([events, others]) => {
    const { rate, interval } = rateOf(events, events + others + 1)
    ok(interval[0] >= 0 && interval[0] <= rate! && rate! <= interval[1] && interval[1] <= 1)
  })
})

const PLAIN: DuplicateCheck = {
  region: 'almaty',
  sex: 'female',
  ageBand: '18-29',
  resolution: undefined,
  foundOwn: undefined,
  missedOther: false,
}

/** What one search counts for: fpir events of trials, fnir events of trials. */
const COUNTED: readonly [what: string, check: Partial<DuplicateCheck>, string][] = [
  ['nobody named', {}, '0/1 0/0'],
  ['somebody else named', { resolution: 'different' }, '1/1 0/0'],
  ['the person named', { resolution: 'same' }, '0/0 0/1'],
  ['not yet decided', { resolution: 'open' }, '0/0 0/0'],
  ['cannot be told', { resolution: 'cannot-tell' }, '0/0 0/0'],
  ['a mate that showed later', { missedOther: true }, '0/0 1/1'],
  [
    'a mate that showed later, another named',
    { missedOther: true, resolution: 'different' },
    '0/0 1/1',
  ],
  ['an update that finds its own', { foundOwn: true }, '0/1 0/1'],
  ['an update that misses its own', { foundOwn: false }, '0/1 1/1'],
  ['an update that names another, too', { foundOwn: true, resolution: 'different' }, '1/1 0/1'],
  ['an update that is a duplicate', { foundOwn: true, resolution: 'same' }, '0/0 0/1'],
  ['an update not yet decided', { foundOwn: true, resolution: 'open' }, '0/0 0/1'],
]

for (const [what, found, expected] of COUNTED) {
  promises(`count of a search with ${what}: ${expected}`, () => {
    is(written(errorRates([{ ...PLAIN, ...found }])), expected)
  })
}

promises('come for everybody, and by region, sex and age band', () => {
  const found = statisticsOf([
    { ...PLAIN, resolution: 'different' },
    { ...PLAIN, sex: 'male' },
    { ...PLAIN, region: 'astana', ageBand: '60-74', resolution: 'open' },
    { ...PLAIN, region: 'astana', ageBand: '60-74', resolution: 'same' },
    { ...PLAIN, region: 'astana', ageBand: '60-74', missedOther: true },
  ])
  equal([found.all.searches, found.all.undecided, written(found.all)], [5, 1, '1/2 1/2'])
  equal(table(found.byRegion), ['almaty 1/2 0/0', 'astana 0/0 1/2'])
  equal(table(found.bySex), ['female 1/1 1/2', 'male 0/1 0/0'])
  equal(table(found.byAgeBand), ['18-29 1/2 0/0', '60-74 0/0 1/2'])
})

const checks: fc.Arbitrary<DuplicateCheck> = fc.record({
  region: fc.constantFrom('almaty', 'astana', 'shymkent'),
  sex: fc.constantFrom(...SEXES),
  ageBand: fc.constantFrom(...AGE_BANDS),
  resolution: fc.constantFrom(undefined, 'open', 'same', 'different', 'cannot-tell'),
  foundOwn: fc.constantFrom(undefined, true, false),
  missedOther: fc.boolean(),
})

promises('of the groups add up to those of everybody', () => {
  check(fc.array(checks, { maxLength: 40 }), (found) => {
    const { all, byRegion, bySex, byAgeBand } = statisticsOf(found)
    for (const groups of [byRegion, bySex, byAgeBand]) {
      const sums = [...groups.values()].reduce(added, counts(errorRates([])))
      equal(sums, counts(all))
    }
  })
})

promises.run()

function written({ fpir, fnir }: ErrorRates): string {
  return [fpir, fnir].map(({ events, trials }) => `${events}/${trials}`).join(' ')
}

function table(groups: ReadonlyMap<string, ErrorRates>): string[] {
  return [...groups].map(([name, rates]) => `${name} ${written(rates)}`)
}

function counts({ searches, undecided, fpir, fnir }: ErrorRates): number[] {
  return [searches, undecided, fpir.events, fpir.trials, fnir.events, fnir.trials]
}

function added(sums: number[], rates: ErrorRates): number[] {
  return counts(rates).map((count, place) => count + sums[place]!)
}
