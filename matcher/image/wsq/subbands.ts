/**
 * The tree of WSQ: which regions of the plane are split, in which order, and which 60 regions that
 * leaves to be coded.
 *
 * Source: FBI IAFIS-IC-0110 (WSQ v3.1). A split puts low frequencies left and top, save in a region
 * that is itself the right or the lower half of another: there the high ones come first, so that
 * subbands stand in order of frequency. The quarter that is high both ways in the first split
 * (subbands 60 to 63) is not coded.
 */

export interface Region {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Whether the high half comes first when it is split from left to right. */
  readonly isHighLeft: boolean
  /** Whether the high half comes first when it is split from top to bottom. */
  readonly isHighTop: boolean
}

export interface Subbands {
  /** In the order of analysis; synthesis goes the other way. */
  readonly splits: readonly Region[]
  /** Subbands 0 to 59, as they are coded. */
  readonly bands: readonly Region[]
}

/** Subbands that may be coded. */
export const BANDS = 60

/** First subbands of the second and the third block of code. */
export const SECOND_BLOCK = 19
export const THIRD_BLOCK = 52

type Quarters = readonly [Region, Region, Region, Region]

export function subbandsOf(width: number, height: number): Subbands {
  const whole: Region = { x: 0, y: 0, width, height, isHighLeft: false, isHighTop: false }
  const [low, right, lower] = quartersOf(whole)
  const [lowest, lowRight, lowLower, lowCorner] = quartersOf(low)
  const lowestQuarters = quartersOf(lowest)
  const [centre, ...beside] = lowestQuarters
  const centreQuarters = quartersOf(centre)
  const [core, ...aroundCore] = centreQuarters
  const rightQuarters = quartersOf(lowRight)
  const lowerQuarters = quartersOf(lowLower)
  return {
    splits: [
      whole,
      low,
      right,
      lower,
      lowest,
      lowRight,
      lowLower,
      ...lowestQuarters,
      ...rightQuarters,
      ...lowerQuarters,
      core,
    ],
    bands: [
      ...quartersOf(core),
      ...aroundCore,
      ...beside.flatMap(quartersOf),
      ...rightQuarters.flatMap(quartersOf),
      ...lowerQuarters.flatMap(quartersOf),
      lowCorner,
      ...quartersOf(right),
      ...quartersOf(lower),
    ],
  }
}

export function areaOf({ width, height }: Region): number {
  return width * height
}

function quartersOf({ x, y, width, height, isHighLeft, isHighTop }: Region): Quarters {
  const left = isHighLeft ? width >> 1 : (width + 1) >> 1
  const top = isHighTop ? height >> 1 : (height + 1) >> 1
  const quarter = (isRight: boolean, isLower: boolean): Region => ({
    x: isRight ? x + left : x,
    y: isLower ? y + top : y,
    width: isRight ? width - left : left,
    height: isLower ? height - top : top,
    isHighLeft: isRight,
    isHighTop: isLower,
  })
  return [quarter(false, false), quarter(true, false), quarter(false, true), quarter(true, true)]
}
