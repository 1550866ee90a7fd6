/**
 * Draws out what runs like a ridge: each pixel is averaged along its orientation, then measured
 * across it by an even and an odd wave of the local ridge period. The two together say how strong
 * a ridge pattern is there and where in it the pixel lies: its phase.
 *
 * Source: Gabor filters set to the local orientation and period (Hong, Wan and Jain, IEEE TPAMI
 * 20(8), 1998), as two passes in one dimension each. Taps lie on the nearest pixel: the average
 * along a ridge evens out what that misses.
 */
import { COSINES, SINES } from '../integer.ts'
import { CELL, MARGIN, PATCH, type Frame } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'

/** Ridge periods are kept in steps of half a pixel. */
export const PERIOD_STEPS = 2

/** Pixels at 500 dpi: from a small child's ridges to those of a stretched thumb. */
export const PERIOD_MIN = 5
export const PERIOD_MAX = 16

/** Taps to either side, and pixels. */
const REACH = 10

/** Deviation of the average along a ridge, pixels. */
const ALONG = 6

/** Deviation of the waves' envelope, periods, and the most that `REACH` has room for, pixels. */
const ENVELOPE = 0.45
const ENVELOPE_MAX = 5

/** Even and odd answer by pixel; the phase grows along the normal. */
export interface Waves {
  readonly even: Float32Array
  readonly odd: Float32Array
}

interface Kernel {
  readonly even: Float64Array
  readonly odd: Float64Array
}

export const BELL = gaussian(ALONG)

/** By period, in steps. */
export const KERNELS: readonly Kernel[] = Array.from(
  { length: PERIOD_MAX * PERIOD_STEPS + 1 },
  (_, steps) => kernelOf(Math.max(PERIOD_MIN, steps / PERIOD_STEPS)),
)

/** `periods` by cell, in steps; where it is 0 there is no answer, and no work. */
export function ridgeWaves(
  plane: Float32Array,
  frame: Frame,
  orientation: Uint8Array,
  periods: Uint8Array,
): Waves {
  const { stride, across, down } = frame
  const offsets = tapOffsets(stride)
  const smooth = averagedAlong(plane, frame, { orientation, offsets, cells: near(periods, frame) })
  const waves = { even: new Float32Array(plane.length), odd: new Float32Array(plane.length) }
  const rim = MARGIN / CELL
  for (let row = rim; row < down - rim; row += 1) {
    for (let column = rim; column < across - rim; column += 1) {
      const period = periods[row * across + column]!
      if (period === 0) continue
      const kernel = KERNELS[period]!
      for (let y = row * CELL; y < (row + 1) * CELL; y += PATCH) {
        for (let x = column * CELL; x < (column + 1) * CELL; x += PATCH) {
          const normal = orientation[((y * stride) >> 2) + (x >> 1)]!
          measureAcross(smooth, y * stride + x, stride, { kernel, offsets, normal }, waves)
        }
      }
    }
  }
  return waves
}

/** The four pixels of a patch at once: they share taps and kernel. */
function measureAcross(
  smooth: Float32Array,
  at: number,
  stride: number,
  { kernel, offsets, normal }: { kernel: Kernel; offsets: Int32Array; normal: number },
  { even, odd }: Waves,
): void {
  const evenKernel = kernel.even
  const oddKernel = kernel.odd
  const below = at + stride
  const middle = evenKernel[0]!
  let even0 = smooth[at]! * middle
  let even1 = smooth[at + 1]! * middle
  let even2 = smooth[below]! * middle
  let even3 = smooth[below + 1]! * middle
  let odd0 = 0
  let odd1 = 0
  let odd2 = 0
  let odd3 = 0
  for (let tap = 1; tap <= REACH; tap += 1) {
    const offset = offsets[normal * REACH + tap - 1]!
    const evenWeight = evenKernel[tap]!
    const oddWeight = oddKernel[tap]!
    const ahead0 = smooth[at + offset]!
    const behind0 = smooth[at - offset]!
    const ahead1 = smooth[at + offset + 1]!
    const behind1 = smooth[at - offset + 1]!
    const ahead2 = smooth[below + offset]!
    const behind2 = smooth[below - offset]!
    const ahead3 = smooth[below + offset + 1]!
    const behind3 = smooth[below - offset + 1]!
    even0 += (ahead0 + behind0) * evenWeight
    even1 += (ahead1 + behind1) * evenWeight
    even2 += (ahead2 + behind2) * evenWeight
    even3 += (ahead3 + behind3) * evenWeight
    odd0 += (behind0 - ahead0) * oddWeight
    odd1 += (behind1 - ahead1) * oddWeight
    odd2 += (behind2 - ahead2) * oddWeight
    odd3 += (behind3 - ahead3) * oddWeight
  }
  even[at] = even0
  even[at + 1] = even1
  even[below] = even2
  even[below + 1] = even3
  odd[at] = odd0
  odd[at + 1] = odd1
  odd[below] = odd2
  odd[below + 1] = odd3
}

