/** How well a print is suited to be matched. */
import { clamp } from '../integer.ts'
import type { Minutia } from '../template/template.ts'

/** A template with this many good minutiae lacks nothing. */
const ENOUGH = 32

/** Mean quality of the best minutiae, missing ones counted as 0; 1 where there are none. */
export function qualityOf(minutiae: readonly Minutia[]): number {
  const sum = minutiae.slice(0, ENOUGH).reduce((total, { quality }) => total + quality, 0)
  return clamp(Math.floor(sum / ENOUGH), 1, 100)
}
