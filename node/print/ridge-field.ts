/** What the extractor has found of the ridges, drawn: themselves, their run, where they end. */
import { CELL, MARGIN, PATCH } from '../../matcher/extract/frame.ts'
import { ORIENTATIONS } from '../../matcher/extract/orientation.ts'
import { PERIOD_STEPS } from '../../matcher/extract/ridge-filter.ts'
import type { RidgePattern } from '../../matcher/extract/ridge-pattern.ts'
import type { GreyImage } from '../../matcher/image/image.ts'
import { clamp } from '../../matcher/integer.ts'
import type { Colour, Path, Point } from './picture.ts'

/** Waves of this height or more are drawn in full. */
const STRENGTH_FULL = 0.8

/** Grey of the darkest ridge: minutiae are to be seen on it. */
const DARKEST = 70

/** Cells from one line to the next, and half its length, pixels. */
const LINE_STEP = 3
const LINE_HALF = 4.2

/** Ridge periods up to so many pixels, and the colour of lines there: fine is cool, wide warm. */
export const PERIOD_COLOURS: readonly { readonly below: number; readonly colour: Colour }[] = [
  { below: 7, colour: '#2c4f9e' },
  { below: 8.5, colour: '#2f86b0' },
  { below: 10, colour: '#3f9c7a' },
  { below: 12, colour: '#c08a2a' },
  { below: Infinity, colour: '#b5472c' },
]

/** Dark where a ridge is, by the phase of the waves; white outside the print. */
export function drawnRidges(
  { waves, frame, depths }: RidgePattern,
  { width, height, dpi }: GreyImage,
): GreyImage {
  const pixels = new Uint8Array(width * height).fill(255)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const column = x + MARGIN
      const row = y + MARGIN
      if (depths[Math.floor(row / CELL) * frame.across + Math.floor(column / CELL)] === 0) continue
      const even = waves.even[row * frame.stride + column]!
      const odd = waves.odd[row * frame.stride + column]!
      const strength = Math.hypot(even, odd)
      const ridge = strength === 0 ? 0 : (1 + even / strength) / 2
      const ink = ridge * Math.min(1, strength / STRENGTH_FULL)
      pixels[y * width + x] = Math.round(255 - (255 - DARKEST) * ink)
    }
  }
  return { width, height, pixels, dpi }
}

/** Short lines along the ridges, in pixels of the print, by colour of their period. */
export function runningLines({ frame, orientation, periods, depths }: RidgePattern): {
  readonly colour: Colour
  readonly paths: Path[]
}[] {
  const sorted = PERIOD_COLOURS.map(({ below, colour }) => ({ below, colour, paths: [] as Path[] }))
  const patches = frame.stride / PATCH
  for (let row = 0; row < frame.down; row += LINE_STEP) {
    for (let column = 0; column < frame.across; column += LINE_STEP) {
      const cell = row * frame.across + column
      if (depths[cell] === 0) continue
      const patch = ((row * CELL) / PATCH) * patches + (column * CELL) / PATCH
      const normal = (orientation[patch]! * Math.PI) / ORIENTATIONS
      // Half of a cell to its centre, half a pixel to that of a pixel.
      const x = (column + 0.5) * CELL - MARGIN - 0.5
      const y = (row + 0.5) * CELL - MARGIN - 0.5
      const alongX = -Math.sin(normal) * LINE_HALF
      const alongY = Math.cos(normal) * LINE_HALF
      const period = periods[cell]! / PERIOD_STEPS
      const group = sorted.find(({ below }) => period < below)
      group?.paths.push([
        [x - alongX, y - alongY],
        [x + alongX, y + alongY],
      ])
    }
  }
  return sorted.filter(({ paths }) => paths.length > 0)
}

/** The border of the print in pixels of it, smoothed over a few cells; pieces in no order. */
export function borderLines({ frame, depths }: RidgePattern, { width, height }: GreyImage): Path[] {
  const { across, down } = frame
  const inside = Float32Array.from(depths, (depth) => (depth > 0 ? 1 : 0))
  const level = averaged(averaged(inside, across, down), across, down)
  // Smoothing carries it a little beyond the image.
  const within = ([x, y]: Point): Point => [
    clamp(x, -HALF, width - HALF),
    clamp(y, -HALF, height - HALF),
  ]
  const paths: Path[] = []
  for (let row = 0; row < down - 1; row += 1) {
    for (let column = 0; column < across - 1; column += 1) {
      const crossings = crossingsOf(level, across, column, row)
      for (let at = 0; at + 1 < crossings.length; at += 2) {
        paths.push([crossings[at]!, crossings[at + 1]!].map(within))
      }
    }
  }
  return paths
}

const HALF = 0.5

/** Where the level is a half on the four sides between the centres of four cells, clockwise. */
function crossingsOf(level: Float32Array, across: number, column: number, row: number): Point[] {
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const
  return corners.flatMap(([x, y], at): Point[] => {
    const [nextX, nextY] = corners[(at + 1) % 4]!
    const here = level[(row + y) * across + column + x]! - HALF
    const there = level[(row + nextY) * across + column + nextX]! - HALF
    if (here > 0 === there > 0) return []
    const part = here / (here - there)
    const cellX = column + x + (nextX - x) * part
    const cellY = row + y + (nextY - y) * part
    return [[(cellX + 0.5) * CELL - MARGIN - 0.5, (cellY + 0.5) * CELL - MARGIN - 0.5]]
  })
}

/** Over squares of three cells. */
function averaged(cells: Float32Array, across: number, down: number): Float32Array {
  const out = new Float32Array(cells.length)
  for (let row = 1; row < down - 1; row += 1) {
    for (let column = 1; column < across - 1; column += 1) {
      let sum = 0
      for (const beside of [-across, 0, across]) {
        const cell = row * across + column + beside
        sum += cells[cell - 1]! + cells[cell]! + cells[cell + 1]!
      }
      out[row * across + column] = sum / 9
    }
  }
  return out
}
