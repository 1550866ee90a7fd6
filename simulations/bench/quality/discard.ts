/** What is gained by rejecting prints of low quality: the error-versus-discard curve. */
import { detPoints, thresholdAt } from '../accuracy/error-rates.ts'
import { nameOf, type Comparison } from '../accuracy/protocol.ts'
import type { FvcSet } from '../accuracy/sets.ts'

/** False match rate at which false non-matches are counted. */
const FMR = 0.001

export interface RatedPrint {
  /** As a comparison names it: set and file. */
  readonly set: string
  readonly name: string
  readonly quality: number
}

export interface Discarded {
  /** Of all prints, those with the lowest quality. */
  readonly share: number
  /** The lowest quality that is left. */
  readonly quality: number
  readonly genuine: number
  readonly failed: number
  /** Percent. */
  readonly fnmr: number
}

/**
 * False non-matches among the genuine pairs of which both prints are left, at the threshold that
 * all pairs together gave.
 */
export function discardCurve(
  prints: readonly RatedPrint[],
  comparisons: readonly Comparison[],
  shares: readonly number[],
): readonly Discarded[] {
  const threshold = thresholdAt(detPoints(comparisons), FMR)
  const worstFirst = prints.toSorted((one, two) => one.quality - two.quality)
  const genuine = comparisons.filter(({ kind }) => kind === 'genuine')
  return shares.map((share) => {
    const kept = worstFirst.slice(Math.round(share * prints.length))
    const names = new Set(kept.map(({ set, name }) => `${set}/${name}`))
    const left = genuine.filter(({ set, first, second }) => {
      return names.has(`${set}/${first}`) && names.has(`${set}/${second}`)
    })
    const failed = left.filter(({ score }) => score < threshold).length
    const fnmr = (100 * failed) / left.length
    return { share, quality: kept[0]!.quality, genuine: left.length, failed, fnmr }
  })
}

/** The prints of a set, by the quality that was noted for each record. */
export function ratedPrints(
  { name: set, impressions }: FvcSet,
  qualities: ReadonlyMap<Uint8Array, number>,
): RatedPrint[] {
  return impressions.map((impression) => {
    const { record } = impression
    const quality = record === undefined ? 0 : (qualities.get(record) ?? 0)
    return { set, name: nameOf(impression), quality }
  })
}
