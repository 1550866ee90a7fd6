/**
 * Minutiae from the singularities of the phase: which of them are real, how much each is worth, and
 * whether a ridge ends there or parts.
 */
import { COSINES, SINES, clamp } from '../integer.ts'
import type { Minutia, MinutiaType } from '../template/template.ts'
import { CELL, MARGIN } from './frame.ts'
import { singularities, type Singularity } from './phase-singularity.ts'
import { PERIOD_STEPS } from './ridge-filter.ts'
import type { RidgePattern } from './ridge-pattern.ts'

/** Cells from the border of the print: nearer, half of what the filter saw is no skin. */
const DEPTH_MIN = 3

/** Pixels: two that face each other this near are a gap, a bridge or a pore. */
const FACING_MAX = 8

/** As many as ISO/IEC 19794-2 counts in a view; more than any finger has. */
export const FOUND_MAX = 255

/** Below, nearly three of four are not found again. */
export const QUALITY_MIN = 26

/**
 * Quality is the percentage of minutiae like this one that are found again on the finger's other
 * impressions: a logistic regression on FVC2002 DB1..4_B. What it goes by, with the most that
 * counts: the strength of the waves around the minutia, its depth inside the print (cells), its
 * distance from the next singularity (pixels), and the weakest wave on a circle around it.
 */
const WEIGHTS = { offset: -3, strength: 2.35, depth: 0.175, distance: 0.022, weakest: 1.36 }
const DEPTH_COUNTED = 10
const DISTANCE_COUNTED = 40

/** Pixels, and points on it. */
const CIRCLE = { radius: 8, points: 16 }

/** 100 times the logistic function of its index less half the length, in 16ths. */
const PERCENT = Uint8Array.from({ length: 256 }, (_, index) =>
  Math.round(100 / (1 + Math.exp((128 - index) / 16))),
)

/** Best first. */
export function minutiaeOf(pattern: RidgePattern): Minutia[] {
  const { waves, frame, orientation, depths } = pattern
  const all = singularities(waves, frame, orientation, { depths, depthMin: DEPTH_MIN })
  const { nearest, facing } = neighboursOf(all)
  return all
    .map((singularity, index) => minutiaAt(singularity, Math.sqrt(nearest[index]!), pattern))
    .filter(({ quality }, index) => {
      const faced = facing[index]!
      return quality >= QUALITY_MIN && (faced < 0 || facing[faced] !== index)
    })
    .sort((one, two) => two.quality - one.quality || one.y - two.y || one.x - two.x)
    .slice(0, FOUND_MAX)
}

/**
 * Of each, the square of the distance to the next, and the next of those within `FACING_MAX` that
 * run the other way, -1 where there is none. They come from top to bottom: only a band is searched.
 */
function neighboursOf(all: readonly Singularity[]): { nearest: Float64Array; facing: Int32Array } {
  const nearest = new Float64Array(all.length).fill(DISTANCE_COUNTED ** 2)
  const facing = new Int32Array(all.length).fill(-1)
  const facingSquares = new Float64Array(all.length).fill(FACING_MAX * FACING_MAX)
  const face = (own: number, other: number, square: number): void => {
    if (square >= facingSquares[own]!) return
    facingSquares[own] = square
    facing[own] = other
  }
  for (const [index, one] of all.entries()) {
    for (let next = index + 1; next < all.length; next += 1) {
      const other = all[next]!
      if (other.y - one.y > DISTANCE_COUNTED) break
      const dx = other.x - one.x
      const dy = other.y - one.y
      const square = dx * dx + dy * dy
      nearest[index] = Math.min(nearest[index]!, square)
      nearest[next] = Math.min(nearest[next]!, square)
      const turn = ((other.direction - one.direction + 512) & 1023) - 512
      if (Math.abs(turn) <= 256) continue
      face(index, next, square)
      face(next, index, square)
    }
  }
  return { nearest, facing }
}

function minutiaAt(singularity: Singularity, distance: number, pattern: RidgePattern): Minutia {
  const { frame, strength, depths } = pattern
  const { x, y, direction } = singularity
  const cell = Math.floor(y / CELL) * frame.across + Math.floor(x / CELL)
  const odds =
    WEIGHTS.offset +
    WEIGHTS.strength * strength[cell]! +
    WEIGHTS.depth * Math.min(DEPTH_COUNTED, depths[cell]!) +
    WEIGHTS.distance * distance +
    WEIGHTS.weakest * weakestAround(singularity, pattern)
  return {
    x: Math.floor(x + 0.5) - MARGIN,
    y: Math.floor(y + 0.5) - MARGIN,
    // Downwards to upwards, and from 1,024 to 256 to the turn.
    angle: ((1024 - direction + 2) >> 2) & 0xff,
    type: typeOf(singularity, pattern),
    quality: PERCENT[clamp(Math.floor(128.5 + 16 * odds), 0, 255)]!,
  }
}

function weakestAround({ x, y }: Singularity, { frame, waves }: RidgePattern): number {
  let least = Infinity
  for (let point = 0; point < CIRCLE.points; point += 1) {
    const angle = (point * COSINES.length) / CIRCLE.points
    const column = Math.floor(x + (COSINES[angle]! * CIRCLE.radius) / 16384 + 0.5)
    const row = Math.floor(y + (SINES[angle]! * CIRCLE.radius) / 16384 + 0.5)
    const at = row * frame.stride + column
    const even = waves.even[at]!
    const odd = waves.odd[at]!
    least = Math.min(least, even * even + odd * odd)
  }
  return Math.sqrt(least)
}

/** A ridge half a period ahead is the one that ends here; a valley lies between two that part. */
function typeOf(
  { x, y, direction }: Singularity,
  { frame, waves, periods }: RidgePattern,
): MinutiaType {
  const cell = Math.floor(y / CELL) * frame.across + Math.floor(x / CELL)
  const ahead = periods[cell]! / PERIOD_STEPS / 2 / 16384
  const column = Math.floor(x + COSINES[direction]! * ahead + 0.5)
  const row = Math.floor(y + SINES[direction]! * ahead + 0.5)
  return waves.even[row * frame.stride + column]! > 0 ? 'ending' : 'bifurcation'
}
