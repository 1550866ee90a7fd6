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

/** The upper left patch of a cell. */
export function patchOf(cell: number, { across }: Frame): number {
  const side = CELL / PATCH
  return (Math.floor(cell / across) * side * across + (cell % across)) * side
}

/** Blurred twice by squares of 2 · `radius` + 1 cells, in place: close to a bell. */
export function blurCells(cells: Float32Array, { across, down }: Frame, radius: number): void {
  const box = { width: across, height: down, radius }
  const once = new Float32Array(cells.length)
  blur(cells, box, once)
  blur(once, box, cells)
}

/**
 * Means over squares of 2 · `radius` + 1, cut off at the edges: running sums down the columns, and
 * of these along each row. `out` is another plane.
 */
export function blur(
  plane: Float32Array,
  { width, height, radius }: { width: number; height: number; radius: number },
  out: Float32Array,
): void {
  const sums = new Float64Array(width)
  const nothing = new Float32Array(width)
  const shares = sharesOf(width, radius)
  const downShares = sharesOf(height, radius)
  for (let y = 0; y < Math.min(radius, height); y += 1) {
    slide(sums, { added: plane, at: y * width, dropped: nothing, from: 0 })
  }
  for (let y = 0; y < height; y += 1) {
    const isEnd = y + radius >= height
    const isStart = y <= radius
    slide(sums, {
      added: isEnd ? nothing : plane,
      at: isEnd ? 0 : (y + radius) * width,
      dropped: isStart ? nothing : plane,
      from: isStart ? 0 : (y - radius - 1) * width,
    })
    const share = downShares[y]!
    meansAlong(sums, { radius, share, shares }, out, y * width)
  }
}

/** One over how many of a line's places the window around each of them holds. */
function sharesOf(length: number, radius: number): Float64Array {
  const shares = new Float64Array(length)
  for (let place = 0; place < length; place += 1) {
    const held = Math.min(length - 1, place + radius) - Math.max(0, place - radius) + 1
    shares[place] = 1 / held
  }
  return shares
}

/** Moves the windows whose sums these are one row down. */
function slide(
  sums: Float64Array,
  {
    added,
    at,
    dropped,
    from,
  }: { added: Float32Array; at: number; dropped: Float32Array; from: number },
): void {
  for (let x = 0; x < sums.length; x += 1) sums[x]! += added[at + x]! - dropped[from + x]!
}

function meansAlong(
  sums: Float64Array,
  { radius, share, shares }: { radius: number; share: number; shares: Float64Array },
  out: Float32Array,
  at: number,
): void {
  const width = sums.length
  const head = Math.min(radius + 1, width)
  const tail = Math.max(head, width - radius)
  let sum = 0
  for (let x = 0; x < Math.min(radius, width); x += 1) sum += sums[x]!
  for (let x = 0; x < head; x += 1) {
    if (x + radius < width) sum += sums[x + radius]!
    out[at + x] = sum * share * shares[x]!
  }
  for (let x = head; x < tail; x += 1) {
    sum += sums[x + radius]! - sums[x - radius - 1]!
    out[at + x] = sum * share * shares[x]!
  }
  for (let x = tail; x < width; x += 1) {
    sum -= sums[x - radius - 1]!
    out[at + x] = sum * share * shares[x]!
  }
}
