/**
 * How finely each subband is to be quantised for a wanted bit rate, and the quantising itself.
 *
 * Sources: FBI IAFIS-IC-0110 (WSQ v3.1); NIST's encoder, which is public domain, for where
 * variances are taken. Bits go where the variance is, so that all subbands lose about as much.
 */
import { areaOf, THIRD_BLOCK, type Region } from './subbands.ts'

/** Subbands of less variance are not coded. */
const VARIANCE_MIN = 1.01

/** Subbands 0 to 3, where the mean of the image is. */
const CORE_BANDS = 4

/** From here on a subband has a sixteenth of all pixels. */
const FINE_BAND = 51

/** Below this sum of the core's variances the print is small or faint, and all of it counts. */
const CORE_VARIANCE_MIN = 20_000

/** Pixels of a subband's middle, which those of images of 300 pixels and more have. */
const MIDDLE_PIXELS_MIN = 16

/** How much more of the finest subbands is kept, by subband from 52 on. */
const FINE_WEIGHTS = [1.32, 1.08, 1.42, 1.08, 1.32, 1.42, 1.08, 1.08]

/** Loading factor: bins cover this many standard deviations to either side. */
const LOADING = 2.5

/** A quarter of a grey level at the most; finer, and 16 bits would not hold the largest value. */
const BIN_MIN = 0.25

/** The bin around zero is wider than the others. */
export const ZERO_BIN_RATIO = 1.2

/** Bin widths by subband, 0 for one that is not worth coding at `bitRate` bits per pixel. */
export function binWidths(
  plane: Float32Array,
  stride: number,
  bands: readonly Region[],
  bitRate: number,
): Float64Array {
  const variances = variancesOf(plane, stride, bands)
  const relative = variances.map((variance, band) => {
    if (variance < VARIANCE_MIN) return 0
    return band < CORE_BANDS ? 1 : 10 / (weightOf(band) * Math.log(variance))
  })
  const deviations = variances.map(Math.sqrt)
  const coded = [...relative.keys()].filter((band) => relative[band]! > 0)
  const factor = commonFactor(coded, relative, deviations, bitRate)
  return relative.map((width) => (width === 0 ? 0 : Math.max(BIN_MIN, width / factor)))
}

/** The `q` by which relative widths are divided: found without the subbands that get no bits. */
function commonFactor(
  coded: readonly number[],
  relative: Float64Array,
  deviations: Float64Array,
  bitRate: number,
): number {
  let counted = coded
  while (counted.length > 0) {
    let share = 0
    let logProduct = 0
    for (const band of counted) {
      share += shareOf(band)
      logProduct += shareOf(band) * Math.log(deviations[band]! / relative[band]!)
    }
    const factor = 2 ** (bitRate / share - 1) / LOADING / Math.exp(logProduct / share)
    const worthIt = counted.filter((band) => {
      return relative[band]! / factor < 2 * LOADING * deviations[band]!
    })
    if (worthIt.length === counted.length) return factor
    counted = worthIt
  }
  return 1
}

/** The part of all pixels that stands in a subband. */
function shareOf(band: number): number {
  if (band < CORE_BANDS) return 1 / 1024
  return band < FINE_BAND ? 1 / 256 : 1 / 16
}

function weightOf(band: number): number {
  return FINE_WEIGHTS[band - THIRD_BLOCK] ?? 1
}

/** Of the middle of each subband, where the print is, or of all of it if that says too little. */
function variancesOf(plane: Float32Array, stride: number, bands: readonly Region[]): Float64Array {
  const ofMiddle = bands.map((band) => varianceOf(plane, stride, middleOf(band)))
  const core = ofMiddle.slice(0, CORE_BANDS).reduce((sum, variance) => sum + variance, 0)
  if (core >= CORE_VARIANCE_MIN) return Float64Array.from(ofMiddle)
  return Float64Array.from(bands, (band) => varianceOf(plane, stride, band))
}

/** The whole, where the middle of a subband has too few pixels to tell a variance by. */
function middleOf(band: Region): Region {
  const middle = {
    ...band,
    x: band.x + Math.floor(band.width / 8),
    y: band.y + Math.floor((9 * band.height) / 32),
    width: Math.floor((3 * band.width) / 4),
    height: Math.floor((7 * band.height) / 16),
  }
  return areaOf(middle) < MIDDLE_PIXELS_MIN ? band : middle
}

/** Of a single pixel its square: that it varies from nothing. */
function varianceOf(plane: Float32Array, stride: number, band: Region): number {
  const count = areaOf(band)
  let sum = 0
  let squares = 0
  for (let row = band.y; row < band.y + band.height; row += 1) {
    const start = row * stride
    for (let at = start + band.x; at < start + band.x + band.width; at += 1) {
      const value = plane[at]!
      sum += value
      squares += value * value
    }
  }
  return count < 2 ? squares : (squares - (sum * sum) / count) / (count - 1)
}

/** Coefficients of the subbands `from` to `to` (not included), those of width 0 left out. */
export function quantised(
  plane: Float32Array,
  stride: number,
  bands: readonly Region[],
  { bins, zeroBins }: { bins: Float64Array; zeroBins: Float64Array },
  [from, to]: readonly [number, number],
): Int32Array {
  const numbers = [...bands.keys()].slice(from, to).filter((band) => bins[band]! > 0)
  const into = new Int32Array(numbers.reduce((sum, band) => sum + areaOf(bands[band]!), 0))
  let place = 0
  for (const number of numbers) {
    const band = bands[number]!
    const bin = bins[number]!
    const halfZero = zeroBins[number]! / 2
    for (let row = band.y; row < band.y + band.height; row += 1) {
      for (let column = band.x; column < band.x + band.width; column += 1) {
        const value = plane[row * stride + column]!
        const size = Math.abs(value)
        const level = size <= halfZero ? 0 : Math.floor((size - halfZero) / bin) + 1
        into[place] = value < 0 ? -level : level
        place += 1
      }
    }
  }
  return into
}
