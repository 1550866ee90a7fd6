/** Noise of grains of a size: mean 0, deviation 1, by pixel. */
import { blur } from '../../../matcher/extract/frame.ts'
import type { SeededRandom } from '../../world/seeded-random.ts'

/** Variance of what is drawn evenly between -1 and 1. */
const EVEN_VARIANCE = 1 / 3

/** Noise drawn evenly, blurred twice by a square of 2 · `radius` + 1 pixels: nearly a bell. */
export function grainsOf(
  random: SeededRandom,
  { width, height, radius }: { width: number; height: number; radius: number },
): Float32Array {
  const drawn = Float32Array.from({ length: width * height }, () => 2 * random.next() - 1)
  const once = new Float32Array(drawn.length)
  blur(drawn, { width, height, radius }, once)
  blur(once, { width, height, radius }, drawn)
  const scale = 1 / Math.sqrt(EVEN_VARIANCE * energyLeft(radius))
  return drawn.map((value) => value * scale)
}

/** Share of white noise's variance that two blurs by squares leave. */
function energyLeft(radius: number): number {
  const side = 2 * radius + 1
  let squares = 0
  for (let offset = 1 - side; offset < side; offset += 1) {
    const weight = (side - Math.abs(offset)) / (side * side)
    squares += weight * weight
  }
  return squares * squares
}
