import { suite } from 'uvu'
import { equal, is, ok, throws } from 'uvu/assert'
import * as figures from '../../../../simulations/bench/accuracy/figures.ts'
import { outcomeOf } from '../../../../simulations/bench/accuracy/identification-rates.ts'
import {
  identificationMeasurements,
  verificationMeasurements,
} from '../../../../simulations/bench/accuracy/measurements.ts'
import { BenchRefused, readOptions } from '../../../../simulations/bench/accuracy/options.ts'
import { PEERS, baselineOf, isComparable } from '../../../../simulations/bench/accuracy/peers.ts'
import { verify } from '../../../../simulations/bench/accuracy/verification.ts'
import { generatedSet } from './support/generated-set.ts'
import { wellFormed } from '../../../support/well-formed.ts'

const sets = ['fvc2002/A', 'fvc2004/B'].map((name) => generatedSet(4, { name }))
const verification = verify('fingerjet', sets, { replicates: 10 })
const identified = ([1, 2] as const).map((fingers): figures.Identified => {
  const outcomes = [
    outcomeOf('a', [
      { id: 'a', score: 50 },
      { id: 'x', score: 9 },
    ]),
    outcomeOf('b', [{ id: 'x', score: 20 }]),
  ]
  const nobody = outcomes.map(({ person }) => outcomeOf(person, []))
  return {
    extractor: 'fingerjet',
    fingers,
    people: 1_002,
    outcomes,
    precisePeople: 102,
    near: nobody,
    precise: outcomes,
  }
})

const report = suite('the report')

report('pools all sets and reads each folder of them on its own', () => {
  equal(
    verification.groups.map((group) => [group.name, group.sets.length, group.genuine]),
    [
      ['pooled', 2, 2 * 4 * 3],
      ['fvc2002', 1, 4 * 3],
      ['fvc2004', 1, 4 * 3],
    ],
  )
  equal(verify('fingerjet', [sets[0]!], { replicates: 10 }).groups.length, 1)
})

report('has as many fingers on a person as the sets allow', () => {
  equal(
    verification.fused.map(({ fingers, intervals }) => [fingers, intervals !== undefined]),
    [
      [1, true],
      [2, true],
      [4, false],
    ],
  )
})

report('gives intervals that hold the rate', () => {
  for (const { name, value, interval } of verificationMeasurements(verification)) {
    if (interval) ok(interval.low <= value && value <= interval.high, name)
  }
})

report('names every measurement once, after the extractor', () => {
  const names = [
    ...verificationMeasurements(verification),
    ...identified.flatMap(identificationMeasurements),
  ].map(({ name }) => name)
  is(new Set(names).size, names.length)
  ok(names.every((name) => /^fingerjet_[a-z0-9_]+$/.test(name)))
  for (const name of [
    'eer',
    'fnmr_at_fmr_1pct',
    'fnmr_at_fmr_0_1pct',
    'zero_fmr',
    'failures_to_extract',
    'fvc2004_eer',
    'two_finger_eer',
    'rank1_two_fingers',
  ]) {
    ok(names.includes(`fingerjet_${name}`), name)
  }
})

report('says what a fast search loses', () => {
  const [one] = identified
  const lost = identificationMeasurements(one!).find(({ name }) => name.includes('_lost_'))
  is(lost?.value, 50)
})

report('counts a template that failed, and as a score of 0', () => {
  const [set] = sets
  const impressions = set!.impressions.map((one) =>
    one.finger === 1 && one.impression === 1 ? { ...one, record: undefined } : one,
  )
  const failed = verify('fingerjet', [{ name: set!.name, impressions }], { replicates: 10 })
  const measured = verificationMeasurements(failed)
  is(measured.find(({ name }) => name === 'fingerjet_failures_to_extract')?.value, 1)
  // Two of twelve genuine pairs are with the impression that failed.
  const rate = measured.find(({ name }) => name === 'fingerjet_zero_fmr')
  ok(rate!.value > 16)
})

report('puts peers beside the six sets that they were measured on, and no others', () => {
  const six = ['2/DB1', '2/DB2', '2/DB3', '2/DB4', '4/DB1', '4/DB3'].map((name) => ({
    name: `fvc200${name}_B`,
  }))
  const pairs = { genuine: 1_680, impostor: 17_280 }
  is(isComparable(six, pairs), true)
  is(isComparable(six.toReversed(), pairs), true)
  is(isComparable(six, { ...pairs, genuine: 1_679 }), false)
  is(isComparable(six.slice(1), pairs), false)
  is(isComparable([...six.slice(1), { name: 'fvc2004/DB2_B' }], pairs), false)
  ok(verificationMeasurements(verification).every(({ baseline }) => baseline === undefined))
  equal(
    PEERS.filter(
      (peer) => peer === baselineOf(peer.extractor === 'own' ? 'mindtct' : peer.extractor),
    ).map(({ name, extractor }) => `${name} ${extractor}`),
    ['bozorth3 mindtct', 'SourceAFIS fingerjet', 'SourceAFIS secugen'],
  )
})

report('draws what it says', () => {
  const drawn = [
    figures.detFigure([verification]),
    figures.fingersFigure([verification]),
    figures.scoresFigure(verification),
    figures.cmcFigure(identified),
    figures.identificationFigure(identified),
  ]
  for (const svg of drawn) wellFormed(svg)
  const [det, , , cmc] = drawn
  for (const label of ['pooled', 'fvc2002 (chosen on)', 'fvc2004 (unseen)']) {
    ok(det!.includes(`>fingerjet, ${label}`), label)
  }
  ok(!det!.includes('SourceAFIS'))
  ok(cmc!.includes('gallery of 1,002'))
})

report.run()

const options = suite('what is asked of the report')

options('is both true-to-scale extractors unless one is named', () => {
  equal(readOptions(['folder']).extractors, ['mindtct', 'fingerjet'])
  equal(readOptions(['folder', '--templates', 'secugen']).extractors, ['secugen'])
})

options('never has more people compared exhaustively than there are', () => {
  const { people, precisePeople } = readOptions(['folder', '--people', '10', '--precise', '20'])
  equal([people, precisePeople], [10, 10])
  is(readOptions(['folder', '--quick']).people < readOptions(['folder']).people, true)
})

options('is refused where it makes no sense', () => {
  const wrong: readonly (readonly [code: BenchRefused['code'], argv: readonly string[]])[] = [
    ['usage', []],
    ['usage', ['--quick']],
    ['usage', ['folder', '--templates', 'unknown']],
    ['usage', ['folder', '--people', 'many']],
    ['usage', ['folder', '--people', '-1']],
    ['usage', ['folder', '--precise', '1e9']],
  ]
  for (const [code, argv] of wrong) {
    throws(
      () => readOptions(argv),
      (error: unknown) => error instanceof BenchRefused && error.code === code,
    )
  }
})

options.run()
