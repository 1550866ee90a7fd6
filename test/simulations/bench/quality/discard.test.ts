import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { compareSet } from '../../../../simulations/bench/accuracy/protocol.ts'
import { discardCurve, ratedPrints } from '../../../../simulations/bench/quality/discard.ts'

/** Two fingers, three impressions each; what is compared is a record of its name. */
const RECORDS = ['1_1', '1_2', '1_3', '2_1', '2_2', '2_3'].map((name) => Buffer.from(name))
const SET = {
  name: 'set',
  impressions: RECORDS.map((record, index) => ({
    finger: index < 3 ? 1 : 2,
    impression: (index % 3) + 1,
    record,
  })),
}

/** Whatever has to do with 1_3 fails. */
const COMPARISONS = compareSet('set', SET.impressions, (probe) => (candidate) => {
  const names = [String(probe), String(candidate)]
  if (names[0]![0] !== names[1]![0]) return 10
  return names.includes('1_3') ? 5 : 50
})

const promises = suite('an error-versus-discard curve')

promises('counts what fails among the pairs that are left, at one threshold', () => {
  const prints = ratedPrints(SET, new Map(RECORDS.map((record, at) => [record, at === 2 ? 9 : 60])))
  const curve = discardCurve(prints, COMPARISONS, [0, 1 / 6])
  equal(
    curve.map(({ quality, genuine, failed }) => ({ quality, genuine, failed })),
    [
      { quality: 9, genuine: 6, failed: 2 },
      { quality: 60, genuine: 4, failed: 0 },
    ],
  )
  is(curve[0]!.fnmr, 100 / 3)
})

promises('gains nothing by a quality that knows nothing', () => {
  const prints = ratedPrints(SET, new Map(RECORDS.map((record, at) => [record, at === 5 ? 9 : 60])))
  const [whole, less] = discardCurve(prints, COMPARISONS, [0, 1 / 6])
  equal([whole!.failed, less!.failed], [2, 2])
})

promises('takes a print without a record for the worst', () => {
  const impressions = [{ finger: 1, impression: 1, record: undefined }]
  equal(ratedPrints({ name: 'set', impressions }, new Map()), [
    { set: 'set', name: '1_1', quality: 0 },
  ])
})

promises.run()
