/** Images that no finger has made, and how far two of them are apart. */
import type { GreyImage } from '../../../matcher/image/image.ts'

/** Rings around a point, with a little that is regular and a little that is not. */
export function ridges(width: number, height: number): GreyImage {
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const wave = Math.sin(0.7 * Math.hypot(x - 0.45 * width, y - 0.55 * height))
      pixels[y * width + x] = Math.round(127 + 90 * wave + ((x * 13 + y * 7) % 11))
    }
  }
  return { width, height, pixels, dpi: 500 }
}

export function largestDifference(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return Infinity
  return one.reduce((most, value, place) => Math.max(most, Math.abs(value - other[place]!)), 0)
}

/** Peak signal to noise ratio, dB. */
export function psnr(one: Uint8Array, other: Uint8Array): number {
  const squares = one.reduce((sum, value, place) => sum + (value - other[place]!) ** 2, 0)
  return 10 * Math.log10((255 * 255 * one.length) / squares)
}
