/**
 * Which way the ridges run.
 *
 * Source: averaged squared gradients (Bazen and Gerez, IEEE TPAMI 24(7), 2002), here at three
 * scales: where the fine one is sure it decides alone, so that cores keep their bend; where it is
 * not, the coarser ones step in, so that a scratch or a smear is bridged.
 */
import { directionOf } from '../integer.ts'
import { CELL, PATCH, blurCells, type Frame } from './frame.ts'

/** Steps to the half turn. An orientation is that of the normal, from +x towards +y (down). */
export const ORIENTATIONS = 128

/** Radii of the scales in cells; each blur comes on top of those before it. */
export const GREY_SCALES = [1, 2, 5] as const

/** What a filter has drawn is sure of itself everywhere: there is nothing to step in for. */
export const DRAWN_SCALES = [1] as const

/** Patches along a cell's side: the interpolation below is for two. */
const PER_CELL = CELL / PATCH

/** Keeps the quotient of an empty place at 0. */
const ENERGY_MIN = 1e-6

/** By cell: a mean vector, 0 to 1 long as the gradients agree, at twice the normal's angle. */
export interface OrientationField {
  readonly x: Float32Array
  readonly y: Float32Array
}

/** From the gradients in `cells` that are not 0. */
export function orientationField(
  plane: Float32Array,
  frame: Frame,
  { cells, scales }: { cells: Uint8Array; scales: readonly number[] },
): OrientationField {
  const { x, y, energy } = squaredGradients(plane, frame, cells)
  const field = { x: new Float32Array(x.length), y: new Float32Array(x.length) }
  const open = new Float32Array(x.length).fill(1)
  for (const radius of scales) {
    for (const part of [x, y, energy]) blurCells(part, frame, radius)
    for (let cell = 0; cell < open.length; cell += 1) {
      const divisor = energy[cell]! + ENERGY_MIN
      const meanX = x[cell]! / divisor
      const meanY = y[cell]! / divisor
      const weight = open[cell]!
      field.x[cell]! += weight * meanX
      field.y[cell]! += weight * meanY
      open[cell] = weight * Math.max(0, 1 - Math.sqrt(meanX * meanX + meanY * meanY))
    }
  }
  return field
}

/** One orientation for each patch, interpolated between the centres of cells. */
export function orientations({ x, y }: OrientationField, { across, down }: Frame): Uint8Array {
  const patches = across * PER_CELL
  const out = new Uint8Array(patches * down * PER_CELL)
  const rowX = new Float64Array(across + 2)
  const rowY = new Float64Array(across + 2)
  for (let row = 0; row < down * PER_CELL; row += 1) {
    const own = row >> 1
    // Half a patch is a quarter of a cell: a patch lies a quarter of the way to the next cell.
    const next = Math.min(down - 1, Math.max(0, (row & 1) === 0 ? own - 1 : own + 1))
    blendRows(x, own * across, next * across, rowX)
    blendRows(y, own * across, next * across, rowY)
    for (let cell = 1; cell <= across; cell += 1) {
      const meanX = 0.75 * rowX[cell]!
      const meanY = 0.75 * rowY[cell]!
      const at = row * patches + (cell - 1) * PER_CELL
      out[at] = normalOf(meanX + 0.25 * rowX[cell - 1]!, meanY + 0.25 * rowY[cell - 1]!)
      out[at + 1] = normalOf(meanX + 0.25 * rowX[cell + 1]!, meanY + 0.25 * rowY[cell + 1]!)
    }
  }
  return out
}

/** Half of the angle that the field has doubled. */
function normalOf(x: number, y: number): number {
  return directionOf(x, y) >> 3
}

/** Three parts of one row of cells and one of another, with both ends repeated. */
function blendRows(cells: Float32Array, own: number, next: number, out: Float64Array): void {
  const across = out.length - 2
  for (let cell = 0; cell < across; cell += 1) {
    out[cell + 1] = 0.75 * cells[own + cell]! + 0.25 * cells[next + cell]!
  }
  out[0] = out[1]!
  out[across + 1] = out[across]!
}

/** Sobel's gradients, squared as complex numbers and summed over each cell. */
function squaredGradients(
  plane: Float32Array,
  { stride, across, down }: Frame,
  cells: Uint8Array,
): OrientationField & { readonly energy: Float32Array } {
  const sums = {
    x: new Float32Array(across * down),
    y: new Float32Array(across * down),
    energy: new Float32Array(across * down),
  }
  // The outermost cells, which are margin, are left out: their pixels have no neighbours.
  for (let row = 1; row < down - 1; row += 1) {
    for (let column = 1; column < across - 1; column += 1) {
      const cell = row * across + column
      if (cells[cell] === 0) continue
      for (let y = row * CELL; y < (row + 1) * CELL; y += 1) {
        addGradients(plane, y * stride + column * CELL, stride, sums, cell)
      }
    }
  }
  return sums
}

/** Of one row of a cell. Each pixel's columns are handed on to the next. */
function addGradients(
  plane: Float32Array,
  from: number,
  stride: number,
  sums: OrientationField & { readonly energy: Float32Array },
  cell: number,
): void {
  let sumX = 0
  let sumY = 0
  let energy = 0
  let upLeft = plane[from - stride - 1]!
  let left = plane[from - 1]!
  let downLeft = plane[from + stride - 1]!
  let up = plane[from - stride]!
  let middle = plane[from]!
  let below = plane[from + stride]!
  for (let at = from; at < from + CELL; at += 1) {
    const upRight = plane[at - stride + 1]!
    const right = plane[at + 1]!
    const downRight = plane[at + stride + 1]!
    const dx = upRight - upLeft + downRight - downLeft + 2 * (right - left)
    const dy = downLeft - upLeft + downRight - upRight + 2 * (below - up)
    sumX += dx * dx - dy * dy
    sumY += 2 * dx * dy
    energy += dx * dx + dy * dy
    upLeft = up
    up = upRight
    left = middle
    middle = right
    downLeft = below
    below = downRight
  }
  sums.x[cell]! += sumX
  sums.y[cell]! += sumY
  sums.energy[cell]! += energy
}
