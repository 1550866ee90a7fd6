/** Error rates of a verification experiment, ISO/IEC 19795-1, in percent. */

/** The outcome of one comparison, of two fingers or of two people. */
export interface Scored {
  readonly kind: 'genuine' | 'impostor'
  readonly score: number
}

export interface Rates {
  /** Where false matches and false non-matches are equally frequent. */
  readonly eer: number
  /** False non-matches where at most 1 % of impostors match. */
  readonly fmr100: number
  /** Where at most 0.1 % do. */
  readonly fmr1000: number
  /** Where none does. */
  readonly zeroFmr: number
}

export interface ErrorRates extends Rates {
  readonly genuine: number
  readonly impostor: number
}

/** One point of a DET curve: fractions, with scores of at least the threshold matching. */
export interface DetPoint {
  readonly threshold: number
  readonly fmr: number
  readonly fnmr: number
}

/** False match rates at which `Rates` says the false non-matches. */
const LIMITS = [0.01, 0.001, 0] as const

export function errorRates(comparisons: readonly Scored[]): ErrorRates {
  const ranks = ranksOf(comparisons)
  const counts = { genuine: emptyCounts(ranks), impostor: emptyCounts(ranks) }
  let genuine = 0
  for (const { kind, score } of comparisons) {
    counts[kind][ranks.get(score)!]! += 1
    if (kind === 'genuine') genuine += 1
  }
  const rates = ratesOfCounts(counts.genuine, counts.impostor)
  return { genuine, impostor: comparisons.length - genuine, ...rates }
}

/** Of every score that occurs, how many lower ones occur. */
export function ranksOf(comparisons: readonly Scored[]): Map<number, number> {
  const scores = [...new Set(comparisons.map(({ score }) => score))].sort((one, two) => one - two)
  return new Map(scores.map((score, rank) => [score, rank]))
}

/** Both as how often, or with what weight, the score of each rank occurs. */
export function ratesOfCounts(genuine: Float64Array, impostor: Float64Array): Rates {
  const ofGenuine = sum(genuine)
  const ofImpostor = sum(impostor)
  let below = 0
  let above = ofImpostor
  let leastGap = Infinity
  let eer = 0
  // Undefined until so few impostors match; behind the last score none does.
  const fnmrs: (number | undefined)[] = LIMITS.map(() => undefined)
  for (let rank = 0; rank <= genuine.length; rank += 1) {
    const fmr = ofImpostor === 0 ? 0 : above / ofImpostor
    const fnmr = ofGenuine === 0 ? 0 : below / ofGenuine
    if (Math.abs(fmr - fnmr) < leastGap) {
      leastGap = Math.abs(fmr - fnmr)
      eer = (fmr + fnmr) / 2
    }
    for (const [index, limit] of LIMITS.entries()) if (fmr <= limit) fnmrs[index] ??= fnmr
    below += genuine[rank] ?? 0
    above -= impostor[rank] ?? 0
  }
  const [fmr100, fmr1000, zeroFmr] = fnmrs.map((fnmr) => 100 * (fnmr ?? 1))
  return { eer: 100 * eer, fmr100: fmr100!, fmr1000: fmr1000!, zeroFmr: zeroFmr! }
}

/** A point for every distinct score and for one just above it, thresholds ascending. */
export function detPoints(comparisons: readonly Scored[]): DetPoint[] {
  const genuine = sortedScores(comparisons, 'genuine')
  const impostor = sortedScores(comparisons, 'impostor')
  const scores = new Set(comparisons.map(({ score }) => score))
  const thresholds = [...new Set([...scores].flatMap((score) => [score, score + 1]))]
  thresholds.sort((one, two) => one - two)
  let genuineBelow = 0
  let impostorBelow = 0
  return thresholds.map((threshold) => {
    while (genuineBelow < genuine.length && genuine[genuineBelow]! < threshold) genuineBelow += 1
    while (impostorBelow < impostor.length && impostor[impostorBelow]! < threshold) {
      impostorBelow += 1
    }
    return {
      threshold,
      fmr: impostor.length === 0 ? 0 : (impostor.length - impostorBelow) / impostor.length,
      fnmr: genuine.length === 0 ? 0 : genuineBelow / genuine.length,
    }
  })
}

/** Lowest threshold at which at most this fraction of impostors matches. */
export function thresholdAt(points: readonly DetPoint[], fmr: number): number {
  return points.find((point) => point.fmr <= fmr)!.threshold
}

function sortedScores(comparisons: readonly Scored[], wanted: Scored['kind']): number[] {
  return comparisons
    .filter(({ kind }) => kind === wanted)
    .map(({ score }) => score)
    .sort((one, two) => one - two)
}

function emptyCounts(ranks: ReadonlyMap<number, number>): Float64Array {
  return new Float64Array(ranks.size)
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0)
}
