/**
 * How the matcher's numbers were chosen, again: `npm run tune -- <folder>`.
 *
 * On FVC2002 DB1..4_B alone, templates of two extractors together; FVC2004 is looked at for nothing
 * that is chosen, only to count how often strangers reach a score.
 * First the shape of the descriptor and the rules of the first stage, one at a time around those in
 * use, by how often that stage alone errs; then the weights of the score, a logistic regression on
 * what the comparison of every pair within a set has found.
 */
import { describer, SHAPE, type Shape } from '../../matcher/descriptor.ts'
import { pack } from '../../matcher/packed.ts'
import { emptyPairs, findPairs } from '../../matcher/score/pairs.ts'
import { emptyRecord, fieldsOf, prepareProbe, unpack } from '../../matcher/score/probe.ts'
import { RULES, type Rules } from '../../matcher/score/rules.ts'
import { TAIL_FROM } from '../../matcher/threshold.ts'
import { gather, NEUTRAL, WEIGHT_BITS, WEIGHTS } from '../../matcher/score/score.ts'
import { errorRates } from '../bench/accuracy/error-rates.ts'
import { compareSet } from '../bench/accuracy/protocol.ts'
import { scorerOf } from '../bench/accuracy/scoring.ts'
import { readSets, type FvcSet } from '../bench/accuracy/sets.ts'
import { table } from '../bench/report.ts'
import { logisticRegression, type Example } from './logistic-regression.ts'

const EXTRACTORS = ['fingerjet', 'mindtct'] as const
const TUNED_ON = /^fvc2002\//

/** Tried besides what is in use. */
const TRIED: { readonly [rule in keyof Rules]: readonly number[] } = {
  distanceTolerance: [5, 6, 7, 8, 10],
  turnTolerance: [8, 10, 12, 14, 16],
  wayTangent: [2, 3, 4, 5, 6],
}

/** Of the shape in use. */
const PERCENTS = [80, 90, 100, 110, 120]

const record = emptyRecord()
const pairs = emptyPairs()

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('name the folder that holds the FVC sets')
  process.exit(2)
}
const sets = setsWith()
if (sets.some((found) => found.length === 0)) {
  console.error(`${folder} has no sets of FVC2002 with templates of ${EXTRACTORS.join(' and ')}`)
  process.exit(2)
}
tuneFirstStage()
tuneWeights()
countStrangers()

function setsWith(shape = SHAPE): FvcSet[][] {
  const describe = describer(shape)
  return EXTRACTORS.map((extractor) => {
    const found = readSets(folder!, extractor, (view) => pack(view, describe))
    return found.filter(({ name }) => TUNED_ON.test(name))
  })
}

/** Around the one in use, rounded to whole pixels and byte angles. */
function shapes(): { readonly name: string; readonly shape: Shape }[] {
  const kinds: Record<string, (percent: number) => Partial<Shape>> = {
    distances: (percent) => ({ rings: rings(percent, 'distance') }),
    radii: (percent) => ({ rings: rings(percent, 'radius') }),
    'direction reach': (percent) => ({ directionReach: scaled(SHAPE.directionReach, percent) }),
  }
  return Object.entries(kinds).flatMap(([kind, changed]) => {
    return PERCENTS.map((percent) => {
      return { name: `${kind} ${percent} %`, shape: { ...SHAPE, ...changed(percent) } }
    })
  })
}

function rings(percent: number, of: 'distance' | 'radius'): Shape['rings'] {
  return SHAPE.rings.map((ring) => ({ ...ring, [of]: scaled(ring[of], percent) }))
}

function scaled(value: number, percent: number): number {
  return Math.round((value * percent) / 100)
}

