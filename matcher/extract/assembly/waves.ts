/** What `extract/foreground.ts`, `ridge-pattern.ts` and `ridge-period.ts` sum over each cell. */
import { CELL, DOUBLE, FLOAT, MARGIN, PATCH, across, down, stride } from './frame'

const ORIENTATIONS: i32 = 128

/** The mean height of the waves in each cell, from one pixel of each patch. */
export function sumHeights(even: usize, odd: usize, out: usize): void {
  memory.fill(out, 0, across * down * FLOAT)
  const rim = MARGIN / CELL
  for (let row = rim; row < down - rim; row += 1) {
    for (let column = rim; column < across - rim; column += 1) {
      const at = (row * stride + column) * CELL * FLOAT
      const below = at + PATCH * stride * FLOAT
      let sum = height(even + at, odd + at)
      sum += height(even + at + PATCH * FLOAT, odd + at + PATCH * FLOAT)
      sum += height(even + below, odd + below)
      sum += height(even + below + PATCH * FLOAT, odd + below + PATCH * FLOAT)
      const mean = (sum * <f64>(PATCH * PATCH)) / <f64>(CELL * CELL)
      store<f32>(out + (row * across + column) * FLOAT, <f32>mean)
    }
  }
}

function height(even: usize, odd: usize): f64 {
  const x = <f64>load<f32>(even)
  const y = <f64>load<f32>(odd)
  return Math.sqrt(x * x + y * y)
}

/** The sum of the squares in each cell, rounded to a float after each of its rows. */
export function sumSquares(plane: usize, out: usize): void {
  for (let row: usize = 0; row < down; row += 1) {
    for (let column: usize = 0; column < across; column += 1) {
      const first = plane + (row * stride + column) * CELL * FLOAT
      let cell: f32 = 0
      for (let y: usize = 0; y < CELL; y += 1) {
        let sum: f64 = 0
        for (let x: usize = 0; x < CELL; x += 1) {
          const value = <f64>load<f32>(first + (y * stride + x) * FLOAT)
          sum += value * value
        }
        cell = <f32>(<f64>cell + sum)
      }
      store<f32>(out + (row * across + column) * FLOAT, cell)
    }
  }
}

/**
 * Sums of one answer times the conjugate of the one before it, in the cells inside. `steps` are of
 * each normal: its offsets in pixels, as two doubles, and a cosine and a sine.
 */
export function sumAdvance(
  even: usize,
  odd: usize,
  orientation: usize,
  inside: usize,
  steps: usize,
  outX: usize,
  outY: usize,
): void {
  memory.fill(outX, 0, across * down * FLOAT)
  memory.fill(outY, 0, across * down * FLOAT)
  const patches = across * PATCH
  for (let cell: usize = 0; cell < across * down; cell += 1) {
    if (load<u8>(inside + cell) == 0) continue
    const row = cell / across
    const left = (cell - row * across) * CELL
    let sumX: f64 = 0
    let sumY: f64 = 0
    for (let y = row * CELL; y < row * CELL + CELL; y += PATCH) {
      for (let x = left; x < left + CELL; x += PATCH) {
        const own = <i32>load<u8>(orientation + (y >> 1) * patches + (x >> 1))
        const step = steps + <usize>own * 4 * DOUBLE
        const aheadX = x + <usize>(<i32>load<f64>(step))
        const aheadY = y + <usize>(<i32>load<f64>(step + DOUBLE))
        const there = <i32>load<u8>(orientation + (aheadY >> 1) * patches + (aheadX >> 1))
        const sign: f64 = abs<i32>(there - own) > ORIENTATIONS / 2 ? -1 : 1
        const at = (y * stride + x) * FLOAT
        const ahead = (aheadY * stride + aheadX) * FLOAT
        const evenHere = <f64>load<f32>(even + at)
        const oddHere = <f64>load<f32>(odd + at)
        const evenAhead = <f64>load<f32>(even + ahead)
        const oddAhead = sign * <f64>load<f32>(odd + ahead)
        const kept = evenHere * evenAhead + oddHere * oddAhead
        const gained = evenHere * oddAhead - oddHere * evenAhead
        const cosine = load<f64>(step + 2 * DOUBLE)
        const sine = load<f64>(step + 3 * DOUBLE)
        sumX += kept * cosine - gained * sine
        sumY += gained * cosine + kept * sine
      }
    }
    store<f32>(outX + cell * FLOAT, <f32>sumX)
    store<f32>(outY + cell * FLOAT, <f32>sumY)
  }
}
