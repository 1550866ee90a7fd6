/**
 * How light a print is, and how far its ridges stand out from its valleys: by place, and as a share
 * of the range between its dark and its light, so that neither scanner nor background counts.
 */
import type { GreyImage } from '../image/image.ts'
import { CELL, MARGIN, PATCH, blurCells } from '../extract/frame.ts'
import type { RidgePattern } from '../extract/ridge-pattern.ts'
import { Spread } from './spread.ts'

/** Cells: some three ridges to every side, so that places see ridge and valley alike. */
const RADIUS = 3

/** Cells from the border of the print: nearer, the window sees what lies outside. */
const DEPTH_MIN = 5

/** Of a print's pixels, what is darker than its dark, and lighter than its light. */
const OUTLIERS = 0.03

/** Grey levels: below this range there is nothing but noise. */
const RANGE_MIN = 10

export interface Tone {
  /** Grey levels: dark ridges and light valleys of the whole print. */
  readonly dark: number
  readonly light: number
  /** Mean levels of places inside: 0 as dark as ridges, 1 as light as valleys. */
  readonly lightness: Spread
  /** Deviations around them. */
  readonly contrast: Spread
  /** Sums of both, which is how light valleys are there. */
  readonly valleys: Spread
}

export function toneOf(image: GreyImage, { frame, depths }: RidgePattern): Tone {
  const { across, down } = frame
  const held = new Float32Array(across * down)
  const sums = new Float32Array(across * down)
  const squares = new Float32Array(across * down)
  const levels = new Uint32Array(256)
  for (let cell = 0; cell < depths.length; cell += 1) {
    if (depths[cell] === 0) continue
    const left = (cell % across) * CELL - MARGIN
    const top = Math.floor(cell / across) * CELL - MARGIN
    for (let y = top; y < Math.min(top + CELL, image.height); y += PATCH) {
      for (let x = left; x < Math.min(left + CELL, image.width); x += PATCH) {
        const level = image.pixels[y * image.width + x]!
        held[cell]! += 1
        sums[cell]! += level
        squares[cell]! += level * level
        levels[level]! += 1
      }
    }
  }
  for (const plane of [held, sums, squares]) blurCells(plane, frame, RADIUS)
  const dark = levelAt(levels, OUTLIERS)
  const light = levelAt(levels, 1 - OUTLIERS)
  const range = Math.max(RANGE_MIN, light - dark)
  const lightness = new Spread()
  const contrast = new Spread()
  const valleys = new Spread()
  for (let cell = 0; cell < depths.length; cell += 1) {
    if (depths[cell]! < DEPTH_MIN) continue
    const mean = sums[cell]! / held[cell]!
    const deviation = Math.sqrt(Math.max(0, squares[cell]! / held[cell]! - mean * mean))
    lightness.add((mean - dark) / range)
    contrast.add(deviation / range)
    valleys.add((mean - dark + deviation) / range)
  }
  return { dark, light, lightness, contrast, valleys }
}

/** The level below which the given share of all pixels lies. */
function levelAt(levels: Uint32Array, share: number): number {
  let left = levels.reduce((sum, count) => sum + count, 0) * share
  for (const [level, count] of levels.entries()) {
    left -= count
    if (left < 0) return level
  }
  return levels.length - 1
}
