/**
 * Which way the ridges run.
 *
 * Source: averaged squared gradients (Kass and Witkin 1987; Bazen and Gerez, IEEE TPAMI 24(7),
 * 2002), at three scales: where the fine one is sure it decides alone, so that cores keep their
 * bend; where it is not, the coarser ones step in, so that a scratch or a smear is bridged.
 */
import { directionOf } from '../integer.ts'
import { CELL, blur, type Frame } from './frame.ts'

/** Steps of an orientation: 128 to the half turn. Of the normal, from +x towards +y (down). */
export const ORIENTATIONS = 128

/** Pixels along the side of the squares that share an orientation. */
export const PATCH = 2

/** Cells; each is blurred twice. */
const SCALE_RADII = [1, 2, 5] as const

/** Squared gradients' mean vector by cell: double angle, as long as it is sure, 0 to 1. */
export interface OrientationField {
  readonly a: Float32Array
  readonly b: Float32Array
}

export function orientationField(plane: Float32Array, frame: Frame): OrientationField {
  const tensor = squaredGradients(plane, frame)
  const cells = frame.across * frame.down
  const field = { a: new Float32Array(cells), b: new Float32Array(cells) }
  const open = new Float32Array(cells).fill(1)
  for (const radius of SCALE_RADII) {
    const box = { width: frame.across, height: frame.down, radius }
    for (const part of [tensor.a, tensor.b, tensor.energy]) {
      blur(part, box, part)
      blur(part, box, part)
    }
    for (let cell = 0; cell < cells; cell += 1) {
      const energy = tensor.energy[cell]! + 1e-6
      const a = tensor.a[cell]! / energy
      const b = tensor.b[cell]! / energy
      const weight = open[cell]!
      field.a[cell]! += weight * a
      field.b[cell]! += weight * b
      open[cell] = weight * Math.max(0, 1 - Math.sqrt(a * a + b * b))
    }
  }
  return field
}

/** The field between the centres of cells, one orientation for each patch of pixels. */
export function orientations({ a, b }: OrientationField, frame: Frame): Uint8Array {
  const { across, down } = frame
  const perCell = CELL / PATCH
  const width = across * perCell
  const out = new Uint8Array(width * down * perCell)
  for (let row = 0; row < down * perCell; row += 1) {
    const y = Math.min(down - 1, Math.max(0, (row + 0.5) / perCell - 0.5))
    const top = Math.min(down - 2, Math.floor(y))
    const lower = y - top
    for (let column = 0; column < width; column += 1) {
      const x = Math.min(across - 1, Math.max(0, (column + 0.5) / perCell - 0.5))
      const left = Math.min(across - 2, Math.floor(x))
      const right = x - left
      const at = top * across + left
      const sumA = between(a, at, across, right, lower)
      const sumB = between(b, at, across, right, lower)
      out[row * width + column] = directionOf(sumA, sumB) >> 3
    }
  }
  return out
}

function between(
  plane: Float32Array,
  at: number,
  across: number,
  right: number,
  lower: number,
): number {
  const upper = plane[at]! * (1 - right) + plane[at + 1]! * right
  const under = plane[at + across]! * (1 - right) + plane[at + across + 1]! * right
  return upper * (1 - lower) + under * lower
}

interface Tensor extends OrientationField {
  readonly energy: Float32Array
}

/** Sobel's gradients, squared as complex numbers and summed over each cell. */
function squaredGradients(plane: Float32Array, { stride, rows, across, down }: Frame): Tensor {
  const cells = across * down
  const a = new Float32Array(cells)
  const b = new Float32Array(cells)
  const energy = new Float32Array(cells)
  for (let y = 1; y < rows - 1; y += 1) {
    const row = Math.floor(y / CELL) * across
    for (let x = 1; x < stride - 1; x += 1) {
      const at = y * stride + x
      const upLeft = plane[at - stride - 1]!
      const upRight = plane[at - stride + 1]!
      const downLeft = plane[at + stride - 1]!
      const downRight = plane[at + stride + 1]!
      const dx = upRight - upLeft + downRight - downLeft + 2 * (plane[at + 1]! - plane[at - 1]!)
      const dy =
        downLeft - upLeft + downRight - upRight + 2 * (plane[at + stride]! - plane[at - stride]!)
      const cell = row + (x >> 2)
      a[cell]! += dx * dx - dy * dy
      b[cell]! += 2 * dx * dy
      energy[cell]! += dx * dx + dy * dy
    }
  }
  return { a, b, energy }
}
