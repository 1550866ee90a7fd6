/** The surface of a finger's skin: its ridges, and what time and sweat have cut into them. */
import type { SeededRandom } from '../../world/seeded-random.ts'
import { Crowd } from '../crowd.ts'
import type { Point } from '../orientation-field.ts'
import { HEIGHT, LEFT, TOP, WIDTH } from './grid.ts'

/** Pores, pixels: as many as come to lie on ridges this far apart, and how far each reaches. */
const PORES = {
  tried: 4_000,
  most: 1_200,
  apart: 8,
  radius: 1.1,
  depth: 1.2,
  heightMin: 0.8,
} as const

/** White lines across the ridges, pixels: many have none, some fingers many. */
const CREASES = {
  most: 8,
  length: { min: 30, max: 130 },
  width: { min: 0.6, max: 1.6 },
  bend: 0.012,
  depth: 2.2,
} as const

/** Deviations of a bell within which it counts. */
const BELL_REACH = 2.6

export class Ridges {
  /** Mean distance from ridge to ridge, pixels. */
  readonly period: number
  readonly #heights: Float32Array

  /** `phase` by node: a ridge's top is at whole turns. */
  constructor(phase: Float64Array, period: number) {
    this.period = period
    this.#heights = Float32Array.from(phase, (radians) => Math.cos(radians))
  }

  /**
   * From -1, the bottom of a valley, to 1, the top of a ridge; less where something is cut into it.
   * Past the grid what is at its edge.
   */
  at({ x, y }: Point): number {
    const across = Math.min(WIDTH - 1.001, Math.max(0, x - LEFT))
    const along = Math.min(HEIGHT - 1.001, Math.max(0, y - TOP))
    const column = Math.floor(across)
    const row = Math.floor(along)
    const right = across - column
    const at = row * WIDTH + column
    const heights = this.#heights
    const below = at + WIDTH
    const upper = heights[at]! + right * (heights[at + 1]! - heights[at]!)
    const lower = heights[below]! + right * (heights[below + 1]! - heights[below]!)
    return upper + (along - row) * (lower - upper)
  }

  /** Opens pores on the tops of ridges. */
  openPores(random: SeededRandom): void {
    const { tried, most, apart, radius, depth, heightMin } = PORES
    const pores = new Crowd(most)
    for (let trial = 0; trial < tried && !pores.isFull; trial += 1) {
      const x = LEFT + WIDTH * random.next()
      const y = TOP + HEIGHT * random.next()
      const strength = depth * random.next()
      if (this.at({ x, y }) < heightMin || pores.distance(x, y, apart) < apart) continue
      pores.add(x, y)
      this.#cut({ x, y }, radius, strength)
    }
  }

  /** Cuts creases across the ridges. */
  crease(random: SeededRandom): void {
    const { most, length, width, bend, depth } = CREASES
    const share = random.next()
    const count = Math.floor(share * share * share * (most + 1))
    for (let crease = 0; crease < count; crease += 1) {
      const radius = random.between(width)
      const steps = Math.round(random.between(length) / radius)
      const curve = random.normal(0, bend) * radius
      let x = LEFT + WIDTH * random.next()
      let y = TOP + HEIGHT * random.next()
      let angle = 2 * Math.PI * random.next()
      for (let step = 0; step < steps; step += 1) {
        this.#cut({ x, y }, radius, (0.4 + random.next()) * depth)
        x += radius * Math.cos(angle)
        y += radius * Math.sin(angle)
        angle += curve
      }
    }
  }

  #cut({ x, y }: Point, radius: number, depth: number): void {
    const reach = BELL_REACH * radius
    const fromRow = Math.max(0, Math.ceil(y - reach - TOP))
    const toRow = Math.min(HEIGHT - 1, Math.floor(y + reach - TOP))
    const fromColumn = Math.max(0, Math.ceil(x - reach - LEFT))
    const toColumn = Math.min(WIDTH - 1, Math.floor(x + reach - LEFT))
    for (let row = fromRow; row <= toRow; row += 1) {
      for (let column = fromColumn; column <= toColumn; column += 1) {
        const dx = LEFT + column - x
        const dy = TOP + row - y
        const share = Math.exp(-(dx * dx + dy * dy) / (2 * radius * radius))
        this.#heights[row * WIDTH + column]! -= depth * share
      }
    }
  }
}
