/** Something that varies smoothly over a finger: mean 0, variance 1, the sum of three waves. */
import type { SeededRandom, Span } from '../world/seeded-random.ts'

const WAVES = 3

/** Steps of a turn, a power of two: asked hundreds of times a finger, and no step matters. */
const STEPS = 1024
const SINES = Float64Array.from({ length: STEPS }, (_, step) =>
  Math.sin((2 * Math.PI * step) / STEPS),
)
const SCALE = Math.sqrt(2 / WAVES)

export class SmoothMap {
  /** Of each wave how many steps of a turn it takes a pixel of x and of y, and where it begins. */
  readonly #waves = new Float64Array(3 * WAVES)

  constructor(random: SeededRandom, length: Span) {
    for (let at = 0; at < this.#waves.length; at += 3) {
      const angle = 2 * Math.PI * random.next()
      const frequency = STEPS / random.between(length)
      this.#waves[at] = frequency * Math.cos(angle)
      this.#waves[at + 1] = frequency * Math.sin(angle)
      this.#waves[at + 2] = STEPS * random.next()
    }
  }

  at(x: number, y: number): number {
    const waves = this.#waves
    let sum = 0
    for (let at = 0; at < waves.length; at += 3) {
      const phase = waves[at]! * x + waves[at + 1]! * y + waves[at + 2]!
      sum += SINES[phase & (STEPS - 1)]!
    }
    return SCALE * sum
  }
}
