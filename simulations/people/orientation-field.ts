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
import type { Recipe } from './recipe.ts'

export type Pattern = 'arch' | 'tented-arch' | 'left-loop' | 'right-loop' | 'whorl'

export interface Point {
  readonly x: number
  readonly y: number
}

/** The flow at a point: a unit vector along the ridges, and the gradient of its angle. */
export interface Flow {
  /** It and its opposite are the same. */
  cosine: number
  sine: number
  /** Radians a pixel. */
  slopeX: number
  slopeY: number
}

export interface OrientationField {
  readonly pattern: Pattern
  readonly cores: readonly Point[]
  readonly deltas: readonly Point[]
  /** Leaves the flow at a point in `flow`: asked too often to make an object each time. */
  read(x: number, y: number, flow: Flow): void
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

export function orientationField(
  pattern: Pattern,
  random: SeededRandom,
  recipe: Recipe,
): OrientationField {
  return pattern === 'arch'
    ? new ArchedField(random, recipe)
    : new SingularField(pattern, random, recipe)
}

export function emptyFlow(): Flow {
  return { cosine: 1, sine: 0, slopeX: 0, slopeY: 0 }
}

/** Each singularity turns the flow by half a turn around a core, and back around a delta. */
class SingularField implements OrientationField {
  readonly pattern: Pattern
  readonly cores: readonly Point[]
  readonly deltas: readonly Point[]
  readonly #turns: readonly Turn[]
  /** Twice the angle that makes the flow level at the top, as a unit vector. */
  #level: { cosine: number; sine: number } = { cosine: 1, sine: 0 }

  constructor(pattern: Pattern, random: SeededRandom, { flow }: Recipe) {
    const { cores, deltas } = singularities(pattern, random, flow)
    this.pattern = pattern
    this.cores = cores
    this.deltas = deltas
    this.#turns = [
      ...cores.map((point) => drawTurn(point, 1, random, flow)),
      ...deltas.map((point) => drawTurn(point, -1, random, flow)),
    ]
    const top = emptyFlow()
    this.read(TOP.x, TOP.y, top)
    const tilt = random.normal(0, flow.bend.tilt)
    const level = 2 * (tilt - Math.atan2(top.sine, top.cosine))
    this.#level = { cosine: Math.cos(level), sine: Math.sin(level) }
  }

  /** Twice the angle is a sum of arguments: a product of unit vectors, without arctangents. */
  read(x: number, y: number, flow: Flow): void {
    let { cosine, sine } = this.#level
    let bent = 0
    flow.slopeX = 0
    flow.slopeY = 0
    for (const turn of this.#turns) {
      const dx = x - turn.x
      const dy = y - turn.y
      const squared = Math.max(1e-9, dx * dx + dy * dy)
      const distance = Math.sqrt(squared)
      const ux = dx / distance
      const uy = dy / distance
      const rotated = cosine * ux - sine * uy * turn.sense
      sine = sine * ux + cosine * uy * turn.sense
      cosine = rotated
      const twiceX = ux * ux - uy * uy
      const twiceY = 2 * ux * uy
      bent +=
        turn.sense *
        (turn.onceCos * uy - turn.onceSin * ux + turn.twiceCos * twiceY + turn.twiceSin * twiceX)
      const bend =
        turn.onceCos * ux +
        turn.onceSin * uy +
        2 * (turn.twiceCos * twiceX - turn.twiceSin * twiceY)
      const slope = (0.5 * turn.sense * (1 + bend)) / squared
      flow.slopeX -= slope * dy
      flow.slopeY += slope * dx
    }
    const cosineBent = Math.cos(bent)
    const sineBent = Math.sin(bent)
    halve(cosine * cosineBent - sine * sineBent, sine * cosineBent + cosine * sineBent, flow)
  }
}

