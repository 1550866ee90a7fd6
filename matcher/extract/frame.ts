/**
 * The frame all planes of one extraction share: the image with a margin on every side, so that no
 * filter asks whether it still is inside, and a grid of square cells over it, on which everything
 * that changes slowly is kept.
 */

/** Pixels; no filter reaches farther. */
export const MARGIN = 16

/** Pixels along a cell's side; divides the margin. */
export const CELL = 4

/** Pixels along a patch's side: what shares an orientation. Four patches are a cell. */
export const PATCH = 2

export interface Frame {
  /** Pixels of a row, margins and what fills the last cell included. */
  readonly stride: number
  readonly rows: number
  /** Cells of a row of the grid, and how many rows it has. */
  readonly across: number
  readonly down: number
}

/** Sides are multiples of `CELL`. */
export function frameOf({ width, height }: { width: number; height: number }): Frame {
  const across = Math.ceil((width + 2 * MARGIN) / CELL)
  const down = Math.ceil((height + 2 * MARGIN) / CELL)
  return { stride: across * CELL, rows: down * CELL, across, down }
}

/** Blurred twice by squares of 2 · `radius` + 1 cells, in place: close to a bell. */
export function blurCells(cells: Float32Array, { across, down }: Frame, radius: number): void {
  const box = { width: across, height: down, radius }
  blur(cells, box, cells)
  blur(cells, box, cells)
}

/**
 * Means over squares of 2 · `radius` + 1, cut off at the edges: running sums along rows, then
 * columns. `out` may be `plane` itself.
 */
export function blur(
  plane: Float32Array,
  { width, height, radius }: { width: number; height: number; radius: number },
  out: Float32Array,
): void {
  const rows = new Float32Array(width * height)
  for (let y = 0; y < height; y += 1) blurRow(plane, y * width, width, radius, rows)
  const sums = new Float64Array(width)
  for (let y = 0; y < Math.min(radius, height); y += 1) addRow(rows, y * width, sums)
  for (let y = 0; y < height; y += 1) {
    if (y + radius < height) addRow(rows, (y + radius) * width, sums)
    if (y - radius > 0) subtractRow(rows, (y - radius - 1) * width, sums)
    const share = 1 / (Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1)
    for (let x = 0; x < width; x += 1) out[y * width + x] = sums[x]! * share
  }
}

function blurRow(
  plane: Float32Array,
  at: number,
  width: number,
  radius: number,
  out: Float32Array,
): void {
  let sum = 0
  for (let x = 0; x < Math.min(radius, width); x += 1) sum += plane[at + x]!
  for (let x = 0; x < width; x += 1) {
    if (x + radius < width) sum += plane[at + x + radius]!
    if (x - radius > 0) sum -= plane[at + x - radius - 1]!
    const share = 1 / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1)
    out[at + x] = sum * share
  }
}

function addRow(plane: Float32Array, at: number, sums: Float64Array): void {
  for (let x = 0; x < sums.length; x += 1) sums[x]! += plane[at + x]!
}

function subtractRow(plane: Float32Array, at: number, sums: Float64Array): void {
  for (let x = 0; x < sums.length; x += 1) sums[x]! -= plane[at + x]!
}
