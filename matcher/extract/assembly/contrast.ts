/** What `extract/contrast.ts` does between its blurs. */
import { CELL, FLOAT, MARGIN, down, pairAt, putPair, rowsAt, stride } from './frame'

/** Bytes. */
const SHORT: usize = 2

/** `soft` is as large as the frame. */
export function soften(pixels: usize, width: usize, height: usize, soft: usize): void {
  const rows = down * CELL
  for (let y: usize = 0; y < rows; y += 1) {
    const own = pixels + clampedRow(y, height) * width
    const above = pixels + clampedRow(y > 0 ? y - 1 : 0, height) * width
    const below = pixels + clampedRow(y + 1, height) * width
    addRows(above, own, below, width)
    const out = soft + y * stride * FLOAT
    for (let x: usize = 0; x < stride; x += 4) {
      const sums = rowsAt + x * SHORT
      const left = load<v128>(sums)
      const middle = load<v128>(sums + SHORT)
      const right = load<v128>(sums + 2 * SHORT)
      const sum = i16x8.add(i16x8.add(left, right), i16x8.shl(middle, 1))
      const floats = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(sum))
      store<v128>(out + x * FLOAT, f32x4.mul(floats, f32x4.splat(0.0625)))
    }
  }
}

function clampedRow(y: usize, height: usize): usize {
  return y <= MARGIN ? 0 : min(height - 1, y - MARGIN)
}

/** By 1 2 1 down each column, with the first and the last repeated into the margin. */
function addRows(above: usize, own: usize, below: usize, width: usize): void {
  const inner = rowsAt + (MARGIN + 1) * SHORT
  for (let x: usize = 0; x < width; x += 8) {
    const outer = i16x8.add(eightAt(above + x), eightAt(below + x))
    store<v128>(inner + x * SHORT, i16x8.add(outer, i16x8.shl(eightAt(own + x), 1)))
  }
  const first = load<u16>(inner)
  for (let x: usize = 0; x <= MARGIN; x += 1) store<u16>(rowsAt + x * SHORT, first)
  const last = load<u16>(inner + (width - 1) * SHORT)
  for (let x = MARGIN + 1 + width; x < stride + 2; x += 1) store<u16>(rowsAt + x * SHORT, last)
}

function eightAt(pixels: usize): v128 {
  return v128.load_ext<u8>(pixels)
}

/** Puts how far each place is from the mean around it, and the square of that. */
export function deviate(plane: usize, mean: usize, square: usize): void {
  const end = down * CELL * stride * FLOAT
  for (let at: usize = 0; at < end; at += 2 * FLOAT) {
    const deviation = f64x2.sub(pairAt(mean + at), pairAt(plane + at))
    putPair(plane + at, deviation)
    putPair(square + at, f64x2.mul(deviation, deviation))
  }
}

/** Divides by the root of the mean square, plus `floor`. */
export function level(plane: usize, square: usize, floor: f64): void {
  const end = down * CELL * stride * FLOAT
  const zero = f64x2.splat(0)
  const least = f64x2.splat(floor)
  for (let at: usize = 0; at < end; at += 2 * FLOAT) {
    const deviation = f64x2.sqrt(f64x2.max(zero, pairAt(square + at)))
    putPair(plane + at, f64x2.div(pairAt(plane + at), f64x2.add(deviation, least)))
  }
}
