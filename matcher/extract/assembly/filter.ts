/**
 * The two passes of `extract/ridge-filter.ts`. The four pixels of a patch are two pairs, one in
 * each of its rows.
 */
import { CELL, DOUBLE, FLOAT, MARGIN, PATCH, across, down, pairAt, putPair, stride } from './frame'

const ORIENTATIONS: usize = 128
const REACH: usize = 10

/** Bytes of an even and an odd kernel, taken in turns, and of the ways to the taps of a normal. */
const KERNEL_BYTES: usize = (REACH + 1) * 2 * DOUBLE
const OFFSET_BYTES: usize = 4
const WAY_BYTES: usize = REACH * OFFSET_BYTES

/** `offsets` are in bytes. */
export function averageAlong(
  plane: usize,
  cells: usize,
  orientation: usize,
  offsets: usize,
  bell: usize,
  out: usize,
): void {
  memory.fill(out, 0, stride * down * CELL * FLOAT)
  const patches = across * PATCH
  for (let cell: usize = 0; cell < across * down; cell += 1) {
    if (load<u8>(cells + cell) == 0) continue
    const row = cell / across
    const left = (cell - row * across) * PATCH
    for (let y = row * PATCH; y < row * PATCH + PATCH; y += 1) {
      for (let x = left; x < left + PATCH; x += 1) {
        const normal = <usize>load<u8>(orientation + y * patches + x)
        const turn = (normal + ORIENTATIONS / 2) % ORIENTATIONS
        const at = (y * stride + x) * PATCH * FLOAT
        averagePatch(plane + at, offsets + turn * WAY_BYTES, bell, out + at)
      }
    }
  }
}

function averagePatch(at: usize, ways: usize, bell: usize, out: usize): void {
  const row = stride * FLOAT
  const middle = v128.load_splat<f64>(bell)
  let upper = f64x2.mul(pairAt(at), middle)
  let lower = f64x2.mul(pairAt(at + row), middle)
  for (let tap: usize = 1; tap <= REACH; tap += 1) {
    const offset = load<usize>(ways + (tap - 1) * OFFSET_BYTES)
    const weight = v128.load_splat<f64>(bell + tap * DOUBLE)
    const ahead = at + offset
    const behind = at - offset
    const upperSum = f64x2.add(pairAt(ahead), pairAt(behind))
    const lowerSum = f64x2.add(pairAt(ahead + row), pairAt(behind + row))
    upper = f64x2.add(upper, f64x2.mul(upperSum, weight))
    lower = f64x2.add(lower, f64x2.mul(lowerSum, weight))
  }
  putPair(out, upper)
  putPair(out + row, lower)
}

export function measureAcross(
  smooth: usize,
  periods: usize,
  orientation: usize,
  offsets: usize,
  kernels: usize,
  even: usize,
  odd: usize,
): void {
  memory.fill(even, 0, stride * down * CELL * FLOAT)
  memory.fill(odd, 0, stride * down * CELL * FLOAT)
  const patches = across * PATCH
  const rim = MARGIN / CELL
  for (let row = rim; row < down - rim; row += 1) {
    for (let column = rim; column < across - rim; column += 1) {
      const period = <usize>load<u8>(periods + row * across + column)
      if (period == 0) continue
      const kernel = kernels + period * KERNEL_BYTES
      for (let y = row * PATCH; y < row * PATCH + PATCH; y += 1) {
        for (let x = column * PATCH; x < column * PATCH + PATCH; x += 1) {
          const normal = <usize>load<u8>(orientation + y * patches + x)
          const at = (y * stride + x) * PATCH * FLOAT
          measurePatch(smooth + at, offsets + normal * WAY_BYTES, kernel, even + at, odd + at)
        }
      }
    }
  }
}

function measurePatch(at: usize, ways: usize, kernel: usize, even: usize, odd: usize): void {
  const row = stride * FLOAT
  const middle = v128.load_splat<f64>(kernel)
  let upperEven = f64x2.mul(pairAt(at), middle)
  let lowerEven = f64x2.mul(pairAt(at + row), middle)
  let upperOdd = f64x2.splat(0)
  let lowerOdd = f64x2.splat(0)
  for (let tap: usize = 1; tap <= REACH; tap += 1) {
    const offset = load<usize>(ways + (tap - 1) * OFFSET_BYTES)
    const evenWeight = v128.load_splat<f64>(kernel + tap * 2 * DOUBLE)
    const oddWeight = v128.load_splat<f64>(kernel + tap * 2 * DOUBLE + DOUBLE)
    const upperAhead = pairAt(at + offset)
    const upperBehind = pairAt(at - offset)
    const lowerAhead = pairAt(at + row + offset)
    const lowerBehind = pairAt(at + row - offset)
    upperEven = f64x2.add(upperEven, f64x2.mul(f64x2.add(upperAhead, upperBehind), evenWeight))
    lowerEven = f64x2.add(lowerEven, f64x2.mul(f64x2.add(lowerAhead, lowerBehind), evenWeight))
    upperOdd = f64x2.add(upperOdd, f64x2.mul(f64x2.sub(upperBehind, upperAhead), oddWeight))
    lowerOdd = f64x2.add(lowerOdd, f64x2.mul(f64x2.sub(lowerBehind, lowerAhead), oddWeight))
  }
  putPair(even, upperEven)
  putPair(even + row, lowerEven)
  putPair(odd, upperOdd)
  putPair(odd + row, lowerOdd)
}
