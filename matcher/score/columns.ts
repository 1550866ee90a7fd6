/** The candidate's minutiae in columns from left to right, so that near ones are found at once. */
import { MINUTIAE_MAX, OFFSET_MAX } from '../packed.ts'
import { QUARTERS } from './lay.ts'
import type { Unpacked } from './probe.ts'

/** Width of a column, 2^4 pixels: that of the rough tolerance. */
const WIDTH_BITS = 4
const LEFT = OFFSET_MAX + 1
const COLUMNS = (2 * LEFT) >> WIDTH_BITS

export interface Columns {
  /** Where each column starts in `order`, and behind them where the last ends. */
  readonly starts: Int32Array
  /** Indexes of minutiae, column by column. */
  readonly order: Int32Array
}

export function emptyColumns(): Columns {
  return { starts: new Int32Array(COLUMNS + 1), order: new Int32Array(MINUTIAE_MAX) }
}

/** The column of an x in quarter pixels; outside all, the outermost. */
export function columnAt(x: number): number {
  const column = (x + LEFT * QUARTERS) >> (WIDTH_BITS + 2)
  return column < 0 ? 0 : column >= COLUMNS ? COLUMNS - 1 : column
}

export function sortIntoColumns({ minutiae, x }: Unpacked, { starts, order }: Columns): void {
  starts.fill(0)
  for (let j = 0; j < minutiae; j += 1) starts[columnAt(x[j]! * QUARTERS)]! += 1
  let end = 0
  for (let column = 0; column <= COLUMNS; column += 1) {
    end += starts[column]!
    starts[column] = end
  }
  for (let j = 0; j < minutiae; j += 1) {
    const column = columnAt(x[j]! * QUARTERS)
    starts[column]! -= 1
    order[starts[column]!] = j
  }
}
