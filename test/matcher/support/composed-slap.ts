/** Prints side by side on one sheet, as a slap shows them. */
import type { GreyImage } from '../../../matcher/image/image.ts'
import { MATCHER_DPI } from '../../../matcher/image/resample.ts'

export interface Composed {
  /** From left to right. */
  readonly fingers: readonly GreyImage[]
  /** Pixels between one print's image and the next; negative where they overlap. */
  readonly gap?: number
  /** How much lower each is than the one before, in pixels: a hand that is turned. */
  readonly step?: number
  /** Grey level of the sheet. */
  readonly ground?: number
}

const MARGIN = 80

export function composedSlap({ fingers, gap = 40, step = 0, ground = 230 }: Composed): GreyImage {
  const widths = fingers.map(({ width }) => width)
  const width = 2 * MARGIN + widths.reduce((sum, one) => sum + one + gap, -gap)
  const fall = Math.abs(step) * (fingers.length - 1)
  const height = 2 * MARGIN + fall + Math.max(...fingers.map((finger) => finger.height))
  const pixels = new Uint8Array(width * height).fill(ground)
  let left = MARGIN
  for (const [place, finger] of fingers.entries()) {
    const top = MARGIN + (step >= 0 ? step * place : fall + step * place)
    for (let y = 0; y < finger.height; y += 1) {
      for (let x = 0; x < finger.width; x += 1) {
        const at = (top + y) * width + left + x
        pixels[at] = Math.min(pixels[at]!, finger.pixels[y * finger.width + x]!)
      }
    }
    left += finger.width + gap
  }
  return { pixels, width, height, dpi: MATCHER_DPI }
}
