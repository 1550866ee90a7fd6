/** What the signs of a picture mean: samples with words, in lines as wide as the picture. */
import { lettered } from './lettering.ts'
import { INK, TEXT } from './look.ts'
import type { Path, Pen, Point, Shape } from './picture.ts'

export interface LegendItem {
  /** Drawn around the middle of a sample's place. */
  readonly sample: (middle: Point) => readonly Shape[]
  /** Width of that place. */
  readonly width: number
  readonly text: string
}

export const LEGEND_LINE = 30
const SAMPLE_GAP = 8
const ITEM_GAP = 30

/** Fonts differ: a line of text may be so much longer than our own letters make it. */
const FONT_SLACK = 1.12

/** Shapes, and how high they are together. Each group begins a line. */
export function legend(
  groups: readonly (readonly LegendItem[])[],
  { at: [left, top], width }: { at: Point; width: number },
): { shapes: Shape[]; height: number } {
  const shapes: Shape[] = []
  let bottom = top
  for (const items of groups) {
    const lines = linesOf(items, { at: [left, bottom], width })
    shapes.push(...lines.shapes)
    bottom += lines.height
  }
  return { shapes, height: bottom - top }
}

function linesOf(
  items: readonly LegendItem[],
  { at: [left, top], width }: { at: Point; width: number },
): { shapes: Shape[]; height: number } {
  const shapes: Shape[] = []
  let x = left
  let y = top
  for (const { sample, width: sampleWidth, text } of items) {
    const length = sampleWidth + SAMPLE_GAP + lettered(text, TEXT).width * FONT_SLACK
    if (x > left && x + length > left + width) {
      x = left
      y += LEGEND_LINE
    }
    const middle = y + LEGEND_LINE / 2
    const words: Point = [x + sampleWidth + SAMPLE_GAP, middle + TEXT / 3]
    shapes.push(...sample([x + sampleWidth / 2, middle]))
    shapes.push({ kind: 'text', at: words, text, size: TEXT, colour: INK.text })
    x += length + ITEM_GAP
  }
  return { shapes, height: y + LEGEND_LINE - top }
}

/** A sample that is a level line. */
export function levelLine([x, y]: Point, length: number, pen: Pen): Shape {
  const path: Path = [
    [x - length / 2, y],
    [x + length / 2, y],
  ]
  return { kind: 'lines', paths: [path], pen }
}
