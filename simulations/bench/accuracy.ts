/**
 * How well the matcher tells fingers apart: `npm run bench:accuracy -- <folder>`.
 *
 * Runs FVC's protocol on every set below the folder and compares with what open matchers reached on
 * the same templates and the same 17,280 within-set impostor pairs (six sets B of FVC2002 and
 * FVC2004). Descriptor and weights were tuned on FVC2002 DB1..4_B; the FVC2004 sets are the only
 * ones that tuning never fitted, though they were looked at, so read all figures as slightly
 * optimistic.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldsOf, prepareProbe } from '../../matcher/score/probe.ts'
import { scorePrepared } from '../../matcher/score/score.ts'
import { detPlot } from './accuracy/det-plot.ts'
import { detPoints, errorRates, thresholdAt, type ErrorRates } from './accuracy/error-rates.ts'
import { compareSet, type Comparison } from './accuracy/protocol.ts'
import { readSets, type FvcSet } from './accuracy/sets.ts'
import { optionOf, report, table, type Measurement } from './report.ts'

/** Whose templates can be asked for, and the best open peer on them, in percent. */
const BASELINES = {
  mindtct: { peer: 'bozorth3', rates: [6.81, 12.9, 19.5, 27.8] },
  fingerjet: { peer: 'SourceAFIS', rates: [7.32, 11.6, 15.1, 20.8] },
  secugen: { peer: 'SourceAFIS', rates: [7.14, 13.0, 18.4, 23.3] },
} as const

/** Fingers of a set that `--quick` looks at. */
const QUICK_FINGERS = 10

type Extractor = keyof typeof BASELINES

/** A run that cannot be done as asked. */
class BenchRefused extends Error {
  override readonly name = 'BenchRefused'
  readonly code: 'usage' | 'no-extractor' | 'no-sets'
  constructor(code: 'usage' | 'no-extractor' | 'no-sets', message: string) {
    super(message)
    this.code = code
  }
}

try {
  run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BenchRefused)) throw error
  console.error(`bench:accuracy: ${error.code}: ${error.message}`)
  process.exitCode = 2
}

function run(argv: readonly string[]): void {
  const [folder] = argv
  if (folder === undefined || folder.startsWith('--')) {
    throw new BenchRefused('usage', 'name the folder that holds the FVC sets')
  }
  const extractor = extractorOf(optionOf(argv, '--templates') ?? 'fingerjet')
  const found = readSets(folder, extractor)
  if (found.length === 0)
    throw new BenchRefused('no-sets', `${folder} has no ${extractor} templates`)
  const sets = argv.includes('--quick') ? found.map((set) => firstFingers(set)) : found

  const started = process.cpuUsage()
  const comparisons = sets.flatMap(({ name, impressions }) =>
    compareSet(name, impressions, scorerOf),
  )
  const seconds = process.cpuUsage(started).user / 1e6

  printSets(extractor, sets, comparisons)
  printThresholds(comparisons)
  writeFiles(optionOf(argv, '--out') ?? 'bench-results', extractor, comparisons)
  console.log(`\n${Math.round(comparisons.length / seconds)} comparisons a second on one thread`)
  const pooled = errorRates(comparisons)
  // The six sets the peers were measured on, whole: nothing else may stand beside their figures.
  const isComparable = sets.length === 6 && pooled.impostor === 17_280
  report(
    `${extractor}, all sets pooled, every within-set impostor pair; ` +
      `baseline ${BASELINES[extractor].peer}`,
    measurements(pooled, failuresIn(sets), isComparable ? extractor : undefined),
    argv,
  )
}

/** Sets B are whole with ten fingers; of a set A they make 3,160 comparisons instead of 319,600. */
function firstFingers({ name, impressions }: FvcSet): FvcSet {
  const fingers = [...new Set(impressions.map(({ finger }) => finger))].slice(0, QUICK_FINGERS)
  return { name, impressions: impressions.filter(({ finger }) => fingers.includes(finger)) }
}

