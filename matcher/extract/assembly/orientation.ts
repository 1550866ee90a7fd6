/** The loops of `extract/orientation.ts`. */
import { CELL, DOUBLE, FLOAT, PATCH, across, down, pairAt, putPair, rowsAt, stride } from './frame'

const TURN: f64 = 1_024
const ENERGY_MIN: f64 = 1e-6

/** Squared gradients, summed over each cell that is not 0. */
export function squareGradients(
  plane: usize,
  cells: usize,
  outX: usize,
  outY: usize,
  outEnergy: usize,
): void {
  memory.fill(outX, 0, across * down * FLOAT)
  memory.fill(outY, 0, across * down * FLOAT)
  memory.fill(outEnergy, 0, across * down * FLOAT)
  for (let row: usize = 1; row < down - 1; row += 1) {
    for (let column: usize = 1; column < across - 1; column += 1) {
      const cell = row * across + column
      if (load<u8>(cells + cell) == 0) continue
      const first = plane + (row * CELL * stride + column * CELL) * FLOAT
      addGradients(first, outX + cell * FLOAT, outY + cell * FLOAT, outEnergy + cell * FLOAT)
    }
  }
}

/**
 * A pair of pixels at a time. The sums of each row are taken in the order of its pixels, and
 * rounded to floats as they are added to the cell's.
 */
function addGradients(first: usize, outX: usize, outY: usize, outEnergy: usize): void {
  let cellX: f32 = 0
  let cellY: f32 = 0
  let cellEnergy: f32 = 0
  const two = f64x2.splat(2)
  for (let y: usize = 0; y < CELL; y += 1) {
    const row = first + y * stride * FLOAT
    let sumX: f64 = 0
    let sumY: f64 = 0
    let energy: f64 = 0
    for (let x: usize = 0; x < CELL; x += 2) {
      const at = row + x * FLOAT
      const above = at - stride * FLOAT
      const below = at + stride * FLOAT
      const upLeft = pairAt(above - FLOAT)
      const upRight = pairAt(above + FLOAT)
      const downLeft = pairAt(below - FLOAT)
      const downRight = pairAt(below + FLOAT)
      const besides = f64x2.sub(pairAt(at + FLOAT), pairAt(at - FLOAT))
      const heights = f64x2.sub(pairAt(below), pairAt(above))
      const right = f64x2.sub(f64x2.add(f64x2.sub(upRight, upLeft), downRight), downLeft)
      const dx = f64x2.add(right, f64x2.mul(two, besides))
      const lower = f64x2.sub(f64x2.add(f64x2.sub(downLeft, upLeft), downRight), upRight)
      const dy = f64x2.add(lower, f64x2.mul(two, heights))
      const squareX = f64x2.mul(dx, dx)
      const squareY = f64x2.mul(dy, dy)
      const partX = f64x2.sub(squareX, squareY)
      const partY = f64x2.mul(f64x2.mul(two, dx), dy)
      const part = f64x2.add(squareX, squareY)
      sumX = sumX + f64x2.extract_lane(partX, 0) + f64x2.extract_lane(partX, 1)
      sumY = sumY + f64x2.extract_lane(partY, 0) + f64x2.extract_lane(partY, 1)
      energy = energy + f64x2.extract_lane(part, 0) + f64x2.extract_lane(part, 1)
    }
    cellX = <f32>(<f64>cellX + sumX)
    cellY = <f32>(<f64>cellY + sumY)
    cellEnergy = <f32>(<f64>cellEnergy + energy)
  }
  store<f32>(outX, cellX)
  store<f32>(outY, cellY)
  store<f32>(outEnergy, cellEnergy)
}

/**
 * Adds what one scale says, as far as those before it have left open. Behind an odd number of cells
 * there is room for one more.
 */
