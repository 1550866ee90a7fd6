/**
 * How far ridges are apart: from how fast the phase of a first, broad filter's answer grows along
 * the normal, averaged over a neighbourhood as complex numbers so that strong answers count most.
 */
import { COSINES, SINES, clamp, directionOf } from '../integer.ts'
import { CELL, MARGIN, PATCH, blurCells, type Frame } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'
import { PERIOD_MAX, PERIOD_MIN, PERIOD_STEPS, type Waves } from './ridge-filter.ts'

/** The period looked for first, pixels: an adult's, at 500 dpi. */
export const USUAL_PERIOD = 9

/** Pixels between the two answers that are compared. */
const STEP = 2

/** Cells. */
const RADIUS = 4

/** In the steps of the filter, by cell; 0 in cells that are not inside. */
export function ridgePeriods(
  waves: Waves,
  frame: Frame,
  orientation: Uint8Array,
  inside: Uint8Array,
): Uint8Array {
  const { advanceX, advanceY } = phaseAdvance(waves, frame, orientation)
  for (const part of [advanceX, advanceY]) blurCells(part, frame, RADIUS)
  const periods = new Uint8Array(advanceX.length)
  for (let cell = 0; cell < periods.length; cell += 1) {
    if (inside[cell] === 0) continue
    const advance = directionOf(advanceX[cell]!, advanceY[cell]!)
    // More than half a turn is noise, or a step back; either is best read as a very long period.
    const steps =
      advance > 512
        ? PERIOD_MAX * PERIOD_STEPS
        : (STEP * 1024 * PERIOD_STEPS) / Math.max(1, advance)
    const least = PERIOD_MIN * PERIOD_STEPS
    periods[cell] = clamp(Math.floor(steps + 0.5), least, PERIOD_MAX * PERIOD_STEPS)
  }
  return periods
}

/** Sums over each cell of one answer times the conjugate of the one `STEP` pixels before it. */
function phaseAdvance(
  { even, odd }: Waves,
  { stride, across, down }: Frame,
  orientation: Uint8Array,
): { advanceX: Float32Array; advanceY: Float32Array } {
  const advanceX = new Float32Array(across * down)
  const advanceY = new Float32Array(across * down)
  const steps = normalSteps(stride)
  const first = MARGIN / PATCH
  const patches = stride / PATCH
  const last = (down * CELL) / PATCH - first
  for (let row = first; row < last; row += 1) {
    for (let column = first; column < patches - first; column += 1) {
      const own = orientation[row * patches + column]!
      const at = row * PATCH * stride + column * PATCH
      const ahead = at + steps.offsets[own]!
      const there = orientation[patchOf(ahead, stride)]!
      const sign = Math.abs(there - own) > ORIENTATIONS / 2 ? -1 : 1
      const x = even[at]! * even[ahead]! + odd[at]! * odd[ahead]! * sign
      const y = even[at]! * odd[ahead]! * sign - odd[at]! * even[ahead]!
      // The step taken is a whole number of pixels; what it missed is made up at the usual period.
      const cell = Math.floor((row * PATCH) / CELL) * across + Math.floor((column * PATCH) / CELL)
      advanceX[cell]! += x * steps.cosines[own]! - y * steps.sines[own]!
      advanceY[cell]! += y * steps.cosines[own]! + x * steps.sines[own]!
    }
  }
  return { advanceX, advanceY }
}

export function patchOf(at: number, stride: number): number {
  const y = Math.floor(at / stride)
  const x = at - y * stride
  return (y >> 1) * (stride >> 1) + (x >> 1)
}

function normalSteps(stride: number): {
  offsets: Int32Array
  cosines: Float32Array
  sines: Float32Array
} {
  const offsets = new Int32Array(ORIENTATIONS)
  const cosines = new Float32Array(ORIENTATIONS)
  const sines = new Float32Array(ORIENTATIONS)
  const scale = COSINES.length / 2 / ORIENTATIONS
  for (let index = 0; index < ORIENTATIONS; index += 1) {
    const cosine = COSINES[index * scale]!
    const sine = SINES[index * scale]!
    const x = (cosine * STEP + 8192) >> 14
    const y = (sine * STEP + 8192) >> 14
    offsets[index] = y * stride + x
    const missed = STEP - (x * cosine + y * sine) / 16384
    const turn = Math.round((missed * 1024) / USUAL_PERIOD) & 1023
    cosines[index] = COSINES[turn]! / 16384
    sines[index] = SINES[turn]! / 16384
  }
  return { offsets, cosines, sines }
}
