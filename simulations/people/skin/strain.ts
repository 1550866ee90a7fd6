/**
 * Where ridges would be squeezed or torn apart, because more of them begin than the flow has room
 * for, or fewer.
 *
 * What the phase's growth cannot follow is a field whose sources are the surplus of turns; its
 * potential says what a turn more or less would cost at a place, and dies out at the finger's edge.
 * On squares of nodes, with the signs of the grid.
 */
import { gain, type PhaseSteps } from './phase-steps.ts'
import { OVER_RELAXATION } from './relax.ts'

export class Strain {
  /** Squares along a row, and how many rows there are. */
  readonly width: number
  readonly height: number
  readonly #steps: PhaseSteps
  readonly #surplus: Float64Array
  readonly #potential: Float64Array

  /** Of a flow without minutiae. */
  constructor(steps: PhaseSteps) {
    this.#steps = steps
    this.width = steps.width - 1
    this.height = steps.height - 1
    this.#surplus = Float64Array.from(
      { length: this.width * this.height },
      (_, square) => -gain(steps, this.#cornerOf(square)),
    )
    this.#potential = new Float64Array(this.#surplus.length)
  }

  /** Upper left node of a square. */
  #cornerOf(square: number): number {
    return Math.floor(square / this.width) * this.#steps.width + (square % this.width)
  }

  /** Turns, along the normal of the square's upper left node. */
  add(square: number, turns: number): void {
    this.#surplus[square]! += turns
  }

  /** How much one turn too many there is at a square; negative where one is missing. */
  at(square: number): number {
    return this.#potential[square]!
  }

  /** Works what was added into the potential; the more rounds the farther. */
  settle(rounds: number): void {
    const { width, height } = this
    const { rightSign, downSign, width: stride } = this.#steps
    const potential = this.#potential
    for (let round = 0; round < rounds; round += 1) {
      for (let square = 0; square < potential.length; square += 1) {
        const x = square % width
        const y = (square - x) / width
        const node = y * stride + x
        let sum = this.#surplus[square]!
        if (x > 0) sum += rightSign[node - 1]! * potential[square - 1]!
        if (x < width - 1) sum += rightSign[node]! * potential[square + 1]!
        if (y > 0) sum += downSign[node - stride]! * potential[square - width]!
        if (y < height - 1) sum += downSign[node]! * potential[square + width]!
        potential[square]! += OVER_RELAXATION * (sum / 4 - potential[square]!)
      }
    }
  }
}