function averagedAlong(
  plane: Float32Array,
  { stride, across, down }: Frame,
  {
    orientation,
    offsets,
    cells,
  }: { orientation: Uint8Array; offsets: Int32Array; cells: Uint8Array },
): Float32Array {
  const out = new Float32Array(plane.length)
  const quarter = ORIENTATIONS / 2
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      if (cells[row * across + column] === 0) continue
      for (let y = row * CELL; y < (row + 1) * CELL; y += PATCH) {
        for (let x = column * CELL; x < (column + 1) * CELL; x += PATCH) {
          // A ridge runs a quarter turn from its normal; which way does not matter here.
          const turn = (orientation[((y * stride) >> 2) + (x >> 1)]! + quarter) % ORIENTATIONS
          averageAlong(plane, y * stride + x, stride, { offsets, turn }, out)
        }
      }
    }
  }
  return out
}

function averageAlong(
  plane: Float32Array,
  at: number,
  stride: number,
  { offsets, turn }: { offsets: Int32Array; turn: number },
  out: Float32Array,
): void {
  const below = at + stride
  const middle = BELL[0]!
  let sum0 = plane[at]! * middle
  let sum1 = plane[at + 1]! * middle
  let sum2 = plane[below]! * middle
  let sum3 = plane[below + 1]! * middle
  for (let tap = 1; tap <= REACH; tap += 1) {
    const offset = offsets[turn * REACH + tap - 1]!
    const weight = BELL[tap]!
    sum0 += (plane[at + offset]! + plane[at - offset]!) * weight
    sum1 += (plane[at + offset + 1]! + plane[at - offset + 1]!) * weight
    sum2 += (plane[below + offset]! + plane[below - offset]!) * weight
    sum3 += (plane[below + offset + 1]! + plane[below - offset + 1]!) * weight
  }
  out[at] = sum0
  out[at + 1] = sum1
  out[below] = sum2
  out[below + 1] = sum3
}

/** 1 in cells reached from one with a period; none from which an average would leave the frame. */
export function near(periods: Uint8Array, { across, down }: Frame): Uint8Array {
  const reach = Math.ceil(REACH / CELL)
  const out = new Uint8Array(periods.length)
  for (let row = reach; row < down - reach; row += 1) {
    for (let column = reach; column < across - reach; column += 1) {
      const cell = row * across + column
      if (periods[cell] === 0) continue
      out[cell] = 1
      const isAmong =
        periods[cell - 1]! * periods[cell + 1]! > 0 &&
        periods[cell - across]! * periods[cell + across]! > 0
      if (isAmong) continue
      const last = Math.min(down - reach - 1, row + reach)
      for (let y = Math.max(reach, row - reach); y <= last; y += 1) {
        const from = y * across + Math.max(reach, column - reach)
        out.fill(1, from, y * across + Math.min(across - reach - 1, column + reach) + 1)
      }
    }
  }
  return out
}

/** How far the taps 1 to `REACH` along each normal are from the middle, nearest pixels. */
export function tapOffsets(stride: number): Int32Array {
  const step = COSINES.length / 2 / ORIENTATIONS
  return Int32Array.from({ length: ORIENTATIONS * REACH }, (_, index) => {
    const tap = (index % REACH) + 1
    const angle = Math.floor(index / REACH) * step
    const x = (COSINES[angle]! * tap + 8192) >> 14
    const y = (SINES[angle]! * tap + 8192) >> 14
    return y * stride + x
  })
}

/** One half of a pair that answers 1 to a wave of height 1, and 0 to a level. */
function kernelOf(period: number): Kernel {
  const bell = gaussian(Math.min(ENVELOPE_MAX, ENVELOPE * period))
  const cosine = bell.map((_, tap) => Math.cos((2 * Math.PI * tap) / period))
  const sine = bell.map((_, tap) => Math.sin((2 * Math.PI * tap) / period))
  const level = total(bell.map((weight, tap) => weight * cosine[tap]!))
  const even = bell.map((weight, tap) => weight * (cosine[tap]! - level))
  const odd = bell.map((weight, tap) => weight * sine[tap]!)
  const evenAnswer = total(even.map((weight, tap) => weight * cosine[tap]!))
  const oddAnswer = total(odd.map((weight, tap) => weight * sine[tap]!))
  return {
    even: rounded(even.map((weight) => weight / evenAnswer)),
    odd: rounded(odd.map((weight) => weight / oddAnswer)),
  }
}

/** One half of a bell whose whole sums to 1. */
function gaussian(deviation: number): Float64Array {
  const half = Float64Array.from({ length: REACH + 1 }, (_, tap) =>
    Math.exp((-tap * tap) / (2 * deviation * deviation)),
  )
  const sum = total(half)
  return rounded(half.map((weight) => weight / sum))
}

/** Sum of a symmetric kernel of which one half is given. */
function total(half: Float64Array): number {
  return half.reduce((sum, weight, tap) => sum + (tap === 0 ? weight : 2 * weight), 0)
}

/** To 2^-20, so that the last bit of a library's cosine does not reach the data. */
function rounded(kernel: Float64Array): Float64Array {
  return kernel.map((weight) => Math.round(weight * 2 ** 20) / 2 ** 20)
}
