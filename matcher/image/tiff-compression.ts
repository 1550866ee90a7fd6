/**
 * The compressions of baseline TIFF that grey images use, with the number of bytes to come known.
 *
 * Source: TIFF 6.0 §9 (PackBits) and §13 (LZW).
 */
import { InvalidImage } from './invalid-image.ts'

/** A byte n below 128 is followed by n + 1 others, above by one that stands 257 - n times. */
export function unpackedBits(bytes: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size)
  let filled = 0
  let place = 0
  while (filled < size) {
    const head = bytes[place]
    if (head === undefined) throw new InvalidImage('truncated', 'a strip is too short')
    place += 1
    if (head === 128) continue
    const count = Math.min(head < 128 ? head + 1 : 257 - head, size - filled)
    const isRun = head > 128
    const part = bytes.subarray(place, place + (isRun ? 1 : count))
    if (part.length < (isRun ? 1 : count)) {
      throw new InvalidImage('truncated', 'a strip is too short')
    }
    if (isRun) output.fill(part[0]!, filled, filled + count)
    else output.set(part, filled)
    filled += count
    place += isRun ? 1 : head + 1
  }
  return output
}

const CLEAR = 256
const END = 257
const FIRST_CODE = 258
const CODE_BITS_MIN = 9
const CODE_BITS_MAX = 12
const CODES_MAX = 2 ** CODE_BITS_MAX

/** Codes of 9 to 12 bits, high bit first; they grow by a bit one entry early. */
export function unpackedLzw(bytes: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size)
  // An entry is a stretch of the output: what its first code gave, and one byte more.
  const starts = new Uint32Array(CODES_MAX)
  const lengths = new Uint32Array(CODES_MAX)
  let next = FIRST_CODE
  let filled = 0
  let previous: { start: number; length: number } | undefined
  const codes = new CodeReader(bytes)
  while (filled < size) {
    const code = codes.next(next)
    if (code === END) break
    if (code === CLEAR) {
      next = FIRST_CODE
      previous = undefined
      continue
    }
    if (previous && next < CODES_MAX) {
      starts[next] = previous.start
      lengths[next] = previous.length + 1
      next += 1
    }
    if (code >= next || (code >= CLEAR && !previous)) {
      throw new InvalidImage('content', `code ${code} is not in the table`)
    }
    const length = code < CLEAR ? 1 : lengths[code]!
    const end = Math.min(size, filled + length)
    if (code < CLEAR) output[filled] = code
    // Byte by byte: the entry that has just been made ends in what is written here.
    else for (let at = filled; at < end; at += 1) output[at] = output[starts[code]! + at - filled]!
    previous = { start: filled, length }
    filled = end
  }
  if (filled < size) throw new InvalidImage('truncated', 'a strip is too short')
  return output
}

class CodeReader {
  readonly #bytes: Uint8Array
  #bits = 0
  #count = 0
  #place = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** `END` where nothing is left. `known`: codes in the table, which decide the width. */
  next(known: number): number {
    // The writer is one entry ahead of the reader, so that 510 is the last entry read by 9 bits.
    let width = CODE_BITS_MIN
    while (width < CODE_BITS_MAX && known >= 2 ** width - 1) width += 1
    while (this.#count < width) {
      const byte = this.#bytes[this.#place]
      if (byte === undefined) return END
      this.#place += 1
      this.#bits = ((this.#bits << 8) | byte) & 0xffffff
      this.#count += 8
    }
    this.#count -= width
    return (this.#bits >> this.#count) & (2 ** width - 1)
  }
}
