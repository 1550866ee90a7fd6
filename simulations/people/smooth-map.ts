/** Something that varies smoothly over a finger: mean 0, variance 1, the sum of three waves. */
import type { SeededRandom, Span } from '../world/seeded-random.ts'

const WAVES = 3

export class SmoothMap {
  /** Wave vector and phase of each wave. */
  readonly #waves: Float64Array

  constructor(random: SeededRandom, length: Span) {
    this.#waves = new Float64Array(3 * WAVES)
    for (let at = 0; at < this.#waves.length; at += 3) {
      const angle = 2 * Math.PI * random.next()
      const frequency = (2 * Math.PI) / random.between(length)
      this.#waves[at] = frequency * Math.cos(angle)
      this.#waves[at + 1] = frequency * Math.sin(angle)
      this.#waves[at + 2] = 2 * Math.PI * random.next()
    }
  }

  at(x: number, y: number): number {
    const waves = this.#waves
    let sum = 0
    for (let at = 0; at < waves.length; at += 3) {
      sum += Math.sin(waves[at]! * x + waves[at + 1]! * y + waves[at + 2]!)
    }
    return sum * Math.sqrt(2 / WAVES)
  }
}
