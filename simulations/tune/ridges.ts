/**
 * What a score would gain by the ridges around minutiae: `npm run tune:ridges -- <folder>`.
 *
 * Templates by our own extractor hold samples of them (`matcher/template/ridge-samples.ts`). Over
 * the minutiae that meet it takes how much orientations at the sites differ, and periods; weights
 * with and without them are found on FVC2002 DB1..4_B, and the error rates that they would have
 * given are shown there and on FVC2004.
 */
import { heldBy, pack } from '../../matcher/packed.ts'
import { fieldsOf, prepareProbe, type Probe } from '../../matcher/score/probe.ts'
import { gather, pairing, type Pairing } from '../../matcher/score/score.ts'
import { NO_RIDGE, ridgeSamples, type RidgeSample } from '../../matcher/template/ridge-samples.ts'
import type { FingerView } from '../../matcher/template/template.ts'
import { errorRates } from '../bench/accuracy/error-rates.ts'
import { compareSet } from '../bench/accuracy/protocol.ts'
import { readSets } from '../bench/accuracy/sets.ts'
import { table } from '../bench/report.ts'
import { logisticRegression } from './logistic-regression.ts'

const TUNED_ON = /^fvc2002\//

/** Steps of the half turn. */
const ORIENTATIONS = 128

/** Where nothing is known of a pair: between what mates and what strangers have. */
const UNKNOWN = { orientation: 16, period: 0.1 }

const FEATURES = ['nearness', 'likeness', 'support', 'expected', 'orientation', 'period'] as const
const WITHOUT = 4
const VARIANTS: Record<string, readonly number[]> = {
  'as in use': [0, 1, 2, 3],
  'with orientation': [0, 1, 2, 3, 4],
  'with period': [0, 1, 2, 3, 5],
  'with both': [0, 1, 2, 3, 4, 5],
}

interface Compared {
  readonly set: string
  readonly kind: 'genuine' | 'impostor'
  readonly features: readonly number[]
}

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('name the folder that holds the FVC sets')
  process.exit(2)
}
const compared = compareAll(folder)
if (!compared.some(({ set }) => TUNED_ON.test(set))) {
  console.error(`${folder} has no images of FVC2002`)
  process.exit(2)
}
show()

function compareAll(from: string): Compared[] {
  const views = new Map<Uint8Array, FingerView>()
  const sets = readSets(from, 'images', (view) => {
    const record = pack(view)
    views.set(record, view)
    return record
  })
  const samples = new Map([...views].map(([record, view]) => [record, inOrder(view)]))
  const found: number[][] = []
  const comparisons = sets.flatMap(({ name, impressions }) => {
    // The protocol wants an integer score: it is given the place of what was found.
    return compareSet(name, impressions, (record: Uint8Array) => {
      const probe = prepareProbe(record)
      return (candidate) => found.push(featuresOf(probe, record, candidate, samples)) - 1
    })
  })
  return comparisons.map(({ set, kind, score }) => ({ set, kind, features: found[score]! }))
}

/** Of each minutia of the record, undefined where the template has no sample of it. */
function inOrder(view: FingerView): (RidgeSample | undefined)[] {
  const samples = ridgeSamples(view) ?? []
  return heldBy(view).map((index) => samples[index])
}

function featuresOf(
  probe: Probe,
  record: Uint8Array,
  candidate: Uint8Array,
  samples: ReadonlyMap<Uint8Array, readonly (RidgeSample | undefined)[]>,
): number[] {
  const { nearness, likeness, support, expected } = gather(probe, fieldsOf(candidate), 0)
  const met = pairing(record, candidate).meetings
  const { orientation, period } = differences(met, samples.get(record)!, samples.get(candidate)!)
  return [nearness, likeness, support, expected, orientation, period]
}

/** Means over all sites of the minutiae that meet, and over these. */
function differences(
  meetings: Pairing['meetings'],
  ofProbe: readonly (RidgeSample | undefined)[],
  ofCandidate: readonly (RidgeSample | undefined)[],
): { orientation: number; period: number } {
  const turned: number[] = []
  const stretched: number[] = []
  for (const { probe, candidate } of meetings) {
    const one = ofProbe[probe]
    const other = ofCandidate[candidate]
    if (!one || !other) continue
    if (one.period > 0 && other.period > 0) {
      stretched.push(Math.abs(Math.log(one.period / other.period)))
    }
    for (const [site, orientation] of one.orientations.entries()) {
      const there = other.orientations[site]!
      if (orientation === NO_RIDGE || there === NO_RIDGE) continue
      const off = Math.abs(orientation - there)
      turned.push(Math.min(off, ORIENTATIONS - off))
    }
  }
  return {
    orientation: meanOf(turned) ?? UNKNOWN.orientation,
    period: meanOf(stretched) ?? UNKNOWN.period,
  }
}

function meanOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function show(): void {
  const medians = FEATURES.slice(WITHOUT).map((name, index) => {
    const of = (kind: Compared['kind']) => {
      const values = compared.filter((pair) => pair.kind === kind)
      return median(values.map(({ features }) => features[WITHOUT + index]!)).toFixed(3)
    }
    return [name, of('genuine'), of('impostor')]
  })
  console.log(table([['median difference', 'one finger', 'two'], ...medians]))
  const groups = [/^fvc2002\//, /^fvc2004\//, /./]
  const header = ['FVC2002', 'FVC2004', 'all'].flatMap((name) => {
    return [`${name} EER`, 'FNMR@0.1 %', 'ZeroFMR']
  })
  const rows = Object.entries(VARIANTS).map(([name, used]) => {
    const scored = scoresWith(used)
    const cells = groups.flatMap((group) => {
      const { eer, fmr1000, zeroFmr } = errorRates(scored.filter(({ set }) => group.test(set)))
      return [eer, fmr1000, zeroFmr].map((rate) => rate.toFixed(2))
    })
    return [name, ...cells]
  })
  console.log(table([['%', ...header], ...rows]))
}

/** By weights found on FVC2002 for these features alone. */
function scoresWith(used: readonly number[]): (Compared & { score: number })[] {
  const tuned = compared.filter(({ set }) => TUNED_ON.test(set))
  const weights = logisticRegression(
    tuned.map(({ kind, features }) => {
      return { features: used.map((at) => features[at]!), isOne: kind === 'genuine' }
    }),
  )
  return compared.map((pair) => {
    const score = used.reduce((sum, at, place) => sum + weights[place]! * pair.features[at]!, 0)
    return { ...pair, score }
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[values.length >> 1] ?? 0
}
