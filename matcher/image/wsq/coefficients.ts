/**
 * Quantised coefficients as Huffman symbols: values, and runs of zeros.
 *
 * Source: FBI IAFIS-IC-0110 (WSQ v3.1). Symbols 1 to 100 are runs of zeros, 107 to 254 the values
 * -73 to 74, those between introduce 8 or 16 bits of a value or a run.
 */
import { InvalidImage } from '../invalid-image.ts'
import type { BitReader } from './bit-reader.ts'
import type { HuffmanDecoder } from './huffman.ts'

const RUN_MAX = 100
const VALUE_FIRST = 107
const VALUE_LAST = 254
const ZERO = 180

export const Symbols = {
  positive8: 101,
  negative8: 102,
  positive16: 103,
  negative16: 104,
  run8: 105,
  run16: 106,
} as const

/** Longest run that one symbol can say. */
const RUN_BITS_16_MAX = 0xffff

/**
 * Reads coefficients of one block into `into` from `start` on, to the end of either.
 *
 * @returns how many of `into` are filled now
 * @throws InvalidImage `content` where the block has more than there is room for
 */
export function readCoefficients(
  bits: BitReader,
  huffman: HuffmanDecoder,
  into: Int32Array,
  start: number,
): number {
  let place = start
  while (place < into.length) {
    const symbol = huffman.next(bits)
    if (symbol === undefined) break
    if (symbol >= VALUE_FIRST && symbol <= VALUE_LAST) {
      into[place] = symbol - ZERO
      place += 1
      continue
    }
    const value = valueOf(symbol, bits)
    const run = value === undefined ? runOf(symbol, bits) : 1
    if (run < 1 || run > into.length - place) {
      throw new InvalidImage('content', `a run of ${run} with room for ${into.length - place}`)
    }
    into[place] = value ?? 0
    place += run
  }
  return place
}

function valueOf(symbol: number, bits: BitReader): number | undefined {
  if (symbol === Symbols.positive8) return bits.bits(8)
  if (symbol === Symbols.negative8) return -bits.bits(8)
  if (symbol === Symbols.positive16) return bits.bits(16)
  if (symbol === Symbols.negative16) return -bits.bits(16)
  return undefined
}

function runOf(symbol: number, bits: BitReader): number {
  if (symbol >= 1 && symbol <= RUN_MAX) return symbol
  if (symbol === Symbols.run8) return bits.bits(8)
  if (symbol === Symbols.run16) return bits.bits(16)
  throw new InvalidImage('content', `symbol ${symbol} means nothing`)
}

/** Called with each symbol, and with the bits that follow it. */
export type Emit = (symbol: number, extra: number, extraBits: 0 | 8 | 16) => void

/** The same the other way: what a block says, to be counted first and written then. */
export function eachSymbol(coefficients: Int32Array, emit: Emit): void {
  let run = 0
  for (const value of coefficients) {
    if (value === 0) {
      run += 1
      continue
    }
    emitRun(run, emit)
    run = 0
    emitValue(value, emit)
  }
  emitRun(run, emit)
}

function emitRun(length: number, emit: Emit): void {
  let left = length
  while (left > 0) {
    const run = Math.min(left, RUN_BITS_16_MAX)
    if (run <= RUN_MAX) emit(run, 0, 0)
    else if (run <= 0xff) emit(Symbols.run8, run, 8)
    else emit(Symbols.run16, run, 16)
    left -= run
  }
}

function emitValue(value: number, emit: Emit): void {
  const size = Math.abs(value)
  const symbol = value + ZERO
  if (symbol >= VALUE_FIRST && symbol <= VALUE_LAST) emit(symbol, 0, 0)
  else if (size <= 0xff) emit(value > 0 ? Symbols.positive8 : Symbols.negative8, size, 8)
  else emit(value > 0 ? Symbols.positive16 : Symbols.negative16, size, 16)
}
