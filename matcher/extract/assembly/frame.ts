/** The frame of `extract/frame.ts`, and how planes of floats are read and written two at a time. */

/** Pixels. */
export const MARGIN: usize = 16
export const CELL: usize = 4
export const PATCH: usize = 2

/** Bytes. */
export const FLOAT: usize = 4
export const DOUBLE: usize = 8

/** Pixels of a row; cells of a row, and rows of cells. */
export let stride: usize = 0
export let across: usize = 0
export let down: usize = 0

/** Where two rows of doubles, each of `stride` and two more, are kept while a loop runs. */
export let rowsAt: usize = 0

/** What all loops work on from now on. */
export function frame(cellsAcross: usize, cellsDown: usize, rows: usize): void {
  stride = cellsAcross * CELL
  across = cellsAcross
  down = cellsDown
  rowsAt = rows
}

/** Two floats as doubles: all arithmetic is of doubles, as the language's is. */
export function pairAt(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load_zero<u64>(at))
}

/** Each rounded to a float. */
export function putPair(at: usize, pair: v128): void {
  v128.store_lane<u64>(at, f32x4.demote_f64x2_zero(pair), 0)
}
