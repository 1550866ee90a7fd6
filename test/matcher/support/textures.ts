/** What is no print: pictures of other things, and of nothing. */
import type { GreyImage } from '../../../matcher/image/image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { noisy } from './drawn-print.ts'

const WIDTH = 320
const HEIGHT = 340

/** Pixels, as ridges have it. */
const PERIOD = 9

/** Waves in a labyrinth, of one length and of all directions. */
const WAVES = 40

export function textures(): Readonly<Record<string, GreyImage>> {
  return {
    black: picture(() => 0),
    white: picture(() => 255),
    gradient: picture((x, y) => x / 3 + y / 3),
    'out of focus': picture((x, y) => 128 + 60 * Math.sin(x / 31 + Math.sin(y / 17))),
    noise: noisy(WIDTH, HEIGHT, 127),
    stripes: picture((x) => wave(x)),
    rings: picture((x, y) => wave(Math.hypot(x - 160, y - 170))),
    weave: picture((x, y) => ((Math.floor(x / 5) + Math.floor(y / 5)) % 2 === 0 ? 60 : 200)),
    bricks: picture((x, y) => {
      const shift = Math.floor(y / 24) % 2 === 0 ? 0 : 20
      return y % 24 < 3 || (x + shift) % 40 < 3 ? 220 : 120
    }),
    text: picture((x, y) => {
      return y % 18 < 11 && (x * 7 + Math.floor(y / 18) * 13) % 11 < 5 ? 30 : 240
    }),
    labyrinth: labyrinth(),
  }
}

function wave(phase: number): number {
  return 128 + 90 * Math.cos((2 * Math.PI * phase) / PERIOD)
}

/** Ridges without a finger's flow: they begin and end everywhere. */
function labyrinth(): GreyImage {
  const random = new SeededRandom('textures 1')
  const waves = Array.from({ length: WAVES }, () => {
    const angle = random.next() * 2 * Math.PI
    const rate = (2 * Math.PI) / PERIOD
    return { x: rate * Math.cos(angle), y: rate * Math.sin(angle), phase: random.next() * 7 }
  })
  return picture((x, y) => {
    const sum = waves.reduce((total, one) => {
      return total + Math.cos(one.x * x + one.y * y + one.phase)
    }, 0)
    return 128 + (80 * sum) / Math.sqrt(WAVES / 2)
  })
}

function picture(level: (x: number, y: number) => number): GreyImage {
  const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const shade = Math.round(level(at % WIDTH, Math.floor(at / WIDTH)))
    return Math.max(0, Math.min(255, shade))
  })
  return { pixels, width: WIDTH, height: HEIGHT, dpi: MATCHER_DPI }
}
