/**
 * Evens out pressure and ink: every place is measured against the mean and the deviation around it.
 */
import type { GreyImage } from '../image/image.ts'
import { blur, MARGIN, type Frame } from './frame.ts'

/** Pixels: a square of two ridges' width, so that ridges are not taken for brightness. */
export const MEAN_RADIUS = 9
export const DEVIATION_RADIUS = 12

/** Grey levels added to the deviation, so that an empty place's noise stays small. */
export const DEVIATION_FLOOR = 4

/** Ridges positive, valleys negative, about 1 where there is a print and near 0 where not. */
export function evened(image: GreyImage, frame: Frame): Float32Array {
  const { stride: width, rows: height } = frame
  const smooth = softened(image, frame)
  const mean = new Float32Array(smooth.length)
  blur(smooth, { width, height, radius: MEAN_RADIUS }, mean)
  const variance = new Float32Array(smooth.length)
  for (let at = 0; at < smooth.length; at += 1) {
    const deviation = mean[at]! - smooth[at]!
    smooth[at] = deviation
    variance[at] = deviation * deviation
  }
  blur(variance, { width, height, radius: DEVIATION_RADIUS }, mean)
  for (let at = 0; at < smooth.length; at += 1) {
    smooth[at]! /= Math.sqrt(Math.max(0, mean[at]!)) + DEVIATION_FLOOR
  }
  return smooth
}

/** In the frame, the edge continued into the margin, each pixel with its neighbours by 1 2 1. */
function softened({ pixels, width, height }: GreyImage, { stride, rows }: Frame): Float32Array {
  const out = new Float32Array(stride * rows)
  const columns = Int32Array.from({ length: stride + 2 }, (_, x) =>
    Math.min(width - 1, Math.max(0, x - 1 - MARGIN)),
  )
  const sums = new Int32Array(stride + 2)
  for (let y = 0; y < rows; y += 1) {
    const row = Math.min(height - 1, Math.max(0, y - MARGIN)) * width
    const above = Math.min(height - 1, Math.max(0, y - 1 - MARGIN)) * width
    const below = Math.min(height - 1, Math.max(0, y + 1 - MARGIN)) * width
    for (let x = 0; x < stride + 2; x += 1) {
      const column = columns[x]!
      sums[x] = pixels[above + column]! + 2 * pixels[row + column]! + pixels[below + column]!
    }
    for (let x = 0; x < stride; x += 1) {
      out[y * stride + x] = (sums[x]! + 2 * sums[x + 1]! + sums[x + 2]!) / 16
    }
  }
  return out
}
