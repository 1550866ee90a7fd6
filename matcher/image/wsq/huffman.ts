/**
 * Huffman codes as WSQ and JPEG write them: how many codes of each length, and the symbols in order
 * of their codes.
 *
 * Sources: FBI IAFIS-IC-0110 (WSQ v3.1), which takes them from ITU-T T.81 annex C and K.2. No code
 * consists of ones only: ones fill the last byte of a block.
 */
import { InvalidImage } from '../invalid-image.ts'
import type { BitReader } from './bit-reader.ts'

/** Longest code, bits. */
export const CODE_BITS_MAX = 16

export interface HuffmanTable {
  /** How many codes have 1 to 16 bits. */
  readonly counts: readonly number[]
  readonly symbols: Uint8Array
}

/** Reads symbols of one table. */
export class HuffmanDecoder {
  readonly #symbols: Uint8Array
  /** By length of the code: the first code, one behind the last, and the place of the first. */
  readonly #first = new Int32Array(CODE_BITS_MAX + 1)
  readonly #end = new Int32Array(CODE_BITS_MAX + 1)
  readonly #start = new Int32Array(CODE_BITS_MAX + 1)

  /** @throws InvalidImage `content` where the lengths need more codes than there are */
  constructor({ counts, symbols }: HuffmanTable) {
    this.#symbols = symbols
    let code = 0
    let place = 0
    for (const [index, count] of counts.entries()) {
      const bits = index + 1
      this.#first[bits] = code
      this.#start[bits] = place
      code += count
      place += count
      this.#end[bits] = code
      if (code > 2 ** bits) throw new InvalidImage('content', `too many codes of ${bits} bits`)
      code *= 2
    }
  }

  /**
   * The next symbol; undefined where a marker comes first.
   *
   * @throws InvalidImage `content` where the bits are no code
   */
  next(bits: BitReader): number | undefined {
    let code = 0
    let { restarts } = bits
    for (let length = 1; length <= CODE_BITS_MAX; length += 1) {
      const bit = bits.bit()
      if (bit === undefined) return undefined
      if (bits.restarts !== restarts) {
        // The bits so far were there to fill a byte.
        ;({ restarts } = bits)
        length = 1
        code = 0
      }
      code = code * 2 + bit
      if (code < this.#end[length]!) {
        return this.#symbols[this.#start[length]! + code - this.#first[length]!]
      }
    }
    throw new InvalidImage('content', 'bits that are no Huffman code')
  }
}

/** The code of every symbol, for writing; symbols without one have length 0. */
export function codesOf({ counts, symbols }: HuffmanTable) {
  const codes = new Uint16Array(256)
  const lengths = new Uint8Array(256)
  let code = 0
  let place = 0
  for (const [index, count] of counts.entries()) {
    for (const end = place + count; place < end; place += 1) {
      const symbol = symbols[place] ?? 0
      codes[symbol] = code
      lengths[symbol] = index + 1
      code += 1
    }
    code *= 2
  }
  return { codes, lengths }
}

/** Stands for the code of ones only: as rare as can be, so that it gets the last, longest code. */
const NO_SYMBOL = 256

/** The best table for symbols that occur as often as that; T.81 figures K.1 to K.4. */
export function tableFor(frequencies: Uint32Array): HuffmanTable {
  const lengths = codeLengths(frequencies)
  const counts = shortened(lengths)
  const symbols = [...frequencies.keys()]
    .filter((symbol) => (lengths[symbol] ?? 0) > 0)
    .sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b)
  return { counts, symbols: Uint8Array.from(symbols) }
}

/** How deep each symbol is in Huffman's tree; `NO_SYMBOL` is among them. */
function codeLengths(frequencies: Uint32Array): number[] {
  const lengths: number[] = Array.from({ length: NO_SYMBOL + 1 }, () => 0)
  let trees = [...frequencies.entries()]
    .filter(([, count]) => count > 0)
    .map(([symbol, count]) => ({ count, members: [symbol] }))
  trees.push({ count: 1, members: [NO_SYMBOL] })
  while (trees.length > 1) {
    // Of equal counts the later goes first, so that NO_SYMBOL ends deepest.
    const [one, other, ...rest] = trees.toSorted((a, b) => {
      return a.count - b.count || b.members.at(-1)! - a.members.at(-1)!
    })
    const members = [...one!.members, ...other!.members].sort((a, b) => a - b)
    for (const member of members) lengths[member]! += 1
    trees = [...rest, { count: one!.count + other!.count, members }]
  }
  return lengths
}

/** Counts by length, none over 16 bits, without the code of ones only. */
function shortened(lengths: readonly number[]): number[] {
  const counts: number[] = Array.from({ length: Math.max(CODE_BITS_MAX, ...lengths) + 1 }, () => 0)
  for (const length of lengths) if (length > 0) counts[length]! += 1
  for (let bits = counts.length - 1; bits > CODE_BITS_MAX; bits -= 1) {
    while (counts[bits]! > 0) {
      let shorter = bits - 2
      while (counts[shorter] === 0) shorter -= 1
      counts[bits]! -= 2
      counts[bits - 1]! += 1
      counts[shorter + 1]! += 2
      counts[shorter]! -= 1
    }
  }
  let longest = CODE_BITS_MAX
  while (counts[longest] === 0) longest -= 1
  counts[longest]! -= 1
  return counts.slice(1, CODE_BITS_MAX + 1)
}
