/**
 * Where there is a print: cells around which the filter found ridges, without holes, and without
 * the rim where half of what a filter sees is not skin.
 */
import { CELL, MARGIN, blur, type Frame } from './frame.ts'
import type { Waves } from './ridge-filter.ts'

/** Mean height of waves, of about 1.2 in a clear print, from which a cell belongs to it. */
const STRENGTH_MIN = 0.35

/** Cells; blurred twice. */
const STRENGTH_RADIUS = 3

/** Mean height of the ridge waves around each cell. */
export function strengths({ even, odd }: Waves, frame: Frame, radius = STRENGTH_RADIUS): Float32Array {
  const { stride, across, down } = frame
  const out = new Float32Array(across * down)
  for (let row = MARGIN / CELL; row < down - MARGIN / CELL; row += 1) {
    for (let column = MARGIN / CELL; column < across - MARGIN / CELL; column += 1) {
      let sum = 0
      for (let y = row * CELL; y < (row + 1) * CELL; y += 1) {
        for (let at = y * stride + column * CELL; at < y * stride + (column + 1) * CELL; at += 1) {
          sum += Math.sqrt(even[at]! * even[at]! + odd[at]! * odd[at]!)
        }
      }
      out[row * across + column] = sum / (CELL * CELL)
    }
  }
  const box = { width: across, height: down, radius }
  blur(out, box, out)
  blur(out, box, out)
  return out
}

/** Distance of each cell from what is no print, in cells, up to 255; 0 outside. */
export function depths(strength: Float32Array, { across, down }: Frame): Uint8Array {
  const inside = Uint8Array.from(strength, (height) => (height >= STRENGTH_MIN ? 255 : 0))
  // Outside the image there is no print either.
  const rim = MARGIN / CELL
  for (let cell = 0; cell < inside.length; cell += 1) {
    const row = Math.floor(cell / across)
    const column = cell % across
    if (row < rim || column < rim || row >= down - rim || column >= across - rim) inside[cell] = 0
  }
  const open = (cell: number, before: number, beside: number): void => {
    inside[cell] = Math.min(inside[cell]!, inside[before]! + 1, inside[beside]! + 1)
  }
  for (let row = 1; row < down; row += 1) {
    for (let column = 1; column < across; column += 1) {
      const cell = row * across + column
      open(cell, cell - across, cell - 1)
    }
  }
  for (let row = down - 2; row >= 0; row -= 1) {
    for (let column = across - 2; column >= 0; column -= 1) {
      const cell = row * across + column
      open(cell, cell + across, cell + 1)
    }
  }
  return inside
}
