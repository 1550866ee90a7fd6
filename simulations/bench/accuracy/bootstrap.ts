/**
 * Intervals by resampling fingers: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap",
 * 1993, percentile method.
 *
 * Comparisons that share a finger are not independent, fingers are: so fingers are drawn, as many
 * as there are and with replacement, and a comparison counts as often as the product of how often
 * its fingers were drawn. A finger drawn twice is no impostor of itself. Sets keep their size.
 *
 * What never happened among the fingers at hand does not happen in a resample either: an interval
 * that begins and ends at 0 says only that there were too few fingers to see an error.
 */
import { SeededRandom } from '../../world/seeded-random.ts'
import { ranksOf, ratesOfCounts, type Rates, type Scored } from './error-rates.ts'

export const REPLICATES = 1_000

const SEED = 'bench:accuracy bootstrap 1'

/** The middle share of replicates that an interval keeps. */
const COVERAGE = 0.95

export interface Trial extends Scored {
  /** The different fingers it hangs on, as `<set>/<finger>`. */
  readonly fingers: readonly string[]
}

export interface Interval {
  readonly low: number
  readonly high: number
}

export type RateIntervals = { readonly [name in keyof Rates]: Interval }

/** 95 % intervals of what `errorRates` says of the same trials; the same each time. */
export function rateIntervals(
  trials: readonly Trial[],
  { replicates = REPLICATES, seed = SEED }: { replicates?: number; seed?: string } = {},
): RateIntervals {
  const random = new SeededRandom(seed)
  const ranks = ranksOf(trials)
  const { groups, columns, sets } = columnsOf(trials, ranks)
  const rates = Array.from({ length: replicates }, () => {
    const drawn = drawFingers(sets, random)
    const weights = groups.map((fingers) => product(fingers, drawn))
    return weighedRates(columns, weights, ranks.size)
  })
  const interval = (name: keyof Rates) => percentiles(rates.map((one) => one[name]))
  return {
    eer: interval('eer'),
    fmr100: interval('fmr100'),
    fmr1000: interval('fmr1000'),
    zeroFmr: interval('zeroFmr'),
  }
}

/**
 * E. Wilson's 95 % interval of a share, in percent (J. Am. Stat. Assoc. 22, 1927), with a sample of
 * `size` independent observations; it is wide enough even where the share is 0 or 1.
 */
export function wilsonInterval(share: number, size: number): Interval {
  if (size === 0) return { low: 0, high: 100 }
  const z = 1.96
  const shrink = 1 + (z * z) / size
  const middle = (share + (z * z) / (2 * size)) / shrink
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / size + (z * z) / (4 * size * size))
  return { low: 100 * Math.max(0, middle - half), high: 100 * Math.min(1, middle + half) }
}

/** Of each trial the rank of its score and the number of its group: who has the same fingers. */
interface Columns {
  readonly rank: Int32Array
  readonly group: Int32Array
  readonly isGenuine: Uint8Array
}

function columnsOf(trials: readonly Trial[], ranks: ReadonlyMap<number, number>) {
  const known = new Map<string, number>()
  const groups: (readonly string[])[] = []
  const columns: Columns = {
    rank: new Int32Array(trials.length),
    group: new Int32Array(trials.length),
    isGenuine: new Uint8Array(trials.length),
  }
  for (const [at, { fingers, kind, score }] of trials.entries()) {
    const name = fingers.join(' ')
    let group = known.get(name)
    if (group === undefined) {
      group = groups.push(fingers) - 1
      known.set(name, group)
    }
    columns.rank[at] = ranks.get(score)!
    columns.group[at] = group
    columns.isGenuine[at] = kind === 'genuine' ? 1 : 0
  }
  const fingers = [...new Set(groups.flat())]
  const numbers = new Map(fingers.map((finger, index) => [finger, index]))
  const numbered = groups.map((group) => group.map((finger) => numbers.get(finger)!))
  return { groups: numbered, columns, sets: bySet(fingers) }
}

/** The numbers of each set's fingers. */
function bySet(fingers: readonly string[]): number[][] {
  const sets = new Map<string, number[]>()
  for (const [index, finger] of fingers.entries()) {
    const set = finger.slice(0, finger.lastIndexOf('/'))
    sets.set(set, [...(sets.get(set) ?? []), index])
  }
  return [...sets.values()]
}

/** How often each finger was drawn. */
function drawFingers(sets: readonly number[][], random: SeededRandom): Uint32Array {
  const drawn = new Uint32Array(sets.flat().length)
  for (const fingers of sets) {
    for (let count = 0; count < fingers.length; count += 1) drawn[random.pick(fingers)]! += 1
  }
  return drawn
}

function product(fingers: readonly number[], drawn: Uint32Array): number {
  return fingers.reduce((weight, finger) => weight * drawn[finger]!, 1)
}

function weighedRates(columns: Columns, weights: readonly number[], ranks: number): Rates {
  const genuine = new Float64Array(ranks)
  const impostor = new Float64Array(ranks)
  const { rank, group, isGenuine } = columns
  for (let at = 0; at < rank.length; at += 1) {
    const counts = isGenuine[at] === 1 ? genuine : impostor
    counts[rank[at]!]! += weights[group[at]!]!
  }
  return ratesOfCounts(genuine, impostor)
}

/** Nearest ranks. */
function percentiles(values: readonly number[]): Interval {
  const sorted = values.toSorted((one, two) => one - two)
  const cut = Math.floor((sorted.length * (1 - COVERAGE)) / 2)
  return { low: sorted[cut] ?? 0, high: sorted[sorted.length - 1 - cut] ?? 0 }
}
