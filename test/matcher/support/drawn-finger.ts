/** A finger that can be told from others: a drawn print with minutiae where a seed has put them. */
import type { GreyImage } from '../../../matcher/image/image.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { PLAIN, drawn, type Drawing, type Planted } from './drawn-print.ts'

const MINUTIAE = 28

/** Pixels: so near to each other minutiae are no more seen apart. */
const APART = 22

/** The same seed gives the same finger; `drawing` says how it was captured. */
export function drawnFinger(seed: string, drawing: Partial<Drawing> = {}): GreyImage {
  const random = new SeededRandom(`drawn finger/${seed}`)
  const planted: Planted[] = []
  while (planted.length < MINUTIAE) {
    const x = random.integer(220) - 110
    const y = random.integer(240) - 120
    if (planted.some((other) => Math.hypot(other.x - x, other.y - y) < APART)) continue
    planted.push({ x, y, isAlong: random.integer(2) === 0 })
  }
  return drawn({ ...PLAIN, planted, ...drawing })
}
