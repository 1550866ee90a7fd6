/**
 * A synthetic finger as it is, before any sensor has seen it: its flow and its true minutiae.
 *
 * Which way a minutia points is not a coin toss: where ridges fan out new ones must begin, as many
 * as the divergence of the flow demands at constant ridge width. Independent directions make
 * strangers look less alike than they are, and a register's accuracy better than it is.
 */
import { Crowd } from './crowd.ts'
import {
  emptyFlow,
  orientationField,
  type Flow,
  type OrientationField,
  type Pattern,
  type Point,
} from './orientation-field.ts'
import { RECIPE, type Recipe } from './recipe.ts'
import { SmoothMap } from './smooth-map.ts'

import type { MinutiaType } from '../../matcher/template/template.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

export interface TrueMinutia extends Point {
  /** Radians, clockwise from +x, along the ridge that begins or forks here. */
  readonly direction: number
  readonly type: MinutiaType
  /** 0 (often overlooked) to 1 (always seen). */
  readonly clarity: number
}

export interface Finger {
  /** ISO finger position. */
  readonly position: number
  /** Of what touches the sensor, as a share of the usual. */
  readonly size: number
  readonly field: OrientationField
  /** Where it prints better than elsewhere, whatever the impression. */
  readonly evenness: SmoothMap
  readonly minutiae: readonly TrueMinutia[]
}

export interface FingerOptions {
  readonly position: number
  readonly pattern: Pattern
  readonly size?: number
  readonly recipe?: Recipe
}

/** Far above what comes about; what is drawn beyond is left out. */
const MINUTIAE_MAX = 250

/** Candidates tried for one finger: five times what the fullest takes. */
const CANDIDATES_MAX = 6_000

const flow = emptyFlow()
const crowd = new Crowd(MINUTIAE_MAX)

export function generateFinger(
  random: SeededRandom,
  { position, pattern, size = 1, recipe = RECIPE }: FingerOptions,
): Finger {
  const field = orientationField(pattern, random, recipe)
  const evenness = new SmoothMap(random, recipe.unevenness.wave)
  const sway = new SmoothMap(random, recipe.births.wave)
  const swaying = random.between(recipe.births.sway)
  const { mean, deviation, min } = recipe.master.count
  const wanted = Math.max(min, random.normal(mean, deviation))
  const minutiae: TrueMinutia[] = []
  crowd.clear()
  for (let tried = 0; tried < CANDIDATES_MAX && minutiae.length < wanted; tried += 1) {
    const point = pointOnPad(random, recipe)
    // The cheapest question first: it turns half of them away.
    if (crowd.isFull || !random.chance(room(point, recipe))) continue
    field.read(point.x, point.y, flow)
    const births = birthRate(flow, recipe) + swaying * sway.at(point.x, point.y)
    if (!random.chance(density(field, point, births, recipe))) continue
    crowd.add(point.x, point.y)
    minutiae.push(minutiaAt(point, births, random, recipe))
  }
  return { position, size, field, evenness, minutiae }
}

/** Uniform over the pad's ellipse. */
export function pointOnPad(random: SeededRandom, { pad }: Recipe): Point {
  for (;;) {
    const x = 2 * random.next() - 1
    const y = 2 * random.next() - 1
    if (x * x + y * y <= 1) return { x: x * pad.x, y: y * pad.y }
  }
}

/** At a point whose flow has just been read. */
function minutiaAt(
  { x, y }: Point,
  births: number,
  random: SeededRandom,
  { births: { chance }, master }: Recipe,
): TrueMinutia {
  // Chance minutiae come in pairs that cancel out; only the surplus has a preferred direction.
  const along = 0.5 + (0.5 * births) / (Math.abs(births) + chance)
  const sense = random.chance(along) ? 0 : Math.PI
  const angle = Math.atan2(flow.sine, flow.cosine) + sense
  return {
    x,
    y,
    direction: random.normal(angle, master.directionDeviation),
    type: random.chance(master.endings) ? 'ending' : 'bifurcation',
    clarity: random.next(),
  }
}

/**
 * Ridges that begin per px² in the sense of the flow's vector, negative where they end: the
 * divergence of the flow over the ridge period.
 */
function birthRate({ cosine, sine, slopeX, slopeY }: Flow, { births }: Recipe): number {
  return (cosine * slopeY - sine * slopeX) / births.ridgePeriod
}

/** Share of candidates kept at a point: more around cores and deltas and where ridges fan out. */
function density(
  { cores, deltas }: OrientationField,
  point: Point,
  births: number,
  { density: { base, births: weight, birthsMax, core, delta } }: Recipe,
): number {
  let kept = base + Math.min(birthsMax, weight * Math.abs(births))
  for (const other of cores) kept += core.weight * near(point, other, core.reach)
  for (const other of deltas) kept += delta.weight * near(point, other, delta.reach)
  return kept
}

function near(point: Point, other: Point, reach: number): number {
  const dx = point.x - other.x
  const dy = point.y - other.y
  const squared = (dx * dx + dy * dy) / (2 * reach * reach)
  // Less than a hundredth is not worth an exponential.
  return squared > 4.6 ? 0 : Math.exp(-squared)
}

/** Share of candidates kept for the sake of those that are there already. */
function room({ x, y }: Point, { master }: Recipe): number {
  const { min, free } = master.distance
  const distance = crowd.distance(x, y, free)
  if (distance < min) return 0
  return master.closeShare + (1 - master.closeShare) * ((distance - min) / (free - min))
}