function extractorOf(name: string): Extractor {
  if (isExtractor(name)) return name
  if (name === 'images') {
    const message = 'there is no extractor of our own yet, so images cannot be measured'
    throw new BenchRefused('no-extractor', message)
  }
  throw new BenchRefused(
    'usage',
    `--templates is mindtct, fingerjet, secugen or images, not ${name}`,
  )
}

function isExtractor(name: string): name is Extractor {
  return Object.hasOwn(BASELINES, name)
}

function scorerOf(record: Uint8Array): (candidate: Uint8Array) => number {
  const probe = prepareProbe(record)
  return (candidate) => scorePrepared(probe, fieldsOf(candidate), 0)
}

function failuresIn(sets: readonly FvcSet[]): number {
  return sets.flatMap(({ impressions }) => impressions).filter(({ record }) => !record).length
}

function printSets(
  extractor: string,
  sets: readonly FvcSet[],
  comparisons: readonly Comparison[],
): void {
  const header = ['set', 'genuine', 'impostor', 'EER', 'FMR100', 'FMR1000', 'ZeroFMR', 'failures']
  const rows = (chosen: readonly Comparison[]): string[][] => [
    ...sets.map((set) => {
      const own = chosen.filter((comparison) => comparison.set === set.name)
      return [set.name, ...cells(errorRates(own)), String(failuresIn([set]))]
    }),
    ['pooled', ...cells(errorRates(chosen)), String(failuresIn(sets))],
  ]
  const fvc = comparisons.filter((one) => one.kind === 'genuine' || one.isFirstImpressions)
  console.log(`${extractor}, %: every within-set pair of different fingers as impostors`)
  console.log(table([header, ...rows(comparisons)]))
  console.log(`\n${extractor}, %: FVC's own impostor pairs, first impressions only`)
  console.log(table([header, ...rows(fvc)]))
}

function cells({ genuine, impostor, eer, fmr100, fmr1000, zeroFmr }: ErrorRates): string[] {
  const rates = [eer, fmr100, fmr1000, zeroFmr].map((rate) => rate.toFixed(2))
  return [String(genuine), String(impostor), ...rates]
}

function printThresholds(comparisons: readonly Comparison[]): void {
  const points = detPoints(comparisons)
  const rows = [0.1, 0.01, 0.001, 0.0001, 0].map((fmr) => [
    `${fmr * 100} %`,
    String(thresholdAt(points, fmr)),
  ])
  console.log(`\n${table([['FMR at most', 'least score'], ...rows])}`)
}

function writeFiles(folder: string, extractor: string, comparisons: readonly Comparison[]): void {
  mkdirSync(folder, { recursive: true })
  const lines = comparisons.map(({ set, first, second, kind, score }) =>
    [set, first, second, kind, score].join(','),
  )
  const header = 'set,first,second,kind,score'
  writeFileSync(join(folder, `accuracy-${extractor}.csv`), `${[header, ...lines].join('\n')}\n`)
  const curve = { name: extractor, points: detPoints(comparisons) }
  writeFileSync(join(folder, `accuracy-${extractor}.svg`), detPlot('DET, all sets pooled', [curve]))
}

function measurements(
  { eer, fmr100, fmr1000, zeroFmr }: ErrorRates,
  failures: number,
  extractor: Extractor | undefined,
): Measurement[] {
  const peer = extractor ? BASELINES[extractor].rates : []
  return [
    rated('eer', eer, peer[0]),
    rated('fnmr_at_fmr_1pct', fmr100, peer[1]),
    rated('fnmr_at_fmr_0_1pct', fmr1000, peer[2]),
    rated('zero_fmr', zeroFmr, peer[3]),
    { name: 'failures_to_extract', value: failures, unit: 'count' },
  ]
}

function rated(name: string, value: number, baseline: number | undefined): Measurement {
  if (baseline === undefined) return { name, value, unit: '%' }
  return { name, value, unit: '%', baseline, ratio: value / baseline }
}
