/** Where ridges are in a slap, coarsely. */
import type { GreyImage } from '../image/image.ts'
import type { Lane } from './slap-lanes.ts'

/** Pixels of a side: two ridges, so that a cell of a print has dark and light in it. */
export const CELL = 16

/** Grey levels squared: the least that ridges vary, and of what the clearest tenth varies. */
const VARIANCE_MIN = 150
const VARIANCE_SHARE = 0.1

export class Cells {
  readonly columns: number
  readonly rows: number
  /** Grey level where there are no ridges. */
  readonly ground: number
  readonly #ridged: Uint8Array

  constructor(columns: number, rows: number, ground: number, ridged: Uint8Array) {
    this.columns = columns
    this.rows = rows
    this.ground = ground
    this.#ridged = ridged
  }

  has(column: number, row: number): boolean {
    return this.#ridged[row * this.columns + column] === 1
  }

  /** Columns with ridges of a lane, in this row. */
  inLane(row: number, lean: number, lane: Lane): number[] {
    const [start, end] = lane.across(lean, row)
    const found: number[] = []
    for (let column = Math.max(0, start); column < Math.min(this.columns, end); column += 1) {
      if (this.has(column, row)) found.push(column)
    }
    return found
  }
}

export function slapCells({ pixels, width, height }: GreyImage): Cells {
  const columns = Math.floor(width / CELL)
  const rows = Math.floor(height / CELL)
  const means = new Int32Array(columns * rows)
  const variances = new Int32Array(columns * rows)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0
      let squares = 0
      for (let y = row * CELL; y < (row + 1) * CELL; y += 1) {
        for (let x = column * CELL; x < (column + 1) * CELL; x += 1) {
          const level = pixels[y * width + x]!
          sum += level
          squares += level * level
        }
      }
      const area = CELL * CELL
      means[row * columns + column] = Math.floor(sum / area)
      variances[row * columns + column] = Math.floor((squares - (sum * sum) / area) / area)
    }
  }
  const clearest = variances.toSorted()[Math.floor(variances.length * 0.9)] ?? 0
  const least = Math.max(VARIANCE_MIN, Math.floor(clearest * VARIANCE_SHARE))
  const ridged = Uint8Array.from(variances, (variance) => (variance >= least ? 1 : 0))
  const empty = means.filter((_, cell) => ridged[cell] === 0).toSorted()
  const ground = empty[empty.length >> 1] ?? 255
  return new Cells(columns, rows, ground, opened(ridged, columns, rows))
}

/** Without specks, and without the edges of whatever lay on the sensor: neither is as wide as 3. */
function opened(ridged: Uint8Array, columns: number, rows: number): Uint8Array {
  const closed = around(ridged, columns, rows, 5)
  return around(around(closed, columns, rows, 9), columns, rows, 1)
}

/** Cells of which so many of the nine around them have ridges, those outside having none. */
function around(ridged: Uint8Array, columns: number, rows: number, least: number): Uint8Array {
  return ridged.map((_, cell) => {
    const column = cell % columns
    const row = Math.floor(cell / columns)
    let count = 0
    for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) {
        count += ridged[y * columns + x]!
      }
    }
    return count >= least ? 1 : 0
  })
}
