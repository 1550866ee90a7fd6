/** Error rates of a verification experiment, ISO/IEC 19795-1, in percent. */
import type { Comparison } from './protocol.ts'

export interface ErrorRates {
  readonly genuine: number
  readonly impostor: number
  /** Where false matches and false non-matches are equally frequent. */
  readonly eer: number
  /** False non-matches where at most 1 % of impostors match. */
  readonly fmr100: number
  /** Where at most 0.1 % do. */
  readonly fmr1000: number
  /** Where none does. */
  readonly zeroFmr: number
}

/** One point of a DET curve: fractions, with scores of at least the threshold matching. */
export interface DetPoint {
  readonly threshold: number
  readonly fmr: number
  readonly fnmr: number
}

export function errorRates(comparisons: readonly Comparison[]): ErrorRates {
  const points = detPoints(comparisons)
  const genuine = comparisons.filter(({ kind }) => kind === 'genuine').length
  return {
    genuine,
    impostor: comparisons.length - genuine,
    eer: 100 * equalErrorRate(points),
    fmr100: 100 * fnmrAt(points, 0.01),
    fmr1000: 100 * fnmrAt(points, 0.001),
    zeroFmr: 100 * fnmrAt(points, 0),
  }
}

/** A point for every distinct score and for one just above it, thresholds ascending. */
export function detPoints(comparisons: readonly Comparison[]): DetPoint[] {
  const genuine = sortedScores(comparisons, 'genuine')
  const impostor = sortedScores(comparisons, 'impostor')
  const scores = new Set(comparisons.flatMap(({ score }) => [score, score + 1]))
  const thresholds = [...scores].sort((one, two) => one - two)
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

function fnmrAt(points: readonly DetPoint[], fmr: number): number {
  return points.find((point) => point.fmr <= fmr)!.fnmr
}

/** Mean of both rates at the threshold where they are nearest. */
function equalErrorRate(points: readonly DetPoint[]): number {
  const nearest = points.reduce((best, point) => (gap(point) < gap(best) ? point : best))
  return (nearest.fmr + nearest.fnmr) / 2
}

function gap({ fmr, fnmr }: DetPoint): number {
  return Math.abs(fmr - fnmr)
}

function sortedScores(comparisons: readonly Comparison[], wanted: Comparison['kind']): number[] {
  return comparisons
    .filter(({ kind }) => kind === wanted)
    .map(({ score }) => score)
    .sort((one, two) => one - two)
}
