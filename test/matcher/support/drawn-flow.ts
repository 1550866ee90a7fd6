/** Drawn prints without minutiae, whose ridges run along lines of equal height of a figure. */
import type { GreyImage } from '../../../matcher/image/image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'

const SIDE = 360
const RADIUS = 172
const PERIOD = 9

/** Pixels from one core to the other. */
export const CORES_APART = 60

/** Pixels by which a loop's legs lean out, `LEAN_REACH` below its core. */
const LEAN = 60
const LEAN_REACH = 120

const FIGURES = {
  arch: (x: number, y: number): number => y + 25 * Math.exp((-x * x) / 5_000),
  loop: (x: number, y: number): number => Math.hypot(x, Math.min(0, y)),
  'right-loop': (x: number, y: number): number => leaning(x, y, LEAN),
  'left-loop': (x: number, y: number): number => leaning(x, y, -LEAN),
  whorl: (x: number, y: number): number =>
    Math.hypot(x, Math.max(0, Math.abs(y) - CORES_APART / 2)),
  delta: (x: number, y: number): number =>
    Math.max(y, (Math.sqrt(3) * x - y) / 2, (-Math.sqrt(3) * x - y) / 2),
} as const

export type Figure = keyof typeof FIGURES

/** Round, in the middle of a square; `turn` is a byte angle, counter-clockwise as seen. */
export function drawnFlow(figure: Figure, turn = 0): GreyImage {
  const height = FIGURES[figure]
  const pixels = new Uint8Array(SIDE * SIDE).fill(235)
  const cosine = Math.cos((turn * Math.PI) / 128)
  const sine = Math.sin((turn * Math.PI) / 128)
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const right = column + 0.5 - SIDE / 2
      const below = row + 0.5 - SIDE / 2
      if (Math.hypot(right, below) > RADIUS) continue
      const x = right * cosine - below * sine
      const y = right * sine + below * cosine
      const phase = (2 * Math.PI * height(x, y)) / PERIOD
      pixels[row * SIDE + column] = Math.round(128 - 90 * Math.cos(phase))
    }
  }
  return { pixels, width: SIDE, height: SIDE, dpi: MATCHER_DPI }
}

/** A loop whose legs bend to one side on their way down. */
function leaning(x: number, y: number, lean: number): number {
  const way = Math.max(0, y) / LEAN_REACH
  return Math.hypot(x - lean * way * way, Math.min(0, y))
}
