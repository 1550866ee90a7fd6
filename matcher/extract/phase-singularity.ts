/**
 * Where ridges begin or part. Around such a point the phase of the ridge pattern does not come
 * back to what it was: it gains or loses a whole turn, as there is one ridge more on one side. So
 * no skeleton is needed, and a pore, a spur or a hairline gap, which leaves the count of ridges
 * alone, is never taken for a minutia.
 *
 * Source: Larkin and Fletcher, "A coherent framework for fingerprint analysis: are fingerprints
 * holograms?", Optics Express 15(14), 2007.
 */
import { directionOf } from '../integer.ts'
import { CELL, MARGIN, type Frame } from './frame.ts'
import { ORIENTATIONS, PATCH } from './orientation.ts'
import type { Waves } from './ridge-filter.ts'

export interface Singularity {
  /** Pixels of the frame. */
  readonly x: number
  readonly y: number
  /** Where the additional ridge runs to: 1,024 to the turn, from +x towards +y (down). */
  readonly direction: number
  /** +1 or -1: the turn of phase relative to the normal at (x, y). */
  readonly charge: number
}

const HALF_TURN = 512

/** In cells at least `depthMin` deep. */
export function singularities(
  { even, odd }: Waves,
  { stride, across, down }: Frame,
  orientation: Uint8Array,
  depths: Uint8Array,
  depthMin: number,
): Singularity[] {
  const found: Singularity[] = []
  const phases = new Int16Array(stride * 2)
  const patches = stride / PATCH
  const phaseRow = (y: number): void => {
    const from = (y & 1) * stride
    for (let x = MARGIN; x < stride - MARGIN; x += 1) {
      phases[from + x] = directionOf(even[y * stride + x]!, odd[y * stride + x]!)
    }
  }
  phaseRow(MARGIN)
  for (let y = MARGIN; y < down * CELL - MARGIN - 1; y += 1) {
    phaseRow(y + 1)
    const upper = (y & 1) * stride
    const lower = ((y + 1) & 1) * stride
    const patchRow = Math.floor(y / PATCH) * patches
    const patchBelow = Math.floor((y + 1) / PATCH) * patches
    const depthRow = Math.floor(y / CELL) * across
    for (let x = MARGIN; x < stride - MARGIN - 1; x += 1) {
      if (depths[depthRow + (x >> 2)]! < depthMin) continue
      const own = orientation[patchRow + (x >> 1)]!
      const a = phases[upper + x]!
      const b = turned(phases[upper + x + 1]!, own, orientation[patchRow + ((x + 1) >> 1)]!)
      const c = turned(phases[lower + x + 1]!, own, orientation[patchBelow + ((x + 1) >> 1)]!)
      const d = turned(phases[lower + x]!, own, orientation[patchBelow + (x >> 1)]!)
      const turn = wrapped(b - a) + wrapped(c - b) + wrapped(d - c) + wrapped(a - d)
      if (turn === 0) continue
      const charge = turn > 0 ? 1 : -1
      // With a positive charge the additional ridge lies a quarter turn back from the normal.
      const direction = (own * 4 + (charge > 0 ? 768 : 256)) & 1023
      found.push({ x: x + 0.5, y: y + 0.5, direction, charge })
    }
  }
  return found
}

/** A phase seen from a neighbour's normal, which may point the other way. */
function turned(phase: number, own: number, other: number): number {
  return Math.abs(own - other) > ORIENTATIONS / 2 ? -phase : phase
}

function wrapped(difference: number): number {
  return ((difference + HALF_TURN) & 1023) - HALF_TURN
}