export function addScale(
  x: usize,
  y: usize,
  energy: usize,
  open: usize,
  fieldX: usize,
  fieldY: usize,
): void {
  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  const least = f64x2.splat(ENERGY_MIN)
  const end = across * down * FLOAT
  for (let at: usize = 0; at < end; at += 2 * FLOAT) {
    const divisor = f64x2.add(pairAt(energy + at), least)
    const meanX = f64x2.div(pairAt(x + at), divisor)
    const meanY = f64x2.div(pairAt(y + at), divisor)
    const weight = pairAt(open + at)
    putPair(fieldX + at, f64x2.add(pairAt(fieldX + at), f64x2.mul(weight, meanX)))
    putPair(fieldY + at, f64x2.add(pairAt(fieldY + at), f64x2.mul(weight, meanY)))
    const square = f64x2.add(f64x2.mul(meanX, meanX), f64x2.mul(meanY, meanY))
    const left = f64x2.max(zero, f64x2.sub(one, f64x2.sqrt(square)))
    putPair(open + at, f64x2.mul(weight, left))
  }
}

/** One for each patch; `arcTangents` are those of `integer.ts`. */
export function orient(x: usize, y: usize, arcTangents: usize, out: usize): void {
  const rowX = rowsAt
  const rowY = rowsAt + (across + 2) * DOUBLE
  for (let row: usize = 0; row < down * PATCH; row += 1) {
    const own = row >> 1
    const isUpper = (row & 1) == 0
    const next = isUpper ? (own > 0 ? own - 1 : 0) : min(down - 1, own + 1)
    blendRows(x, own, next, rowX)
    blendRows(y, own, next, rowY)
    for (let cell: usize = 1; cell <= across; cell += 1) {
      const meanX = blend(rowX + cell * DOUBLE)
      const meanY = blend(rowY + cell * DOUBLE)
      const at = out + (row * across + cell - 1) * PATCH
      store<u16>(at, normals(meanX, meanY, arcTangents))
    }
  }
}

function blendRows(cells: usize, own: usize, next: usize, out: usize): void {
  for (let cell: usize = 0; cell < across; cell += 1) {
    const mine = <f64>load<f32>(cells + (own * across + cell) * FLOAT)
    const other = <f64>load<f32>(cells + (next * across + cell) * FLOAT)
    store<f64>(out + (cell + 1) * DOUBLE, 0.75 * mine + 0.25 * other)
  }
  store<f64>(out, load<f64>(out + DOUBLE))
  store<f64>(out + (across + 1) * DOUBLE, load<f64>(out + across * DOUBLE))
}

/** At the two patches of a cell's row. */
function blend(at: usize): v128 {
  const own = f64x2.mul(f64x2.splat(0.75), v128.load_splat<f64>(at))
  const beside = v128.load_lane<u64>(at + DOUBLE, v128.load_zero<u64>(at - DOUBLE), 1)
  return f64x2.add(own, f64x2.mul(f64x2.splat(0.25), beside))
}

/** Half of the directions of two vectors, as `directionOf` of `integer.ts` gives them. */
function normals(x: v128, y: v128, arcTangents: usize): u16 {
  const wide = f64x2.abs(x)
  const high = f64x2.abs(y)
  const product = f64x2.mul(f64x2.splat(TURN), f64x2.min(wide, high))
  // Of the origin it is no number, which becomes 0.
  const ratio = i32x4.trunc_sat_f64x2_s_zero(f64x2.div(product, f64x2.max(wide, high)))
  const isSteep = i64x2.bitmask(f64x2.gt(high, wide))
  const isBack = i64x2.bitmask(f64x2.lt(x, f64x2.splat(0)))
  const isUp = i64x2.bitmask(f64x2.lt(y, f64x2.splat(0)))
  const left = octantAt(arcTangents, i32x4.extract_lane(ratio, 0))
  const right = octantAt(arcTangents, i32x4.extract_lane(ratio, 1))
  const first = normalOf(left, isSteep & 1, isBack & 1, isUp & 1)
  const second = normalOf(right, isSteep >> 1, isBack >> 1, isUp >> 1)
  return <u16>(first | (second << 8))
}

function octantAt(arcTangents: usize, ratio: i32): i32 {
  return load<i32>(arcTangents + <usize>ratio * 4)
}

function normalOf(octant: i32, isSteep: i32, isBack: i32, isUp: i32): i32 {
  const quadrant = isSteep != 0 ? 256 - octant : octant
  const half = isBack != 0 ? 512 - quadrant : quadrant
  return ((isUp != 0 ? 1_024 - half : half) & 1_023) >> 3
}
