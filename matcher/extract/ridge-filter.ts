/**
 * Draws out what runs like a ridge: each pixel is averaged along its orientation, then measured
 * across it by an even and an odd wave of the local ridge period (a Gabor pair, Daugman 1985, made
 * separable). The two together say how strong a ridge pattern is there and where in it the pixel
 * lies: its phase.
 */
import { COSINES, SINES } from '../integer.ts'
import { CELL, MARGIN, type Frame } from './frame.ts'
import { ORIENTATIONS, PATCH } from './orientation.ts'

/** Periods of ridges, in steps of half a pixel. */
export const PERIOD_STEPS = 2
export const PERIOD_MIN = 5
export const PERIOD_MAX = 16

/** Pixels to either side that a filter reaches. */
const REACH = 10

/** Deviation of the average along a ridge, pixels. */
const ALONG = 5

/** Deviation of the waves' envelope, periods, and the least and most in pixels. */
const ENVELOPE = 0.45

/** Even and odd response; the phase grows along the normal. */
export interface Waves {
  readonly even: Float32Array
  readonly odd: Float32Array
}

/** `periods` by cell, in steps of half a pixel; cells of period 0 are left out. */
export function ridgeWaves(
  plane: Float32Array,
  frame: Frame,
  orientation: Uint8Array,
  periods: Uint8Array,
  along = ALONG,
  envelope = ENVELOPE,
): Waves {
  const { stride, across, down } = frame
  const smooth = averagedAlong(plane, frame, orientation, periods, along)
  const even = new Float32Array(plane.length)
  const odd = new Float32Array(plane.length)
  const offsets = normalOffsets(stride)
  const kernels = waveKernels(envelope)
  const taps = 2 * REACH + 1
  const perCell = CELL / PATCH
  const first = MARGIN / CELL
  for (let row = first; row < down - first; row += 1) {
    for (let column = first; column < across - first; column += 1) {
      const period = periods[row * across + column]!
      if (period === 0) continue
      const { even: evenKernel, odd: oddKernel } = kernels[period]!
      for (let patch = 0; patch < perCell * perCell; patch += 1) {
        const patchRow = row * perCell + Math.floor(patch / perCell)
        const patchColumn = column * perCell + (patch % perCell)
        const turn = orientation[patchRow * across * perCell + patchColumn]! * taps + REACH
        for (let pixel = 0; pixel < PATCH * PATCH; pixel += 1) {
          const y = patchRow * PATCH + (pixel >> 1)
          const at = y * stride + patchColumn * PATCH + (pixel & 1)
          let sumEven = smooth[at]! * evenKernel[0]!
          let sumOdd = 0
          for (let tap = 1; tap <= REACH; tap += 1) {
            const offset = offsets[turn + tap]!
            const ahead = smooth[at + offset]!
            const behind = smooth[at - offset]!
            sumEven += (ahead + behind) * evenKernel[tap]!
            sumOdd += (behind - ahead) * oddKernel[tap]!
          }
          even[at] = sumEven
          odd[at] = sumOdd
        }
      }
    }
  }
  return { even, odd }
}

function averagedAlong(
  plane: Float32Array,
  { stride, rows }: Frame,
  orientation: Uint8Array,
  _periods: Uint8Array,
  along: number,
): Float32Array {
  const out = new Float32Array(plane.length)
  const offsets = normalOffsets(stride)
  const taps = 2 * REACH + 1
  const kernel = gaussian(along)
  const quarter = ORIENTATIONS / 2
  const patches = stride / PATCH
  for (let y = REACH; y < rows - REACH; y += 1) {
    const patchRow = Math.floor(y / PATCH) * patches
    for (let x = REACH; x < stride - REACH; x += 1) {
      const at = y * stride + x
      // Along the ridge is a quarter turn from its normal; the sign does not matter here.
      const turn = (orientation[patchRow + (x >> 1)]! + quarter) % ORIENTATIONS
      let sum = plane[at]! * kernel[0]!
      for (let tap = 1; tap <= REACH; tap += 1) {
        const offset = offsets[turn * taps + REACH + tap]!
        sum += (plane[at + offset]! + plane[at - offset]!) * kernel[tap]!
      }
      out[at] = sum
    }
  }
  return out
}

/** Where the taps of a filter lie along each normal, nearest pixels. */
function normalOffsets(stride: number): Int32Array {
  const taps = 2 * REACH + 1
  const step = COSINES.length / 2 / ORIENTATIONS
  return Int32Array.from({ length: ORIENTATIONS * taps }, (_, index) => {
    const tap = (index % taps) - REACH
    const angle = Math.floor(index / taps) * step
    const x = (COSINES[angle]! * tap + 8192) >> 14
    const y = (SINES[angle]! * tap + 8192) >> 14
    return y * stride + x
  })
}

function waveKernels(envelope: number): Waves[] {
  return Array.from({ length: PERIOD_MAX * PERIOD_STEPS + 1 }, (_, steps) =>
    waveKernel(Math.max(PERIOD_MIN, steps / PERIOD_STEPS), envelope),
  )
}

/** One half of a symmetric pair that answers 1 to a wave of height 1 and 0 to a level. */
function waveKernel(period: number, envelope: number): Waves {
  const shape = gaussian(Math.min(REACH / 2, envelope * period))
  const even = shape.map((weight, tap) => weight * Math.cos((2 * Math.PI * tap) / period))
  const odd = shape.map((weight, tap) => weight * Math.sin((2 * Math.PI * tap) / period))
  const level = total(even) / total(shape)
  const flat = even.map((weight, tap) => weight - level * shape[tap]!)
  const wave = shape.map((_, tap) => Math.cos((2 * Math.PI * tap) / period))
  const swing = shape.map((_, tap) => Math.sin((2 * Math.PI * tap) / period))
  const evenAnswer = total(flat.map((weight, tap) => weight * wave[tap]!))
  const oddAnswer = total(odd.map((weight, tap) => weight * swing[tap]!))
  return {
    even: rounded(flat.map((weight) => weight / evenAnswer)),
    odd: rounded(odd.map((weight) => weight / oddAnswer)),
  }
}

/** One half of a bell of sum 1. */
function gaussian(deviation: number): number[] {
  const half = Array.from({ length: REACH + 1 }, (_, tap) =>
    Math.exp((-tap * tap) / (2 * deviation * deviation)),
  )
  const sum = total(half)
  return [...rounded(half.map((weight) => weight / sum))]
}

/** Sum of a symmetric kernel of which one half is given. */
function total(half: readonly number[]): number {
  return half.reduce((sum, weight, tap) => sum + (tap === 0 ? weight : 2 * weight), 0)
}

/** To 2^-20, so that a library's last bit does not reach the data. */
function rounded(kernel: readonly number[]): Float32Array {
  return Float32Array.from(kernel, (weight) => Math.round(weight * 2 ** 20) / 2 ** 20)
}
