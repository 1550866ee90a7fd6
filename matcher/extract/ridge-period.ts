/**
 * How far ridges are apart: from how fast the phase of a first, broad filter's answer grows along
 * the normal, averaged over a neighbourhood as complex numbers so that strong answers count most.
 */
import { COSINES, SINES, clamp, directionOf } from '../integer.ts'
import { CELL, PATCH, blurCells, type Frame } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'
import { PERIOD_MAX, PERIOD_MIN, PERIOD_STEPS, type Waves } from './ridge-filter.ts'

/** The period looked for first, pixels: an adult's, at 500 dpi. */
export const USUAL_PERIOD = 9

/** Pixels between the two answers that are compared. */
const STEP = 2

/** Cells. */
export const ADVANCE_RADIUS = 4

export const STEPS = stepsAlong()

/** In the steps of the filter, by cell; 0 in cells that are not inside. */
export function ridgePeriods(
  waves: Waves,
  frame: Frame,
  orientation: Uint8Array,
  inside: Uint8Array,
): Uint8Array {
  const advance = phaseAdvance(waves, frame, orientation, inside)
  blurCells(advance.x, frame, ADVANCE_RADIUS)
  blurCells(advance.y, frame, ADVANCE_RADIUS)
  return periodsOf(advance, inside)
}

/** How far the phase grows in `STEP` pixels, as a complex number, by cell. */
export interface Advance {
  readonly x: Float32Array
  readonly y: Float32Array
}

export function periodsOf({ x, y }: Advance, inside: Uint8Array): Uint8Array {
  const periods = new Uint8Array(x.length)
  for (let cell = 0; cell < periods.length; cell += 1) {
    if (inside[cell] === 0) continue
    const advance = directionOf(x[cell]!, y[cell]!)
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

/**
 * Sums over each cell inside of one answer times the conjugate of the one `STEP` pixels before it,
 * at one pixel of each patch.
 */
function phaseAdvance(
  waves: Waves,
  { stride, across, down }: Frame,
  orientation: Uint8Array,
  inside: Uint8Array,
): Advance {
  const advance = { x: new Float32Array(across * down), y: new Float32Array(across * down) }
  const sum = { x: 0, y: 0 }
  for (let cell = 0; cell < inside.length; cell += 1) {
    if (inside[cell] === 0) continue
    const top = Math.floor(cell / across) * CELL
    const left = (cell % across) * CELL
    sum.x = 0
    sum.y = 0
    for (let y = top; y < top + CELL; y += PATCH) {
      for (let x = left; x < left + CELL; x += PATCH) {
        addAdvance(waves, { x, y, stride }, orientation, sum)
      }
    }
    advance.x[cell] = sum.x
    advance.y[cell] = sum.y
  }
  return advance
}

function addAdvance(
  { even, odd }: Waves,
  { x, y, stride }: { x: number; y: number; stride: number },
  orientation: Uint8Array,
  sum: { x: number; y: number },
): void {
  const patches = stride >> 1
  const own = orientation[(y >> 1) * patches + (x >> 1)]!
  const aheadX = x + STEPS.x[own]!
  const aheadY = y + STEPS.y[own]!
  const there = orientation[(aheadY >> 1) * patches + (aheadX >> 1)]!
  // The normal there may point the other way; seen along the own one, the phase runs backwards.
  const sign = Math.abs(there - own) > ORIENTATIONS / 2 ? -1 : 1
  const at = y * stride + x
  const ahead = aheadY * stride + aheadX
  const oddAhead = sign * odd[ahead]!
  const across = even[at]! * even[ahead]! + odd[at]! * oddAhead
  const gained = even[at]! * oddAhead - odd[at]! * even[ahead]!
  sum.x += across * STEPS.cosines[own]! - gained * STEPS.sines[own]!
  sum.y += gained * STEPS.cosines[own]! + across * STEPS.sines[own]!
}

interface Steps {
  /** Pixels. */
  readonly x: Int8Array
  readonly y: Int8Array
  /** Of the phase that a step of whole pixels misses, at the usual period. */
  readonly cosines: Float64Array
  readonly sines: Float64Array
}

/** One step along each normal. */
function stepsAlong(): Steps {
  const steps = {
    x: new Int8Array(ORIENTATIONS),
    y: new Int8Array(ORIENTATIONS),
    cosines: new Float64Array(ORIENTATIONS),
    sines: new Float64Array(ORIENTATIONS),
  }
  for (let index = 0; index < ORIENTATIONS; index += 1) {
    const angle = (index * COSINES.length) / 2 / ORIENTATIONS
    const x = (COSINES[angle]! * STEP + 8192) >> 14
    const y = (SINES[angle]! * STEP + 8192) >> 14
    const missed = STEP - (x * COSINES[angle]! + y * SINES[angle]!) / 16384
    const turn = Math.floor((missed * 1024) / USUAL_PERIOD + 0.5) & 1023
    steps.x[index] = x
    steps.y[index] = y
    steps.cosines[index] = COSINES[turn]! / 16384
    steps.sines[index] = SINES[turn]! / 16384
  }
  return steps
}