/** No singularity: level ridges that rise to a hump, which flattens towards the tip. */
class ArchedField implements OrientationField {
  readonly pattern = 'arch'
  readonly cores: readonly Point[] = []
  readonly deltas: readonly Point[] = []
  readonly #height: number
  readonly #middle: number
  /** Radians a pixel, of a hump as wide as the finger. */
  readonly #frequency: number
  readonly #tilt: number

  constructor(random: SeededRandom, { flow }: Recipe) {
    this.#height = random.between({ min: 0.8, max: 1.8 })
    this.#middle = random.normal(0, 8)
    this.#frequency = (2 * Math.PI) / random.between({ min: 210, max: 270 })
    this.#tilt = random.normal(0, flow.bend.tilt)
  }

  read(x: number, y: number, flow: Flow): void {
    const below = Math.max(0, 1 - (y + 150) / 330)
    const above = y < -60 ? (y + 200) / 140 : 1
    const rise = this.#height * below * above
    const climb = below > 0 ? -above / 330 + (y < -60 ? below / 140 : 0) : 0
    const phase = this.#frequency * (x - this.#middle)
    const slope = rise * Math.sin(phase)
    const angle = Math.atan(slope) + this.#tilt
    const steepness = 1 + slope * slope
    flow.cosine = Math.cos(angle)
    flow.sine = Math.sin(angle)
    flow.slopeX = (rise * this.#frequency * Math.cos(phase)) / steepness
    flow.slopeY = (this.#height * climb * Math.sin(phase)) / steepness
  }
}

/** Half the angle of a unit vector; of the two that there are, the one that points to +x. */
function halve(cosine: number, sine: number, flow: Flow): void {
  flow.cosine = Math.sqrt(Math.max(0, (1 + cosine) / 2))
  flow.sine = Math.sign(sine || 1) * Math.sqrt(Math.max(0, (1 - cosine) / 2))
}

/** A singularity, and how its turn deviates: a·sin(φ - p) + b·sin(2φ + p) at angle φ around it. */
interface Turn extends Point {
  /** 1 around a core, -1 around a delta. */
  readonly sense: number
  readonly onceCos: number
  readonly onceSin: number
  readonly twiceCos: number
  readonly twiceSin: number
}

function drawTurn(
  { x, y }: Point,
  sense: number,
  random: SeededRandom,
  { bend, straight }: Recipe['flow'],
): Turn {
  const once = random.normal(0, bend.once)
  const twice = random.normal(0, bend.twice)
  const phase = random.between({ min: -Math.PI, max: Math.PI })
  const cosine = Math.cos(phase)
  const sine = Math.sin(phase)
  return {
    x,
    y,
    sense,
    onceCos: once * cosine,
    onceSin: once * sine,
    twiceCos: twice * cosine + (sense > 0 ? straight.core : straight.delta),
    twiceSin: twice * sine,
  }
}

function singularities(pattern: Pattern, random: SeededRandom, flow: Recipe['flow']) {
  const { core, whorl, tentedDelta, delta } = flow
  const around = (y: number, spread: number): Point => ({
    x: random.normal(0, 0.7 * spread),
    y: random.normal(y, spread),
  })
  const side = (sign: number): Point => ({
    x: sign * random.between(delta.x),
    y: random.between(delta.y),
  })
  if (pattern === 'tented-arch') {
    return {
      cores: [around(core.y, core.deviation)],
      deltas: [around(tentedDelta.y, tentedDelta.deviation)],
    }
  }
  if (pattern === 'whorl') {
    const apart = random.between(whorl)
    const middle = around(core.y, core.deviation)
    const cores = [-apart, apart].map((by) => ({
      x: random.normal(middle.x, 4),
      y: random.normal(middle.y + by, 4),
    }))
    return { cores, deltas: [side(-1), side(1)] }
  }
  return {
    cores: [around(core.y, core.deviation)],
    deltas: [side(pattern === 'left-loop' ? 1 : -1)],
  }
}
