/** A flow that bends a little more than its pattern does, as skin does that has grown. */
import type { Flow, OrientationField, Pattern, Point } from '../orientation-field.ts'
import type { SmoothMap } from '../smooth-map.ts'

export class BentField implements OrientationField {
  readonly pattern: Pattern
  readonly cores: readonly Point[]
  readonly deltas: readonly Point[]
  readonly #field: OrientationField
  readonly #map: SmoothMap
  readonly #deviation: number

  /** By `deviation` radians times what `map` says at each point. */
  constructor(field: OrientationField, map: SmoothMap, deviation: number) {
    this.pattern = field.pattern
    this.cores = field.cores
    this.deltas = field.deltas
    this.#field = field
    this.#map = map
    this.#deviation = deviation
  }

  /** Radians by which the flow is turned at a point. */
  bend({ x, y }: Point): number {
    return this.#deviation * this.#map.at(x, y)
  }

  read(x: number, y: number, flow: Flow): void {
    this.#field.read(x, y, flow)
    const { cosine, sine } = flow
    const angle = this.bend({ x, y })
    flow.cosine = cosine * Math.cos(angle) - sine * Math.sin(angle)
    flow.sine = sine * Math.cos(angle) + cosine * Math.sin(angle)
    flow.slopeX += (this.bend({ x: x + 1, y }) - this.bend({ x: x - 1, y })) / 2
    flow.slopeY += (this.bend({ x, y: y + 1 }) - this.bend({ x, y: y - 1 })) / 2
  }
}
