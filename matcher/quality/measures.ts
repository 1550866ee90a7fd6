/** What can be measured of a print: all that quality and feedback go by. */
import type { GreyImage } from '../image/image.ts'
import { COSINES, SINES } from '../integer.ts'
import { cellsInside } from '../extract/foreground.ts'
import { CELL, MARGIN, patchOf } from '../extract/frame.ts'
import { ORIENTATIONS } from '../extract/orientation.ts'
import { PERIOD_STEPS } from '../extract/ridge-filter.ts'
import type { RidgePattern } from '../extract/ridge-pattern.ts'
import type { Minutia } from '../template/template.ts'
import { toneOf, type Tone } from './tone.ts'

/** From this percentage of being found again on, a minutia counts. */
const SURE = 70

/** Cells: the outermost are half border. */
const INNER = 2

/** Cells along a side: some four ridges. */
const TILE = 8

/** From an orientation to twice its angle, 1,024 to the turn. */
const DOUBLED = COSINES.length / ORIENTATIONS

/** Pixels between two levels that are compared: half of a ridge and of a valley. */
const STEP = 3

/** Of the image: less around the print says nothing. */
const SURROUNDINGS_MIN = 0.1

/** Pixels along a millimetre at 500 dpi, squared. */
const PIXELS_PER_MM2 = (500 / 25.4) ** 2

export interface Measures {
  /** Minutiae that are likely to be found again. */
  readonly sure: number
  /** All minutiae, by mm². */
  readonly density: number
  /** Print, mm². */
  readonly area: number
  /** Deviation of levels over the print's range: a quarter of it has less, and half of it. */
  readonly contrastQuarter: number
  readonly contrastHalf: number
  /** Level of valleys within that range: a quarter of the print has darker, as if filled. */
  readonly valleys: number
  /** Mean level within that range of the print's middle place. */
  readonly lightness: number
  /** Pixels by which ridge periods of cells beside each other differ, added across and down. */
  readonly roughness: number
  /** How much levels differ along ridges, over how much across: 1 where there are none. */
  readonly breaks: number
  /** 1 where all ridges of the print run alike, 0 where they run every way. */
  readonly straightness: number
  /** The same of a small tile, in the mean: ridges of fingers turn slowly. */
  readonly flow: number
  /** Mean level around the print within that range; undefined where nothing is around it. */
  readonly surroundings: number | undefined
  /** Of the side that the print is cut off at most, the share that it covers. */
  readonly cut: number
  /** The share of the image, opposite to that side, that is empty. */
  readonly free: number
}

export function measuresOf(
  image: GreyImage,
  pattern: RidgePattern,
  minutiae: readonly Minutia[],
): Measures {
  const area = (cellsInside(pattern.depths) * CELL * CELL) / PIXELS_PER_MM2
  const tone = toneOf(image, pattern)
  const { lightness, contrast, valleys } = tone
  return {
    sure: minutiae.filter(({ quality }) => quality >= SURE).length,
    density: minutiae.length / Math.max(1, area),
    area,
    contrastQuarter: contrast.below(0.25),
    contrastHalf: contrast.below(0.5),
    valleys: valleys.below(0.25),
    lightness: lightness.below(0.5),
    roughness: roughnessOf(pattern),
    breaks: breaksOf(image, pattern),
    ...directionsOf(pattern),
    surroundings: surroundingsOf(image, pattern, tone),
    ...positionOf(pattern),
  }
}

function roughnessOf({ frame, depths, periods }: RidgePattern): number {
  let sum = 0
  let count = 0
  for (let cell = 0; cell < depths.length; cell += 1) {
    if (depths[cell]! < INNER) continue
    const own = periods[cell]!
    sum += Math.abs(own - periods[cell - 1]!) + Math.abs(own - periods[cell - frame.across]!)
    count += 1
  }
  return sum / PERIOD_STEPS / Math.max(1, count)
}

