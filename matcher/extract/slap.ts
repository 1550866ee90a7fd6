/**
 * Cuts a slap, several fingers put down at once, into its fingers.
 *
 * A finger is a lane of ridges. How the lanes lean is found by leaning the image until they stand
 * apart best; where they part is where least foreground is lost; their order from left to right
 * tells which finger is which. Whole numbers throughout: the same pieces on every machine.
 */
import type { GreyImage } from '../image/image.ts'
import { clamp } from '../integer.ts'
import { slapCells, CELL, type Cells } from './slap-cells.ts'
import { lanesOf, type Lane } from './slap-lanes.ts'

export interface SlapFinger {
  /** ISO finger position. */
  readonly position: number
  readonly image: GreyImage
}

/** ISO positions of slaps, and of their fingers from left to right. */
const FINGERS: ReadonlyMap<number, readonly number[]> = new Map([
  [13, [2, 3, 4, 5]],
  [14, [10, 9, 8, 7]],
  [15, [6, 1]],
])

/** Cells: 28 mm from the tip, so that no more than the last joint is on it. */
const TIP_CELLS = 35

/** Cells of a print before a gap across it is the crease of a joint, and how wide that is. */
const JOINT_CELLS = 18
const CREASE_CELLS = 2

/** Which fingers a slap shows, none for what is no slap. */
export function fingersOfSlap(position: number): readonly number[] {
  return FINGERS.get(position) ?? []
}

/**
 * The fingertips of a slap at 500 dpi that points upwards, from left to right.
 *
 * @returns undefined for what is no slap, and where as many fingers as it should show do not stand
 *   apart in it
 */
export function cutSlap(image: GreyImage, position: number): SlapFinger[] | undefined {
  const fingers = fingersOfSlap(position)
  if (fingers.length === 0) return undefined
  const cells = slapCells(image)
  const found = lanesOf(cells, fingers.length)
  if (!found) return undefined
  const { lean, lanes } = found
  const tips = lanes.flatMap((lane, place): SlapFinger[] => {
    const tip = cutOut(image, cells, lean, lane)
    return tip ? [{ position: fingers[place]!, image: tip }] : []
  })
  return tips.length === fingers.length ? tips : undefined
}

/**
 * The lane's tip with a cell around it; what belongs to its neighbours is painted over. Undefined
 * where it is nowhere wide enough to be one.
 */
function cutOut(image: GreyImage, cells: Cells, lean: number, lane: Lane): GreyImage | undefined {
  const { rows, from } = tipOf(cells, lean, lane)
  if (rows === 0) return undefined
  const columns: number[] = []
  for (let row = from; row < from + rows; row += 1) columns.push(...cells.inLane(row, lean, lane))
  const left = clamp((Math.min(...columns) - 1) * CELL, 0, image.width)
  const right = clamp((Math.max(...columns) + 2) * CELL, 0, image.width)
  const top = clamp((from - 1) * CELL, 0, image.height)
  const bottom = clamp((from + rows + 1) * CELL, 0, image.height)
  const width = right - left
  const height = bottom - top
  const pixels = new Uint8Array(width * height).fill(cells.ground)
  for (let y = top; y < bottom; y += 1) {
    const [start, end] = lane.across(lean, Math.floor(y / CELL))
    const first = clamp((start - 1) * CELL, left, right)
    const last = clamp((end + 1) * CELL, first, right)
    const line = image.pixels.subarray(y * image.width + first, y * image.width + last)
    pixels.set(line, (y - top) * width + first - left)
  }
  return { pixels, width, height, dpi: image.dpi }
}

/** From the tip down to the crease of the joint, if it is seen, or as far as a tip can be long. */
function tipOf(cells: Cells, lean: number, lane: Lane): { from: number; rows: number } {
  const filled = (row: number): boolean => cells.inLane(row, lean, lane).length > 1
  let from = 0
  while (from < cells.rows - 1 && !(filled(from) && filled(from + 1))) from += 1
  let rows = 0
  let gap = 0
  for (let row = from; row < cells.rows && row - from < TIP_CELLS; row += 1) {
    gap = filled(row) ? 0 : gap + 1
    if (gap === 0) rows = row - from + 1
    if (gap >= CREASE_CELLS && rows >= JOINT_CELLS) break
  }
  return { from, rows }
}