function tuneFirstStage(): void {
  const ofShapes = shapes().map(({ name, shape }) => [name, '', ...cells(setsWith(shape), RULES)])
  const ofRules = (Object.keys(TRIED) as (keyof Rules)[]).flatMap((rule) => {
    return TRIED[rule].map((value) => {
      const isInUse = RULES[rule] === value ? 'in use' : ''
      return [`${rule} ${value}`, isInUse, ...cells(sets, { ...RULES, [rule]: value })]
    })
  })
  const header = EXTRACTORS.flatMap((extractor) => [`${extractor} EER`, 'FNMR@0.1 %'])
  console.log('first stage alone, FVC2002, %')
  console.log(table([['', '', ...header], ...ofShapes, ...ofRules]))
}

function cells(found: readonly (readonly FvcSet[])[], rules: Rules): string[] {
  const rates = found.map((some) => firstStageRates(some, rules))
  return rates.flatMap(({ eer, fmr1000 }) => [eer.toFixed(2), fmr1000.toFixed(2)])
}

function firstStageRates(found: readonly FvcSet[], rules: Rules): ReturnType<typeof errorRates> {
  const scorer = (bytes: Uint8Array) => {
    const probe = prepareProbe(bytes, rules)
    return (candidate: Uint8Array) => {
      unpack(fieldsOf(candidate), 0, record)
      findPairs(probe, record, pairs, rules)
      return pairs.score
    }
  }
  return errorRates(found.flatMap(({ name, impressions }) => compareSet(name, impressions, scorer)))
}

function tuneWeights(): void {
  const examples = sets.flatMap((found) =>
    found.flatMap(({ impressions }) => examplesOf(impressions)),
  )
  const [nearness, likeness, support, expected, intercept] = logisticRegression(examples) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const ones = examples.filter(({ isOne }) => isOne).length
  const before = Math.log(ones / (examples.length - ones))
  const points = (10 / Math.LN10) * 2 ** WEIGHT_BITS
  const found: typeof WEIGHTS = {
    nearness: Math.round(points * nearness),
    likeness: Math.round(points * likeness),
    support: Math.round(points * support),
    expected: Math.round(points * expected),
    offset: Math.round(points * (intercept - before) + NEUTRAL * 2 ** WEIGHT_BITS),
  }
  const rows = (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).map((name) => {
    return [name, String(found[name]), String(WEIGHTS[name])]
  })
  console.log(`\nweights, ${examples.length} pairs, ${ones} of one finger`)
  console.log(table([['', 'found', 'in use'], ...rows]))
}

function examplesOf(impressions: FvcSet['impressions']): Example[] {
  return impressions.flatMap(({ finger, record: bytes }, index) => {
    if (bytes === undefined) return []
    const probe = prepareProbe(bytes)
    return impressions.slice(index + 1).flatMap((other) => {
      if (other.record === undefined) return []
      const { nearness, likeness, support, expected } = gather(probe, fieldsOf(other.record), 0)
      return [{ features: [nearness, likeness, support, expected], isOne: other.finger === finger }]
    })
  })
}

/** What `threshold.ts` has: scores of pairs of different fingers of all sets, and their tail. */
function countStrangers(): void {
  const scores = EXTRACTORS.flatMap((extractor) => {
    return readSets(folder!, extractor).flatMap(({ name, impressions }) => {
      return compareSet(name, impressions, scorerOf)
        .filter(({ kind }) => kind === 'impostor')
        .map(({ score }) => score)
    })
  })
  const counts = Array.from({ length: TAIL_FROM }, (_, at) => {
    return scores.filter((score) => score === at).length
  })
  const tail = scores.filter((score) => score >= TAIL_FROM)
  const beyond = tail.reduce((sum, score) => sum + score - TAIL_FROM, 0) / tail.length
  console.log(`\nstrangers by score from 0 on: ${counts.join(', ')}`)
  console.log(`${TAIL_FROM} or more: ${tail.length}, highest ${Math.max(...tail)}`)
  console.log(`what is left at each further point: ${(beyond / (1 + beyond)).toFixed(3)}`)
}
