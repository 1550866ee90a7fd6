/**
 * A finger image as the rest of the matcher sees it, whichever format it came in, and what bounds
 * one. Formats' own readers stand beside this file; `read.ts` chooses among them.
 */
import { InvalidImage } from './invalid-image.ts'

/** 8-bit grey, row by row from the top left, 0 black. */
export interface GreyImage {
  /** Pixels. */
  width: number
  /** Pixels. */
  height: number
  /** `width * height` bytes, shared with nobody. */
  pixels: Uint8Array
  /** Pixels per inch, whole; undefined where nobody has said. */
  dpi: number | undefined
}

/** Ten flat fingers and four slaps at 500 dpi, uncompressed, in one record. */
export const IMAGE_BYTES_MAX = 33_554_432

/** Shortest side, pixels: 2.7 mm at 300 dpi, and the least that WSQ's tree can split. */
export const IMAGE_SIDE_MIN = 32

/** Longest side, pixels: 4 inches at 1,000 dpi, more than a slap of four fingers. */
export const IMAGE_SIDE_MAX = 4_096

/** Area, pixels: a slap of 3.2 by 3 inches at 1,000 dpi has 9.6 million. */
export const IMAGE_PIXELS_MAX = 10_000_000

/**
 * Pixels that one byte of a file may stand for. WSQ at 0.75 bits leaves about 17; what goes far
 * beyond that carries no ridges, and is meant to fill memory.
 */
export const PIXELS_PER_BYTE_MAX = 64

/** Below 300 dpi ridges run together; no finger scanner has more than 1,200. */
export const DPI_MIN = 300
export const DPI_MAX = 1_200

export const METRES_PER_INCH = 0.0254

/**
 * Refuses a size before anything of that size is allocated.
 *
 * @param byteCount what the pixels are to be decoded from
 * @throws InvalidImage `size`
 */
export function checkSize(width: number, height: number, byteCount: number): void {
  for (const side of [width, height]) {
    if (Number.isInteger(side) && side >= IMAGE_SIDE_MIN && side <= IMAGE_SIDE_MAX) continue
    const range = `${IMAGE_SIDE_MIN}..${IMAGE_SIDE_MAX}`
    throw new InvalidImage('size', `${width} x ${height} pixels; sides are ${range}`)
  }
  const count = width * height
  if (count > IMAGE_PIXELS_MAX) {
    throw new InvalidImage('size', `${count} pixels, ${IMAGE_PIXELS_MAX} are allowed`)
  }
  if (count > byteCount * PIXELS_PER_BYTE_MAX) {
    throw new InvalidImage('size', `${count} pixels from ${byteCount} bytes`)
  }
}

/** @throws InvalidImage `resolution` where it is known and outside 300..1,200 dpi */
export function checkDpi(dpi: number | undefined): void {
  if (dpi === undefined || (Number.isInteger(dpi) && dpi >= DPI_MIN && dpi <= DPI_MAX)) return
  throw new InvalidImage('resolution', `${dpi} dpi, not in ${DPI_MIN}..${DPI_MAX}`)
}

/**
 * Pixels per metre, as PNG, BMP and JPEG 2000 have them, as whole dpi; 0 says nothing.
 *
 * @throws InvalidImage `resolution` where pixels are not square
 */
export function dpiOfMetres(x: number, y: number): number | undefined {
  return squareDpi(x * METRES_PER_INCH, y * METRES_PER_INCH)
}

/** Pixels per centimetre: 197 is 500 dpi, as in ISO/IEC 19794-4. */
export function dpiOfCentimetres(x: number, y: number): number | undefined {
  return squareDpi(x * 2.54, y * 2.54)
}

/** @throws InvalidImage `resolution` where pixels are more than a hundredth off square */
export function squareDpi(x: number, y: number): number | undefined {
  if (x === 0 || y === 0) return undefined
  if (Math.abs(x - y) > 0.01 * Math.max(x, y)) {
    throw new InvalidImage('resolution', `${x} by ${y} dpi: pixels are not square`)
  }
  return Math.round((x + y) / 2)
}
