/**
 * Where ridges begin or part. Around such a point the phase of the ridge pattern does not come
 * back to what it was: it gains or loses a whole turn, as there is one ridge more on one side. So
 * no skeleton is needed, and a pore, a spur or a hairline gap, which leaves the count of ridges
 * alone, is never taken for a minutia.
 *
 * Source: Larkin and Fletcher, "A coherent framework for fingerprint analysis: are fingerprints
 * holograms?", Optics Express 15(14), 2007.
 */
import { clamp, directionOf } from '../integer.ts'
import { CELL, type Frame } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'
import type { Waves } from './ridge-filter.ts'

export interface Singularity {
  /** Pixels of the frame, with fractions. */
  readonly x: number
  readonly y: number
  /** Where the additional ridge or valley runs to: 1,024 to the turn, from +x towards +y (down). */
  readonly direction: number
}

const TURN = 1024

/** In cells at least `depthMin` deep, which no cell of the margin is; from top to bottom. */
export function singularities(
  waves: Waves,
  { stride, across, down }: Frame,
  orientation: Uint8Array,
  { depths, depthMin }: { depths: Uint8Array; depthMin: number },
): Singularity[] {
  const found: Singularity[] = []
  const { even } = waves
  for (let cell = 0; cell < across * down; cell += 1) {
    if (depths[cell]! < depthMin) continue
    const top = Math.floor(cell / across) * CELL
    const left = (cell % across) * CELL
    for (let y = top; y < top + CELL; y += 1) {
      let isRidge = isBothRidge(even, y * stride + left, stride)
      for (let x = left; x < left + CELL; x += 1) {
        const isNextRidge = isBothRidge(even, y * stride + x + 1, stride)
        // All four of one sign cannot go round the origin: most are left out by this alone.
        if (isRidge !== isNextRidge || isRidge === undefined) {
          const singularity = singularityAt(waves, { x, y, stride }, orientation)
          if (singularity) found.push(singularity)
        }
        isRidge = isNextRidge
      }
    }
  }
  return found.sort((one, two) => one.y - two.y || one.x - two.x)
}

/** Whether a pixel and the one below are on a ridge; undefined where only one is. */
function isBothRidge(even: Float32Array, at: number, stride: number): boolean | undefined {
  const isUpper = even[at]! > 0
  return isUpper === even[at + stride]! > 0 ? isUpper : undefined
}

/** Among the pixel at (x, y) and its neighbours to the right and below. */
function singularityAt(
  { even, odd }: Waves,
  { x, y, stride }: { x: number; y: number; stride: number },
  orientation: Uint8Array,
): Singularity | undefined {
  const patches = stride >> 1
  const own = orientation[(y >> 1) * patches + (x >> 1)]!
  // A normal may point the other way; seen along the own one, its phase runs backwards.
  const side = (column: number, row: number): number => {
    const there = orientation[(row >> 1) * patches + (column >> 1)]!
    return Math.abs(there - own) > ORIENTATIONS / 2 ? -1 : 1
  }
  const at = y * stride + x
  const below = at + stride
  const oddA = odd[at]!
  const oddB = side(x + 1, y) * odd[at + 1]!
  const oddC = side(x + 1, y + 1) * odd[below + 1]!
  const oddD = side(x, y + 1) * odd[below]!
  const isPositive = oddA > 0
  // As with the even answer.
  if (oddB > 0 === isPositive && oddC > 0 === isPositive && oddD > 0 === isPositive) {
    return undefined
  }
  const evenA = even[at]!
  const evenB = even[at + 1]!
  const evenC = even[below + 1]!
  const evenD = even[below]!
  const phaseA = directionOf(evenA, oddA)
  const phaseB = directionOf(evenB, oddB)
  const phaseC = directionOf(evenC, oddC)
  const phaseD = directionOf(evenD, oddD)
  const turn =
    wrapped(phaseB - phaseA) +
    wrapped(phaseC - phaseB) +
    wrapped(phaseD - phaseC) +
    wrapped(phaseA - phaseD)
  if (turn === 0) return undefined
  // The answer is 0 at the point itself: the plane through the four corners says where.
  const evenX = (evenB - evenA + evenC - evenD) / 2
  const evenY = (evenD - evenA + evenC - evenB) / 2
  const oddX = (oddB - oddA + oddC - oddD) / 2
  const oddY = (oddD - oddA + oddC - oddB) / 2
  const evenMean = (evenA + evenB + evenC + evenD) / 4
  const oddMean = (oddA + oddB + oddC + oddD) / 4
  const area = evenX * oddY - evenY * oddX
  const right = area === 0 ? 0 : (evenY * oddMean - evenMean * oddY) / area
  const down = area === 0 ? 0 : (evenMean * oddX - evenX * oddMean) / area
  // Where the phase gains a turn, the additional ridge lies a quarter turn back from the normal.
  const quarters = turn > 0 ? 3 : 1
  return {
    x: x + 0.5 + clamp(right, -0.5, 0.5),
    y: y + 0.5 + clamp(down, -0.5, 0.5),
    direction: (own * (TURN / 2 / ORIENTATIONS) + quarters * (TURN / 4)) % TURN,
  }
}

function wrapped(difference: number): number {
  return ((difference + TURN / 2) & (TURN - 1)) - TURN / 2
}
