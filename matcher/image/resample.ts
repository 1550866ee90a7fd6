/**
 * Images at the resolution that the matcher works at.
 *
 * Catmull-Rom's cubic, one direction after the other; where pixels become fewer it is stretched by
 * as much, so that each new pixel is an average over the area that it covers. Weights come from the
 * four basic operations on doubles and are rounded to integers that add up to one; from there on
 * all is integer: any machine gives the same bytes.
 */
import { checkSize, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'

export const MATCHER_DPI = 500

/** Weights are in units of 2^-14. */
const WEIGHT_BITS = 14
const ONE = 1 << WEIGHT_BITS

/** The first pass keeps this many bits below a grey level, the second drops them. */
const KEPT_BITS = 6

/** Reach of the cubic to either side, in pixels of the coarser side. */
const REACH = 2

/** The same picture at 500 dpi; the very same object where it is that already. */
export function at500Dpi(image: GreyImage): GreyImage {
  const { dpi } = image
  if (dpi === undefined) throw new InvalidImage('resolution', 'nobody has said how many dpi')
  if (dpi === MATCHER_DPI) return image
  const width = scaledLength(image.width, dpi)
  const height = scaledLength(image.height, dpi)
  checkSize(width, height, image.pixels.length)
  const across = weightsFor(image.width, width, dpi)
  const rows = new Int32Array(width * image.height)
  for (let row = 0; row < image.height; row += 1) {
    const source = image.pixels.subarray(row * image.width, (row + 1) * image.width)
    for (let column = 0; column < width; column += 1) {
      const sum = weighed(source, 1, 0, across, column)
      const rounding = 1 << (WEIGHT_BITS - KEPT_BITS - 1)
      rows[row * width + column] = (sum + rounding) >> (WEIGHT_BITS - KEPT_BITS)
    }
  }
  const down = weightsFor(image.height, height, dpi)
  const pixels = new Uint8Array(width * height)
  const rounding = 1 << (WEIGHT_BITS + KEPT_BITS - 1)
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const sum = weighed(rows, width, column, down, row)
      const grey = (sum + rounding) >> (WEIGHT_BITS + KEPT_BITS)
      pixels[row * width + column] = Math.max(0, Math.min(255, grey))
    }
  }
  return { width, height, pixels, dpi: MATCHER_DPI }
}

function scaledLength(length: number, dpi: number): number {
  return Math.floor((2 * length * MATCHER_DPI + dpi) / (2 * dpi))
}

interface Weights {
  /** Weights of every new pixel, `taps` for each. */
  readonly values: Int32Array
  /** The old pixel that each weight is for; those over the edge are the edge's. */
  readonly places: Int32Array
  readonly taps: number
}

function weightsFor(from: number, to: number, dpi: number): Weights {
  const stretch = Math.max(1, dpi / MATCHER_DPI)
  const taps = 2 * Math.ceil(REACH * stretch) + 1
  const values = new Int32Array(to * taps)
  const places = new Int32Array(to * taps)
  for (let target = 0; target < to; target += 1) {
    // Centres of pixels lie half a pixel in, in both.
    const centre = ((2 * target + 1) * dpi) / (2 * MATCHER_DPI) - 0.5
    const middle = Math.floor(centre + 0.5)
    const first = middle - (taps >> 1)
    const raw = Array.from({ length: taps }, (_, tap) => cubic((first + tap - centre) / stretch))
    const total = raw.reduce((sum, weight) => sum + weight, 0)
    let left = ONE
    for (const [tap, weight] of raw.entries()) {
      const value = Math.round((weight / total) * ONE)
      left -= value
      values[target * taps + tap] = value
      places[target * taps + tap] = Math.max(0, Math.min(from - 1, first + tap))
    }
    // What rounding has left over goes to the largest.
    values[target * taps + (taps >> 1)]! += left
  }
  return { values, places, taps }
}

/** Keys' cubic with a = -1/2. */
function cubic(distance: number): number {
  const x = Math.abs(distance)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
}

function weighed(
  line: Uint8Array | Int32Array,
  stride: number,
  offset: number,
  { values, places, taps }: Weights,
  target: number,
): number {
  let sum = 0
  for (let tap = target * taps; tap < (target + 1) * taps; tap += 1) {
    sum += values[tap]! * line[offset + places[tap]! * stride]!
  }
  return sum
}
