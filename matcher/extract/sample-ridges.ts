/** What the ridges around each minutia are like, for the template to keep. */
import { COSINES, SINES, clamp } from '../integer.ts'
import {
  NO_RIDGE,
  RING_RADII,
  SAMPLED_MAX,
  SITES_ON_RING,
  type RidgeSample,
} from '../template/ridge-samples.ts'
import type { Minutia } from '../template/template.ts'
import { CELL, MARGIN, PATCH } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'
import type { RidgePattern } from './ridge-pattern.ts'

const TURN = COSINES.length

/** Of the first minutiae, which are the best. */
export function sampleRidges(minutiae: readonly Minutia[], pattern: RidgePattern): RidgeSample[] {
  return minutiae.slice(0, SAMPLED_MAX).map((minutia) => {
    return {
      period: periodAt(minutia, pattern),
      orientations: orientationsAround(minutia, pattern),
    }
  })
}

function periodAt({ x, y }: Minutia, { frame, periods }: RidgePattern): number {
  return periods[Math.floor((y + MARGIN) / CELL) * frame.across + Math.floor((x + MARGIN) / CELL)]!
}

function orientationsAround({ x, y, angle }: Minutia, pattern: RidgePattern): number[] {
  return RING_RADII.flatMap((radius) => {
    return Array.from({ length: SITES_ON_RING }, (_, site) => {
      const way = (angle * 4 + Math.round((site * TURN) / SITES_ON_RING)) % TURN
      const right = Math.floor((COSINES[way]! * radius) / 16384 + 0.5)
      const up = Math.floor((SINES[way]! * radius) / 16384 + 0.5)
      return orientationAt(x + right, y - up, angle, pattern)
    })
  })
}

/** Steps of the half turn, counter-clockwise, from the byte angle `from`. */
function orientationAt(
  x: number,
  y: number,
  from: number,
  { frame, orientation, depths }: RidgePattern,
): number {
  const column = clamp(x + MARGIN, 0, frame.stride - 1)
  const row = clamp(y + MARGIN, 0, frame.rows - 1)
  const cell = Math.floor(row / CELL) * frame.across + Math.floor(column / CELL)
  if (depths[cell] === 0) return NO_RIDGE
  const normal =
    orientation[Math.floor(row / PATCH) * (frame.stride / PATCH) + Math.floor(column / PATCH)]!
  // The ridge is a quarter turn from its normal, which is counted downwards.
  return (ORIENTATIONS / 2 - normal - from + 4 * ORIENTATIONS) % ORIENTATIONS
}