function breaksOf({ pixels, width, height }: GreyImage, pattern: RidgePattern): number {
  const { depths, frame, orientation } = pattern
  let along = 0
  let across = 0
  for (let cell = 0; cell < depths.length; cell += 1) {
    if (depths[cell]! < INNER) continue
    const column = cell % frame.across
    const row = Math.floor(cell / frame.across)
    const x = column * CELL - MARGIN
    const y = row * CELL - MARGIN
    if (x < STEP || y < STEP || x >= width - STEP || y >= height - STEP) continue
    const angle = orientation[patchOf(cell, frame)]! * (DOUBLED / 2)
    const right = (COSINES[angle]! * STEP + 8192) >> 14
    const below = (SINES[angle]! * STEP + 8192) >> 14
    const at = y * width + x
    const byAcross = pixels[at + below * width + right]! - pixels[at]!
    const byAlong = pixels[at + right * width - below]! - pixels[at]!
    across += byAcross * byAcross
    along += byAlong * byAlong
  }
  return along / Math.max(1, across)
}

/** Lengths of mean doubled orientations: of the print, and of its tiles in the mean. */
function directionsOf({ frame, depths, orientation }: RidgePattern): {
  straightness: number
  flow: number
} {
  const { across } = frame
  const tiles = Math.ceil(across / TILE)
  const count = tiles * Math.ceil(frame.down / TILE)
  const x = new Int32Array(count)
  const y = new Int32Array(count)
  let cells = 0
  for (let cell = 0; cell < depths.length; cell += 1) {
    if (depths[cell]! < INNER) continue
    const row = Math.floor(cell / across)
    const doubled = orientation[patchOf(cell, frame)]! * DOUBLED
    const tile = Math.floor(row / TILE) * tiles + Math.floor((cell % across) / TILE)
    x[tile]! += COSINES[doubled]!
    y[tile]! += SINES[doubled]!
    cells += 1
  }
  let [sumX, sumY, lengths] = [0, 0, 0]
  for (let tile = 0; tile < count; tile += 1) {
    sumX += x[tile]!
    sumY += y[tile]!
    lengths += Math.sqrt(x[tile]! * x[tile]! + y[tile]! * y[tile]!)
  }
  const whole = Math.max(1, cells) * 16384
  return { straightness: Math.sqrt(sumX * sumX + sumY * sumY) / whole, flow: lengths / whole }
}

function surroundingsOf(
  { pixels, width, height }: GreyImage,
  { frame, depths }: RidgePattern,
  { dark, light }: Tone,
): number | undefined {
  let sum = 0
  let count = 0
  let all = 0
  for (let y = 0; y < height; y += CELL) {
    const cells = Math.floor((y + MARGIN) / CELL) * frame.across + MARGIN / CELL
    for (let x = 0; x < width; x += CELL) {
      all += 1
      if (depths[cells + x / CELL]! > 0) continue
      sum += pixels[y * width + x]!
      count += 1
    }
  }
  if (count < all * SURROUNDINGS_MIN || count === all) return undefined
  return (sum / count - dark) / Math.max(1, light - dark)
}

/** How far the print is cut off at one side of the image while there is room at the other. */
function positionOf({ frame, depths }: RidgePattern): { cut: number; free: number } {
  const { across, down } = frame
  const rim = MARGIN / CELL
  const touched = { left: 0, right: 0, top: 0, bottom: 0 }
  const last = { x: across - rim - 1, y: down - rim - 1 }
  let [left, right, top, bottom] = [last.x + 1, -1, last.y + 1, -1]
  for (let cell = 0; cell < depths.length; cell += 1) {
    if (depths[cell] === 0) continue
    const x = cell % across
    const y = Math.floor(cell / across)
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
    if (x === rim) touched.left += 1
    if (x === last.x) touched.right += 1
    if (y === rim) touched.top += 1
    if (y === last.y) touched.bottom += 1
  }
  const width = last.x - rim + 1
  const height = last.y - rim + 1
  const sides = [
    { cut: touched.left / height, free: (last.x - right) / width },
    { cut: touched.right / height, free: (left - rim) / width },
    { cut: touched.top / width, free: (last.y - bottom) / height },
    { cut: touched.bottom / width, free: (top - rim) / height },
  ]
  return sides.reduce((worst, side) =>
    Math.min(side.cut, side.free) > Math.min(worst.cut, worst.free) ? side : worst,
  )
}
