/**
 * A synthetic finger as it is, before any sensor has seen it: its flow and its true minutiae.
 *
 * Which way a minutia points is not a coin toss: where ridges fan out new ones must begin, as many
 * as the divergence of the flow demands at constant ridge width. Independent directions make
 * strangers look less alike than they are, and a register's accuracy better than it is.
 */
import {
  halfTurn,
  orientationField,
  type OrientationField,
  type Pattern,
  type Point,
} from './orientation-field.ts'

import type { MinutiaType } from '../../matcher/template/template.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

export interface TrueMinutia {
  readonly x: number
  readonly y: number
  /** Radians, clockwise from +x, along the ridge that begins or forks here. */
  readonly direction: number
  readonly type: MinutiaType
  /** 0 (often overlooked) to 1 (always seen). */
  readonly clarity: number
}

export interface Finger {
  /** ISO finger position. */
  readonly position: number
  readonly field: OrientationField
  readonly minutiae: readonly TrueMinutia[]
}

/** Half axes of a fingertip's pad, px at 500 dpi: 12.7 mm by 17.8 mm. */
export const PAD = { x: 125, y: 175 } as const

/** Minutiae on a whole pad. */
const MINUTIAE = { mean: 82, deviation: 22, min: 30 } as const

/** Distance from ridge to ridge, px at 500 dpi: about half a millimetre. */
const RIDGE_PERIOD_PX = 9

/** Two minutiae are never closer than this... */
const DISTANCE_MIN_PX = 6

/** ...and keep each other away up to here, the less the farther. */
const DISTANCE_FREE_PX = 21

/** Share of candidates that stay at the least distance. */
const CLOSE_SHARE = 0.18

/** Candidates tried for one finger: at some 5 % kept, twice what the fullest finger needs. */
const CANDIDATES_MAX = 6_000

/** How far a direction strays from the flow, radians: 3.4°. */
const DIRECTION_DEVIATION = 0.06

/** Over what length ridges grow wider and narrower again, px. */
const SWAY_PX = { min: 120, max: 320 } as const

/** Births per px² that this makes at most: three times as many as come by chance. */
const SWAY_BIRTHS = 0.003

/** Step for the derivative of the flow, px: well below a ridge period. */
const STEP_PX = 2

export function generateFinger(
  random: SeededRandom,
  { position, pattern }: { position: number; pattern: Pattern },
): Finger {
  const field = orientationField(pattern, random)
  const sway = drawSway(random)
  const wanted = Math.max(MINUTIAE.min, random.normal(MINUTIAE.mean, MINUTIAE.deviation))
  const minutiae: TrueMinutia[] = []
  for (let tried = 0; tried < CANDIDATES_MAX && minutiae.length < wanted; tried += 1) {
    const point = pointOnPad(random)
    const births = birthRate(field, point) + sway(point)
    if (!random.chance(density(field, point, births))) continue
    if (!random.chance(room(minutiae, point))) continue
    minutiae.push(minutiaAt(point, field, births, random))
  }
  return { position, field, minutiae }
}

/** Uniform over the pad's ellipse. */
export function pointOnPad(random: SeededRandom): Point {
  const radius = Math.sqrt(random.next())
  const angle = 2 * Math.PI * random.next()
  return { x: PAD.x * radius * Math.cos(angle), y: PAD.y * radius * Math.sin(angle) }
}

function minutiaAt(
  { x, y }: Point,
  field: OrientationField,
  births: number,
  random: SeededRandom,
): TrueMinutia {
  // Chance minutiae come in pairs that cancel out; only the surplus has a preferred direction.
  const chance = MINUTIAE.mean / (Math.PI * PAD.x * PAD.y)
  const along = 0.5 + (0.5 * births) / (Math.abs(births) + chance)
  const flow = field.at(x, y) + (random.chance(along) ? 0 : Math.PI)
  return {
    x,
    y,
    direction: flow + random.normal(0, DIRECTION_DEVIATION),
    type: random.chance(0.6) ? 'ending' : 'bifurcation',
    clarity: random.next(),
  }
}

/**
 * Ridges that begin per px² in the sense of `field.at`'s angle, negative where they end: the
 * divergence of the flow over the ridge period.
 */
function birthRate(field: OrientationField, { x, y }: Point): number {
  const angle = field.at(x, y)
  const slopeX = halfTurn(field.at(x + STEP_PX, y) - field.at(x - STEP_PX, y)) / (2 * STEP_PX)
  const slopeY = halfTurn(field.at(x, y + STEP_PX) - field.at(x, y - STEP_PX)) / (2 * STEP_PX)
  return (Math.cos(angle) * slopeY - Math.sin(angle) * slopeX) / RIDGE_PERIOD_PX
}

/** Births and ends that the model's flow does not show: ridges are not equally wide everywhere. */
function drawSway(random: SeededRandom): (point: Point) => number {
  const angle = random.between({ min: 0, max: 2 * Math.PI })
  const phase = random.between({ min: 0, max: 2 * Math.PI })
  const wave = (2 * Math.PI) / random.between(SWAY_PX)
  const amplitude = SWAY_BIRTHS * random.next()
  return ({ x, y }) =>
    amplitude * Math.sin(wave * (x * Math.cos(angle) + y * Math.sin(angle)) + phase)
}

/** Share of candidates kept at a point: more around cores and deltas and where ridges fan out. */
function density({ cores, deltas }: OrientationField, point: Point, births: number): number {
  let weight = 0.3 + Math.min(0.3, 120 * Math.abs(births))
  for (const core of cores) weight += 0.3 * near(point, core, 42)
  for (const delta of deltas) weight += 0.3 * near(point, delta, 36)
  return Math.min(1, weight)
}

function near(point: Point, other: Point, reach: number): number {
  const squared = (point.x - other.x) ** 2 + (point.y - other.y) ** 2
  return Math.exp(-squared / (2 * reach * reach))
}

/** Share of candidates kept for the sake of those that are there already. */
function room(minutiae: readonly Point[], point: Point): number {
  let nearest = Infinity
  for (const other of minutiae) {
    nearest = Math.min(nearest, (point.x - other.x) ** 2 + (point.y - other.y) ** 2)
  }
  const distance = Math.sqrt(nearest)
  if (distance < DISTANCE_MIN_PX) return 0
  const rise = (distance - DISTANCE_MIN_PX) / (DISTANCE_FREE_PX - DISTANCE_MIN_PX)
  return Math.min(1, CLOSE_SHARE + (1 - CLOSE_SHARE) * rise)
}
