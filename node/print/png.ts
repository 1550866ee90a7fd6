/** A picture as PNG, drawn here: it needs no library of the system, and no font. */
import { writeColourPng } from '../../matcher/image/write-png.ts'
import { Canvas } from './canvas.ts'
import { lettered } from './lettering.ts'
import type { Lettering, Path, Picture, Point, Shape } from './picture.ts'

/** Of a letter's size: how thick its strokes are. */
const STROKE = 0.085
const BOLD_STROKE = 0.12

/** Points of a ring, enough for one of some ten pixels to look round. */
const RING_POINTS = 32

export function pngOf({ width, height, shapes }: Picture): Uint8Array {
  const canvas = new Canvas(Math.ceil(width), Math.ceil(height))
  for (const shape of shapes) paint(canvas, shape)
  return writeColourPng(canvas)
}

function paint(canvas: Canvas, shape: Shape): void {
  switch (shape.kind) {
    case 'lines':
      return canvas.lines(shape.paths, shape.pen)
    case 'ring':
      return canvas.lines([ringPath(shape.middle, shape.radius)], shape.pen)
    case 'image':
      return canvas.image(shape, shape.image)
    case 'text':
      return write(canvas, shape)
    case 'group':
      for (const inside of shape.shapes) paint(canvas, inside)
  }
}

function ringPath([x, y]: Point, radius: number): Path {
  return Array.from({ length: RING_POINTS + 1 }, (_, at): Point => {
    const angle = (2 * Math.PI * at) / RING_POINTS
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  })
}

function write(canvas: Canvas, { at, text, size, colour, anchor, isBold, halo }: Lettering): void {
  const { paths, width } = lettered(text, size)
  const left = at[0] - (anchor === 'middle' ? width / 2 : 0)
  const placed = paths.map((path) => path.map(([x, y]): Point => [left + x, at[1] + y]))
  const stroke = size * (isBold ? BOLD_STROKE : STROKE)
  if (halo) canvas.lines(placed, { colour: halo, width: stroke + size / 4 })
  canvas.lines(placed, { colour, width: stroke })
}
