/**
 * Where the ridges of a synthetic finger run: a zero-pole field with random cores and deltas.
 *
 * Source: B. Sherlock, D. Monro, "A model for interpreting fingerprint topology", Pattern
 * Recognition 26(7), 1993. As real flow bends more freely around a singularity than its bare
 * argument, each one gets a small periodic deviation of its own, the purpose of the correction of
 * P. Vizcaya, L. Gerhardt (Pattern Recognition 29(7), 1996). Shares of the patterns: C. Wilson et
 * al., NISTIR 5163.
 *
 * Units: pixels at 500 dpi from the middle of the pad, y downwards; angles in radians, clockwise
 * from +x as y grows downwards.
 */
import type { SeededRandom } from '../world/seeded-random.ts'

export type Pattern = 'arch' | 'tented-arch' | 'left-loop' | 'right-loop' | 'whorl'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface OrientationField {
  readonly pattern: Pattern
  readonly cores: readonly Point[]
  readonly deltas: readonly Point[]
  /** Angle of the ridges at a point; it and its opposite are the same. */
  readonly at: (x: number, y: number) => number
}

/** Natural shares in the population. */
const SHARES: readonly (readonly [Pattern, share: number])[] = [
  ['arch', 0.037],
  ['tented-arch', 0.029],
  ['left-loop', 0.338],
  ['right-loop', 0.317],
  ['whorl', 0.279],
]

/** Where the pad's upper edge is: there ridges run level, whatever is below. */
const TOP: Point = { x: 0, y: -165 }

export function drawPattern(random: SeededRandom): Pattern {
  let rest = random.next()
  for (const [pattern, share] of SHARES) {
    if (rest < share) return pattern
    rest -= share
  }
  return 'whorl'
}

export function mirrored(pattern: Pattern): Pattern {
  if (pattern === 'left-loop') return 'right-loop'
  return pattern === 'right-loop' ? 'left-loop' : pattern
}

export function orientationField(pattern: Pattern, random: SeededRandom): OrientationField {
  const tilt = random.normal(0, 0.04)
  if (pattern === 'arch') {
    return { pattern, cores: [], deltas: [], at: archedFlow(random, tilt) }
  }
  const { cores, deltas } = singularities(pattern, random)
  const turns = [
    ...cores.map((point) => turn(point, 0.5, random)),
    ...deltas.map((point) => turn(point, -0.5, random)),
  ]
  const sum = (x: number, y: number) => turns.reduce((angle, by) => angle + by(x, y), 0)
  const level = tilt - halfTurn(sum(TOP.x, TOP.y))
  return { pattern, cores, deltas, at: (x, y) => sum(x, y) + level }
}

/** `angle` less the multiple of π that brings it into (-π/2, π/2]. */
export function halfTurn(angle: number): number {
  return angle - Math.PI * Math.round(angle / Math.PI)
}

function singularities(pattern: Pattern, random: SeededRandom) {
  const around = (x: number, y: number, spreadX: number, spreadY: number): Point => ({
    x: random.normal(x, spreadX),
    y: random.normal(y, spreadY),
  })
  const side = (sign: number): Point => ({
    x: sign * random.between({ min: 62, max: 98 }),
    y: random.between({ min: 72, max: 108 }),
  })
  if (pattern === 'tented-arch') {
    return { cores: [around(0, -15, 6, 12)], deltas: [around(0, 65, 7, 14)] }
  }
  if (pattern === 'whorl') {
    const apart = random.between({ min: 8, max: 32 })
    const cores = [around(0, -18 - apart, 6, 6), around(0, -18 + apart, 6, 6)]
    return { cores, deltas: [side(-1), side(1)] }
  }
  return { cores: [around(0, -18, 9, 12)], deltas: [side(pattern === 'left-loop' ? 1 : -1)] }
}

/**
 * What one singularity adds to the flow: half a turn around a core, half a turn back at a delta.
 */
function turn(point: Point, weight: number, random: SeededRandom) {
  const first = random.normal(0, 0.05)
  const second = random.normal(0, 0.04)
  const phase = random.between({ min: -Math.PI, max: Math.PI })
  return (x: number, y: number) => {
    const angle = Math.atan2(y - point.y, x - point.x)
    const bend = first * Math.sin(angle - phase) + second * Math.sin(2 * angle + phase)
    return weight * (angle + bend)
  }
}

/** No singularity: level ridges that rise to a hump, which flattens towards the tip. */
function archedFlow(random: SeededRandom, tilt: number) {
  const height = random.between({ min: 0.8, max: 1.8 })
  const middle = random.normal(0, 8)
  const width = random.between({ min: 210, max: 270 })
  return (x: number, y: number) => {
    const rise = Math.max(0, height * (1 - (y + 150) / 330)) * (y < -60 ? (y + 200) / 140 : 1)
    return Math.atan(rise * Math.sin((2 * Math.PI * (x - middle)) / width)) + tilt
  }
}
