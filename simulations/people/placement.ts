/** How a finger lies on the sensor: stretched, turned and moved, and which part of it touches. */
import type { SeededRandom } from '../world/seeded-random.ts'
import type { Point } from './orientation-field.ts'
import type { Recipe } from './recipe.ts'

/** A displacement by plastic distortion: quadratic in p and q, the place in halves of the pad. */
interface Warp {
  readonly pp: number
  readonly pq: number
  readonly qq: number
  readonly p: number
  readonly q: number
}

/** After these, a hundredth of a pixel is right. */
const LIFT_ROUNDS = 6

export class Placement {
  readonly #cosine: number
  readonly #sine: number
  readonly #shiftX: number
  readonly #shiftY: number
  readonly #unit: number
  readonly #warpX: Warp
  readonly #warpY: Warp
  readonly #halfX: number
  readonly #halfY: number

  /** `size`: of what touches, as a share of the usual. */
  constructor(
    random: SeededRandom,
    { size, quality }: { readonly size: number; readonly quality: number },
    { pad, placement }: Recipe,
  ) {
    const { rotationDeviation, shiftDeviation, window, warpDeviation } = placement
    const rotation = random.normal(0, rotationDeviation)
    const spread = random.chance(placement.askewShare * (1 - quality)) ? placement.askew : 1
    this.#cosine = Math.cos(rotation)
    this.#sine = Math.sin(rotation)
    this.#shiftX = random.normal(0, shiftDeviation.x * spread)
    this.#shiftY = random.normal(0, shiftDeviation.y * spread)
    this.#unit = pad.x
    this.#warpX = drawWarp(random, warpDeviation)
    this.#warpY = drawWarp(random, warpDeviation)
    this.#halfX = size * random.between(window.x)
    this.#halfY = size * random.between(window.y)
  }

  /** Where a point of the finger comes to lie. */
  place({ x, y }: Point): Point {
    const p = x / this.#unit
    const q = y / this.#unit
    const stretchedX = x + displacement(this.#warpX, p, q)
    const stretchedY = y + displacement(this.#warpY, p, q)
    return {
      x: this.#cosine * stretchedX - this.#sine * stretchedY + this.#shiftX,
      y: this.#sine * stretchedX + this.#cosine * stretchedY + this.#shiftY,
    }
  }

  /** The point of the finger that comes to lie there: `place` the other way round. */
  lift({ x, y }: Point): Point {
    const turnedX = this.#cosine * (x - this.#shiftX) + this.#sine * (y - this.#shiftY)
    const turnedY = this.#cosine * (y - this.#shiftY) - this.#sine * (x - this.#shiftX)
    let p = turnedX / this.#unit
    let q = turnedY / this.#unit
    // Each round leaves a small share of the error: stretching changes little from there to here.
    for (let round = 0; round < LIFT_ROUNDS; round += 1) {
      const stretchX = displacement(this.#warpX, p, q)
      const stretchY = displacement(this.#warpY, p, q)
      p = (turnedX - stretchX) / this.#unit
      q = (turnedY - stretchY) / this.#unit
    }
    return { x: p * this.#unit, y: q * this.#unit }
  }

  /** What becomes of a direction, radians, at a point of the finger: it turns as the skin does. */
  turn({ x, y }: Point, direction: number): number {
    const p = x / this.#unit
    const q = y / this.#unit
    const stepP = Math.cos(direction)
    const stepQ = Math.sin(direction)
    const alongX = stepP + slope(this.#warpX, p, q, stepP, stepQ) / this.#unit
    const alongY = stepQ + slope(this.#warpY, p, q, stepP, stepQ) / this.#unit
    return Math.atan2(
      this.#sine * alongX + this.#cosine * alongY,
      this.#cosine * alongX - this.#sine * alongY,
    )
  }

  /** How far from the middle (0) to the edge (1) of what touches; more where nothing does. */
  eccentricity({ x, y }: Point): number {
    const dx = x / this.#halfX
    const dy = y / this.#halfY
    return Math.sqrt(dx * dx + dy * dy)
  }
}

function drawWarp(random: SeededRandom, deviation: number): Warp {
  return {
    pp: random.normal(0, deviation),
    pq: random.normal(0, deviation),
    qq: random.normal(0, deviation),
    p: random.normal(0, deviation / 2),
    q: random.normal(0, deviation / 2),
  }
}

function displacement(warp: Warp, p: number, q: number): number {
  return warp.pp * p * p + warp.pq * p * q + warp.qq * q * q + warp.p * p + warp.q * q
}

/** By how much the displacement grows along a step of p and q. */
function slope(warp: Warp, p: number, q: number, stepP: number, stepQ: number): number {
  const byP = 2 * warp.pp * p + warp.pq * q + warp.p
  const byQ = warp.pq * p + 2 * warp.qq * q + warp.q
  return byP * stepP + byQ * stepQ
}
