/**
 * Where there is a print: cells around which the filter found ridges, without what lies apart from
 * the finger, and how deep inside the print each of them is.
 */
import { CELL, MARGIN, PATCH, blurCells, type Frame } from './frame.ts'
import type { Waves } from './ridge-filter.ts'

/** Mean height of waves, about 1.2 in a clear print, from which a cell belongs to one. */
export const STRENGTH_MIN = 0.25

/** Cells. */
export const STRENGTH_RADIUS = 3

/** Of the largest piece: a smaller one is dirt, or what the finger before left on the sensor. */
const PIECE_MIN = 0.15

/** As deep as any cell is said to be. */
const DEPTH_MAX = 255

/** Squares summed over each cell, and averaged over the cells around it. */
export function energies(plane: Float32Array, frame: Frame): Float32Array {
  const { stride, rows, across, down } = frame
  const energy = new Float32Array(across * down)
  for (let y = 0; y < rows; y += 1) {
    const cells = Math.floor(y / CELL) * across
    for (let column = 0; column < across; column += 1) {
      const at = y * stride + column * CELL
      let sum = 0
      for (let x = at; x < at + CELL; x += 1) sum += plane[x]! * plane[x]!
      energy[cells + column]! += sum
    }
  }
  blurCells(energy, frame, STRENGTH_RADIUS)
  return energy
}

/** Mean height of the waves around each cell, from one pixel of each patch. */
export function strengths({ even, odd }: Waves, frame: Frame): Float32Array {
  const { stride, across, down } = frame
  const out = new Float32Array(across * down)
  const rim = MARGIN / CELL
  for (let row = rim; row < down - rim; row += 1) {
    for (let column = rim; column < across - rim; column += 1) {
      let sum = 0
      for (let y = row * CELL; y < (row + 1) * CELL; y += PATCH) {
        for (let x = column * CELL; x < (column + 1) * CELL; x += PATCH) {
          const at = y * stride + x
          sum += Math.sqrt(even[at]! * even[at]! + odd[at]! * odd[at]!)
        }
      }
      out[row * across + column] = (sum * PATCH * PATCH) / (CELL * CELL)
    }
  }
  blurCells(out, frame, STRENGTH_RADIUS)
  return out
}

/** How many cells are inside a print. */
export function cellsInside(inside: Uint8Array): number {
  return inside.reduce((count, depth) => (depth > 0 ? count + 1 : count), 0)
}

/** Steps from cell to cell that lead out of the print; 0 outside. */
export function depths(strength: Float32Array, frame: Frame): Uint8Array {
  const { across, down } = frame
  const out = largePieces(printed(strength, frame), across)
  const open = (cell: number, before: number, beside: number): void => {
    out[cell] = Math.min(out[cell]!, out[before]! + 1, out[beside]! + 1)
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
  return out
}

/** 1 where a cell is strong enough; never in the margin, so that every piece ends. */
function printed(strength: Float32Array, { across, down }: Frame): Uint8Array {
  const out = new Uint8Array(strength.length)
  const rim = MARGIN / CELL
  for (let row = rim; row < down - rim; row += 1) {
    for (let cell = row * across + rim; cell < (row + 1) * across - rim; cell += 1) {
      if (strength[cell]! >= STRENGTH_MIN) out[cell] = 1
    }
  }
  return out
}

/** `DEPTH_MAX` in the cells of pieces not much smaller than the largest. */
function largePieces(cells: Uint8Array, across: number): Uint8Array {
  const pieces: Int32Array[] = []
  const queue = new Int32Array(cells.length)
  for (let start = 0; start < cells.length; start += 1) {
    if (cells[start] === 0) continue
    let length = 1
    queue[0] = start
    cells[start] = 0
    for (let next = 0; next < length; next += 1) {
      const cell = queue[next]!
      for (const beside of [cell - 1, cell + 1, cell - across, cell + across]) {
        if (cells[beside] !== 1) continue
        cells[beside] = 0
        queue[length] = beside
        length += 1
      }
    }
    pieces.push(queue.slice(0, length))
  }
  const largest = Math.max(0, ...pieces.map(({ length }) => length))
  for (const piece of pieces) {
    if (piece.length < largest * PIECE_MIN) continue
    for (const cell of piece) cells[cell] = DEPTH_MAX
  }
  return cells
}
