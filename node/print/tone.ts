/** A print made paler, so that what is drawn on it can be seen. */
import type { GreyImage } from '../../matcher/image/image.ts'
import { clamp } from '../../matcher/integer.ts'

/** Of all pixels: so many at either end count for nothing when the ends are looked for. */
const TAIL = 0.01

/** Fewer grey levels between both ends are not spread: they are noise. */
const RANGE_MIN = 48

const WHITE = 255

/** The print's own darkest level becomes `darkest`, its lightest white. */
export function pale(image: GreyImage, darkest: number): GreyImage {
  const { low, high } = endsOf(image.pixels)
  const range = Math.max(RANGE_MIN, high - low)
  const toned = Uint8Array.from({ length: WHITE + 1 }, (_, level) => {
    const lightness = clamp(1 - (high - level) / range, 0, 1)
    return Math.round(darkest + (WHITE - darkest) * lightness)
  })
  return { ...image, pixels: image.pixels.map((level) => toned[level]!) }
}

function endsOf(pixels: Uint8Array): { low: number; high: number } {
  const counts = new Uint32Array(WHITE + 1)
  for (const level of pixels) counts[level]! += 1
  const tail = pixels.length * TAIL
  return { low: endOf(counts, tail), high: WHITE - endOf(counts.toReversed(), tail) }
}

/** The first level up to which there are more than `tail` pixels. */
function endOf(counts: Uint32Array, tail: number): number {
  let sum = 0
  return counts.findIndex((count) => {
    sum += count
    return sum > tail
  })
}
