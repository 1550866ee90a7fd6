/** A part of a picture that shows a print, or something of it, enlarged. */
import { CELL, MARGIN as FRAME_MARGIN } from '../../matcher/extract/frame.ts'
import type { GreyImage } from '../../matcher/image/image.ts'
import type { ExaminedPrint } from './examined-print.ts'
import { HAIRLINE, INK, TEXT } from './look.ts'
import type { Box, Point, Shape } from './picture.ts'

/** How many of its pixels a print's pixel is at most: beyond, enlarging shows nothing more. */
const ENLARGED_MAX = 3

/** Pixels of the image that are shown around the print. */
const AROUND = 16

/** Room for the caption above. */
const CAPTION_HEIGHT = 30

export interface Panel extends Box {
  /** Pixels of the picture for each of the print's. */
  readonly scale: number
  /** What of the image it shows, in whole pixels of that. */
  readonly part: Box
}

/** What of the image has ridges, with a little around it; all of it where there are none. */
export function printedPart({ image, pattern }: ExaminedPrint): Box {
  const { across } = pattern.frame
  let [left, top, right, bottom] = [image.width, image.height, 0, 0]
  for (const [cell, depth] of pattern.depths.entries()) {
    if (depth === 0) continue
    const x = (cell % across) * CELL - FRAME_MARGIN
    const y = Math.floor(cell / across) * CELL - FRAME_MARGIN
    left = Math.min(left, x - AROUND)
    top = Math.min(top, y - AROUND)
    right = Math.max(right, x + CELL + AROUND)
    bottom = Math.max(bottom, y + CELL + AROUND)
  }
  if (right === 0) return { x: 0, y: 0, width: image.width, height: image.height }
  const x = Math.max(0, left)
  const y = Math.max(0, top)
  return {
    x,
    y,
    width: Math.min(image.width, right) - x,
    height: Math.min(image.height, bottom) - y,
  }
}

/** How much prints are enlarged so that the largest of them fits a panel of this side. */
export function scaleFor(side: number, parts: readonly Box[]): number {
  const longest = Math.max(...parts.flatMap(({ width, height }) => [width, height]))
  return Math.min(ENLARGED_MAX, side / longest)
}

/** Below `y` comes the caption, and then the panel. */
export function panelAt([x, y]: Point, part: Box, scale: number): Panel {
  const size = { width: part.width * scale, height: part.height * scale }
  return { x, y: y + CAPTION_HEIGHT, ...size, scale, part }
}

/** From a pixel's centre in the print to the picture. */
export function placed({ x, y, scale, part }: Panel, [column, row]: Point): Point {
  return [x + (column - part.x + 0.5) * scale, y + (row - part.y + 0.5) * scale]
}

/** With a caption above it and a frame around it. */
export function framed(panel: Panel, caption: string, image: GreyImage): Shape[] {
  const { x, y, width, height, part } = panel
  const corners: Point[] = [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
    [x, y],
  ]
  return [
    { kind: 'text', at: [x, y - 10], text: caption, size: TEXT, colour: INK.text, isBold: true },
    { kind: 'image', x, y, width, height, image: cropped(image, part) },
    { kind: 'lines', paths: [corners], pen: { colour: INK.frame, width: HAIRLINE } },
  ]
}

function cropped(image: GreyImage, { x, y, width, height }: Box): GreyImage {
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row += 1) {
    const from = (y + row) * image.width + x
    pixels.set(image.pixels.subarray(from, from + width), row * width)
  }
  return { width, height, pixels, dpi: image.dpi }
}
