/**
 * What the quality of prints is worth: `npm run bench:quality -- <folder>`.
 *
 * Of the images of the FVC sets below the folder: how often genuine comparisons fail once the worst
 * prints are rejected (threshold at FMR 0.1 % of all pairs, a pair is as good as its worse print);
 * what scores go with which quality; and how often each code of feedback is given.
 *
 * Further: --json <file>. Quality was fitted on FVC2002; nothing was on FVC2004.
 */
import { pack } from '../../matcher/packed.ts'
import type { Feedback } from '../../matcher/quality/feedback.ts'
import { compareSet } from './accuracy/protocol.ts'
import { scorerOf } from './accuracy/scoring.ts'
import { readSets } from './accuracy/sets.ts'
import { median } from './median.ts'
import { discardCurve, ratedPrints } from './quality/discard.ts'
import { report, table } from './report.ts'

const SHARES = [0, 0.01, 0.02, 0.05, 0.1, 0.2] as const

/** Points of quality that are looked at together. */
const BAND = 10

const argv = process.argv.slice(2)
const qualities = new Map<Uint8Array, number>()
const feedbacks = new Map<Uint8Array, readonly Feedback[]>()
const found = readSets(argv[0] ?? '.', 'images', (view, feedback = []) => {
  const record = pack(view)
  qualities.set(record, view.quality)
  feedbacks.set(record, feedback)
  return record
})
if (found.length === 0) {
  console.error('bench:quality: name a folder that holds images of FVC sets')
  process.exit(2)
}
const sets = found.map((set) => ({
  ...set,
  prints: ratedPrints(set, qualities),
  comparisons: compareSet(set.name, set.impressions, scorerOf),
}))
const curves = [
  { name: 'pooled', curve: curveOf(/./) },
  { name: 'fvc2002', curve: curveOf(/^fvc2002\//) },
  { name: 'fvc2004', curve: curveOf(/^fvc2004\//) },
].flatMap(({ name, curve }) => (curve === undefined ? [] : [{ name, curve }]))
printCurves()
printBands()
printFeedback()
report(
  'share of false non-matches at FMR 0.1 % left when the worst 5 % are rejected',
  curves.map(({ name, curve }) => {
    const at = (share: number) => curve.find((one) => one.share === share)!.fnmr
    return { name: `${name}_fnmr_left`, value: at(0.05) / at(0), unit: 'of 1' }
  }),
  argv,
)

function curveOf(chosen: RegExp) {
  const some = sets.filter(({ name }) => chosen.test(name))
  if (some.length === 0) return undefined
  const prints = some.flatMap((set) => set.prints)
  return discardCurve(
    prints,
    some.flatMap(({ comparisons }) => comparisons),
    SHARES,
  )
}

function printCurves(): void {
  const rows = curves.map(({ name, curve }) => {
    return [name, ...curve.map(({ fnmr, failed }) => `${fnmr.toFixed(2)} (${failed})`)]
  })
  const header = ['rejected', ...SHARES.map((share) => `${100 * share} %`)]
  console.log('FNMR at FMR 0.1 %, %, with the count of false non-matches')
  console.log(table([header, ...rows]))
}

/** By the worse print of a genuine pair. */
function printBands(): void {
  const quality = new Map(
    sets.flatMap(({ prints }) => prints.map((one) => [`${one.set}/${one.name}`, one.quality])),
  )
  const bands = new Map<number, { prints: number; scores: number[] }>()
  const band = (value: number) => {
    const least = Math.floor(value / BAND) * BAND
    const known = bands.get(least) ?? { prints: 0, scores: [] }
    bands.set(least, known)
    return known
  }
  for (const value of quality.values()) band(value).prints += 1
  for (const { set, first, second, kind, score } of sets.flatMap((one) => one.comparisons)) {
    if (kind !== 'genuine') continue
    const worse = Math.min(quality.get(`${set}/${first}`)!, quality.get(`${set}/${second}`)!)
    band(worse).scores.push(score)
  }
  const rows = [...bands.entries()]
    .sort(([one], [two]) => one - two)
    .map(([least, { prints, scores }]) => [
      `${least} to ${least + BAND - 1}`,
      String(prints),
      String(scores.length),
      scores.length === 0 ? '' : String(median(scores)),
      shareBelow(scores, 25),
      shareBelow(scores, 40),
    ])
  const header = ['quality', 'prints', 'pairs', 'median score', 'below 25, %', 'below 40, %']
  console.log(`\n${table([header, ...rows])}`)
}

function shareBelow(scores: readonly number[], score: number): string {
  if (scores.length === 0) return ''
  return ((100 * scores.filter((one) => one < score).length) / scores.length).toFixed(1)
}

function printFeedback(): void {
  const given = sets.map(({ impressions }) =>
    impressions.flatMap(({ record }) => (record === undefined ? [] : feedbacks.get(record)!)),
  )
  const codes = [...new Set(given.flat())].sort()
  const rows = codes.map((code) => [
    code,
    ...given.map((some) => String(some.filter((one) => one === code).length)),
  ])
  console.log(`\nprints told so\n${table([['', ...sets.map(({ name }) => name)], ...rows])}`)
}
