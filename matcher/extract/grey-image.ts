/**
 * A print as the extractor takes it: grey levels at 500 dpi, ridges dark.
 */

/**
 * Pixels. Twice a single-finger sensor's longest side, and all a packed record can place; a slap is
 * cut into fingers first.
 */
export const SIDE_MAX = 2046

export interface GreyImage {
  /** Row by row from the top, 0 black to 255 white. */
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

/**
 * - `size` a side that is no count of pixels, or longer than `SIDE_MAX`
 * - `length` not as many pixels as the sides say
 */
export type UnfitImageCode = 'size' | 'length'

/** An image that nothing can be extracted from because of what it claims to be. */
export class UnfitImage extends Error {
  override readonly name = 'UnfitImage'
  readonly code: UnfitImageCode

  constructor(code: UnfitImageCode, message: string) {
    super(message)
    this.code = code
  }
}

/** @throws UnfitImage */
export function checkImage({ pixels, width, height }: GreyImage): void {
  if (!isSide(width) || !isSide(height)) {
    throw new UnfitImage('size', `${width} × ${height} pixels, sides are 1 to ${SIDE_MAX}`)
  }
  if (pixels.length !== width * height) {
    throw new UnfitImage('length', `${pixels.length} pixels are not ${width} × ${height}`)
  }
}

function isSide(length: number): boolean {
  return Number.isInteger(length) && length >= 1 && length <= SIDE_MAX
}
