/** Which images minutiae are extracted from. */
import type { GreyImage } from '../image/image.ts'
import { InvalidImage } from '../image/invalid-image.ts'
import { MATCHER_DPI } from '../image/resample.ts'

/**
 * Pixels. Twice a single-finger sensor's longest side, and all a packed record can place; a slap is
 * cut into fingers first.
 */
export const SIDE_MAX = 2_046

/**
 * @throws InvalidImage `resolution`: not at 500 dpi; `size`: a side that is no count of pixels, or
 *   longer than `SIDE_MAX`; `length`: not as many pixels as the sides say
 */
export function checkFit({ pixels, width, height, dpi }: GreyImage): void {
  if (dpi !== MATCHER_DPI) {
    throw new InvalidImage('resolution', `${dpi ?? 'unknown'} dpi, not ${MATCHER_DPI}`)
  }
  if (!isSide(width) || !isSide(height)) {
    throw new InvalidImage('size', `${width} x ${height} pixels, sides are 1 to ${SIDE_MAX}`)
  }
  if (pixels.length !== width * height) {
    throw new InvalidImage('length', `${pixels.length} pixels are not ${width} x ${height}`)
  }
}

function isSide(length: number): boolean {
  return Number.isInteger(length) && length >= 1 && length <= SIDE_MAX
}
