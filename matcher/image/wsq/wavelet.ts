/**
 * The wavelet transform of WSQ, one line at a time: two-channel filter banks with symmetric filters
 * of odd length, and lines continued by reflection at their first and last sample.
 *
 * Source: FBI IAFIS-IC-0110 (WSQ v3.1). Sums run over ascending samples in double precision and are
 * kept in single: any machine gives the same.
 */
import type { Region, Subbands } from './subbands.ts'

/** The right halves of two symmetric low-pass filters, from the centre outwards. */
export interface FilterBank {
  /** Analysis, low-pass; with alternating signs it is the high-pass of synthesis. */
  readonly analysis: Float64Array
  /** Synthesis, low-pass; with alternating signs it is the high-pass of analysis. */
  readonly synthesis: Float64Array
}

/** Taps from the centre outwards that a filter may have: 32 to either side. */
export const HALF_TAPS_MAX = 32

/** The 9/7 filters that every file known here has. */
export const STANDARD_FILTERS: FilterBank = {
  analysis: Float64Array.of(
    0.8526986790094034,
    0.3774028556126538,
    -0.11062440441842342,
    -0.023849465019380046,
    0.0378284555069954,
  ),
  synthesis: Float64Array.of(
    0.7884856164056644,
    0.4180922732222122,
    -0.04068941760955855,
    -0.06453888262893845,
  ),
}

type LineFilter = (line: Line, isHighFirst: boolean) => void

/** Splits the plane into its subbands, in place. */
export function analyse(plane: Float32Array, stride: number, tree: Subbands, bank: FilterBank) {
  const low = symmetric(bank.analysis, 1)
  const high = symmetric(bank.synthesis, -1)
  const filter: LineFilter = (line, isHighFirst) => splitLine(line, low, high, isHighFirst)
  for (const region of tree.splits) {
    eachRow(plane, stride, region, filter)
    eachColumn(plane, stride, region, filter)
  }
}

/** Joins subbands into the plane that they came from, in place. */
export function synthesise(plane: Float32Array, stride: number, tree: Subbands, bank: FilterBank) {
  const low = symmetric(bank.synthesis, 1)
  const high = symmetric(bank.analysis, -1)
  const filter: LineFilter = (line, isHighFirst) => joinLine(line, low, high, isHighFirst)
  for (const region of tree.splits.toReversed()) {
    eachColumn(plane, stride, region, filter)
    eachRow(plane, stride, region, filter)
  }
}

/** Room for one line with what its reflections add to either side, and for the result. */
class Line {
  readonly input: Float64Array
  readonly output: Float32Array
  readonly length: number

  constructor(length: number) {
    this.length = length
    this.input = new Float64Array(length + 2 * HALF_TAPS_MAX)
    this.output = new Float32Array(length)
  }

  /** Continues what `input` holds from `HALF_TAPS_MAX` on to both sides. */
  reflect(reach: number): void {
    const { input, length } = this
    const first = HALF_TAPS_MAX
    const last = first + length - 1
    if (length === 1) {
      input.fill(input[first] ?? 0, first - reach, first + reach + 1)
      return
    }
    for (let step = 1; step <= reach; step += 1) {
      // What is asked for may be beyond the other end of a short line, and is filled by then.
      input[first - step] = input[first + reflected(step, length)] ?? 0
      input[last + step] = input[first + reflected(length - 1 + step, length)] ?? 0
    }
  }
}

function reflected(place: number, length: number): number {
  const period = 2 * (length - 1)
  const within = place % period
  return within < length ? within : period - within
}

function eachRow(plane: Float32Array, stride: number, region: Region, filter: LineFilter) {
  const { x, y, width, height, isHighLeft } = region
  const line = new Line(width)
  for (let row = y; row < y + height; row += 1) {
    const start = row * stride + x
    for (let at = 0; at < width; at += 1) line.input[HALF_TAPS_MAX + at] = plane[start + at]!
    filter(line, isHighLeft)
    plane.set(line.output, start)
  }
}

function eachColumn(plane: Float32Array, stride: number, region: Region, filter: LineFilter) {
  const { x, y, width, height, isHighTop } = region
  const line = new Line(height)
  for (let column = x; column < x + width; column += 1) {
    const start = y * stride + column
    for (let at = 0; at < height; at += 1) {
      line.input[HALF_TAPS_MAX + at] = plane[start + at * stride]!
    }
    filter(line, isHighTop)
    for (let at = 0; at < height; at += 1) plane[start + at * stride] = line.output[at]!
  }
}

/** Low samples stand at even places of the line, high ones at odd places. */
function splitLine(line: Line, low: Float64Array, high: Float64Array, isHighFirst: boolean) {
  const { input, output, length } = line
  const highs = length >> 1
  const lowStart = isHighFirst ? highs : 0
  const highStart = isHighFirst ? 0 : length - highs
  line.reflect(Math.max(low.length, high.length) >> 1)
  for (let at = 0; at < length - highs; at += 1) {
    output[lowStart + at] = weighed(input, HALF_TAPS_MAX + 2 * at - (low.length >> 1), low)
  }
  for (let at = 0; at < highs; at += 1) {
    output[highStart + at] = weighed(input, HALF_TAPS_MAX + 2 * at + 1 - (high.length >> 1), high)
  }
}

function weighed(input: Float64Array, start: number, taps: Float64Array): number {
  let sum = 0
  for (let tap = 0; tap < taps.length; tap += 1) sum += input[start + tap]! * taps[tap]!
  return sum
}

function joinLine(line: Line, low: Float64Array, high: Float64Array, isHighFirst: boolean) {
  const { input, output, length } = line
  interleave(line, isHighFirst)
  const lowReach = low.length >> 1
  const highReach = high.length >> 1
  line.reflect(Math.max(lowReach, highReach))
  for (let at = 0; at < length; at += 1) {
    let sum = 0
    // Taps that meet a sample of their own channel: every second one.
    for (let tap = (at + lowReach) & 1; tap < low.length; tap += 2) {
      sum += input[HALF_TAPS_MAX + at + tap - lowReach]! * low[tap]!
    }
    for (let tap = (at + highReach + 1) & 1; tap < high.length; tap += 2) {
      sum += input[HALF_TAPS_MAX + at + tap - highReach]! * high[tap]!
    }
    output[at] = sum
  }
}

function interleave({ input, output, length }: Line, isHighFirst: boolean): void {
  const highs = length >> 1
  const lowStart = HALF_TAPS_MAX + (isHighFirst ? highs : 0)
  const highStart = HALF_TAPS_MAX + (isHighFirst ? 0 : length - highs)
  for (let at = 0; at < length; at += 1) {
    output[at] = input[(at & 1 ? highStart : lowStart) + (at >> 1)]!
  }
  input.set(output, HALF_TAPS_MAX)
}

/** The whole filter; `sign` -1 alternates signs from the centre outwards. */
function symmetric(half: Float64Array, sign: 1 | -1): Float64Array {
  const reach = half.length - 1
  return Float64Array.from({ length: 2 * reach + 1 }, (_, tap) => {
    const distance = Math.abs(tap - reach)
    const value = half[distance] ?? 0
    return distance % 2 === 0 ? value : sign * value
  })
}
