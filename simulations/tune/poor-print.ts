/**
 * Prints made worse on purpose, in the ways in which captures go wrong: what quality is fitted on
 * besides real prints, and what feedback is tested with. Crude, but each does to ridges what its
 * cause does: they run together, break up, are smeared over their neighbours, pushed or cut off.
 */
import type { GreyImage } from '../../matcher/image/image.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

/** How much of a change is seen at a place, 0 to 1. */
export type Mask = (x: number, y: number) => number

export const everywhere: Mask = () => 1

/** Pixels; fades out with the distance from its middle. */
export function spot(middleX: number, middleY: number, radius: number): Mask {
  return (x, y) => Math.exp(-((x - middleX) ** 2 + (y - middleY) ** 2) / (radius * radius))
}

/** Ridges grown by `radius` pixels, until valleys are filled. */
export function wetted(image: GreyImage, radius: number, mask: Mask): GreyImage {
  return blended(image, nearby(image, radius, Math.min), mask)
}

/** Ridges worn thin, and broken where a grain of skin does not touch: `share` of them. */
export function dried(
  image: GreyImage,
  { share, random }: { share: number; random: SeededRandom },
  mask: Mask,
): GreyImage {
  const thin = nearby(image, 1, Math.max)
  const background = backgroundOf(image)
  const grain = grainOf(image, random)
  const broken = mapped(thin, (level, x, y) => {
    const gone = Math.max(0, Math.min(1, (grain(x, y) - 1 + share) * 4 + 0.5))
    return level + Math.max(0, background - level) * gone
  })
  return blended(image, broken, mask)
}

/** Moved by (dx, dy) pixels while it was captured. */
export function smeared(
  image: GreyImage,
  { dx, dy }: { dx: number; dy: number },
  mask: Mask,
): GreyImage {
  const steps = 12
  const moved = mapped(image, (_, x, y) => {
    let sum = 0
    for (let step = 0; step < steps; step += 1) {
      const share = step / (steps - 1) - 0.5
      sum += levelAt(image, Math.round(x + dx * share), Math.round(y + dy * share))
    }
    return sum / steps
  })
  return blended(image, moved, mask)
}

/** Pushed along its length: stretched at one end, squeezed at the other; `amount` from -1 to 1. */
export function pushed(image: GreyImage, amount: number): GreyImage {
  const { height } = image
  return mapped(image, (_, x, y) => {
    const share = y / height - 0.5
    return between(image, x, height * (0.5 + share + amount * share * share))
  })
}

/** Skin only where `isKept`. */
export function cropped(image: GreyImage, isKept: (x: number, y: number) => boolean): GreyImage {
  const background = backgroundOf(image)
  return mapped(image, (level, x, y) => (isKept(x, y) ? level : background))
}

/** Moved by whole pixels; what comes in is background. */
export function shifted(image: GreyImage, dx: number, dy: number): GreyImage {
  const background = backgroundOf(image)
  return mapped(image, (_, x, y) => {
    const isIn = x - dx >= 0 && y - dy >= 0 && x - dx < image.width && y - dy < image.height
    return isIn ? levelAt(image, x - dx, y - dy) : background
  })
}

/** `contrast` times the contrast, and noise of so many grey levels. */
export function faint(
  image: GreyImage,
  { contrast, noise, random }: { contrast: number; noise: number; random: SeededRandom },
): GreyImage {
  const background = backgroundOf(image)
  return mapped(image, (level) => {
    return background + (level - background) * contrast + (random.next() - 0.5) * noise
  })
}

export function inverted(image: GreyImage): GreyImage {
  return mapped(image, (level) => 255 - level)
}

function mapped(image: GreyImage, level: (own: number, x: number, y: number) => number): GreyImage {
  const { width, height } = image
  const pixels = Uint8Array.from(image.pixels, (own, at) => {
    return Math.max(0, Math.min(255, Math.round(level(own, at % width, Math.floor(at / width)))))
  })
  return { ...image, width, height, pixels }
}

function blended(image: GreyImage, other: GreyImage, mask: Mask): GreyImage {
  const { width } = image
  return mapped(image, (level, x, y) => {
    const share = mask(x, y)
    return level * (1 - share) + other.pixels[y * width + x]! * share
  })
}

function nearby(image: GreyImage, radius: number, choose: typeof Math.min): GreyImage {
  const reach = Math.ceil(radius)
  const steps: { x: number; y: number }[] = []
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1)
      if (x * x + y * y <= radius * radius) steps.push({ x, y })
  }
  return mapped(image, (own, x, y) => {
    return steps.reduce((level, step) => choose(level, levelAt(image, x + step.x, y + step.y)), own)
  })
}

function levelAt({ pixels, width, height }: GreyImage, x: number, y: number): number {
  const column = Math.max(0, Math.min(width - 1, x))
  return pixels[Math.max(0, Math.min(height - 1, y)) * width + column]!
}

function between(image: GreyImage, x: number, y: number): number {
  const above = Math.floor(y)
  const share = y - above
  return levelAt(image, x, above) * (1 - share) + levelAt(image, x, above + 1) * share
}

/** As light as a tenth of all pixels. */
function backgroundOf({ pixels }: GreyImage): number {
  return pixels.toSorted()[Math.floor(pixels.length * 0.9)]!
}

/** Evenly spread from 0 to 1 on a grid of three pixels, and between. */
function grainOf({ width, height }: GreyImage, random: SeededRandom): Mask {
  const size = 3
  const across = Math.ceil(width / size) + 2
  const grid = Float64Array.from({ length: across * (Math.ceil(height / size) + 2) }, () =>
    random.next(),
  )
  return (x, y) => {
    const at = Math.floor(y / size) * across + Math.floor(x / size)
    const right = (x % size) / size
    const below = (y % size) / size
    const upper = grid[at]! * (1 - right) + grid[at + 1]! * right
    const lower = grid[at + across]! * (1 - right) + grid[at + across + 1]! * right
    return upper * (1 - below) + lower * below
  }
}
