/**
 * The part of MessagePack that we speak, checked before anything is decoded: nil, whole numbers up
 * to 32 bits, float64 (for whole numbers beyond), strings, byte strings and arrays.
 *
 * The decoder behind it knows much more: maps, dates, regular expressions, errors, references to
 * earlier values, classes made on the fly. A frame of 1 MiB of those can cost over a second and a
 * hundredfold of its size in memory, all before a shape is held against the result. Here such bytes
 * are refused in one pass that allocates nothing.
 *
 * Source: the MessagePack specification, "Formats".
 */
import { isUtf8 } from 'node:buffer'

/** Arrays within arrays: an answer's deepest list is the fifth, the rest is room to grow. */
const DEPTH_MAX = 12

/**
 * Values in one message. An answer that names 1,024 shards with eight replicas each, and has 64
 * candidates with ten fingers each, holds some 15,000.
 */
const VALUES_MAX = 32_768

/** Bytes that are not plain MessagePack. The message says where, and nothing of their content. */
export class NotPlain extends Error {
  override readonly name = 'NotPlain'
}

/**
 * Checks that `packed` is exactly one plain value. Guarantees to the decoder that every declared
 * length is there, that strings are UTF-8, and that nothing but the formats above occurs.
 *
 * @throws NotPlain
 */
export function checkPlain(packed: Uint8Array): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const end = new Walk(packed, view).endOf(0, 0)
  if (end !== packed.length) throw new NotPlain(`${packed.length - end} bytes behind the value`)
}

class Walk {
  readonly #packed: Uint8Array
  readonly #view: DataView
  #values = 0

  constructor(packed: Uint8Array, view: DataView) {
    this.#packed = packed
    this.#view = view
  }

  /** The offset behind the value at `at`. */
  endOf(at: number, depth: number): number {
    this.#values += 1
    if (this.#values > VALUES_MAX) throw new NotPlain(`more than ${VALUES_MAX} values`)
    const token = this.#length(at, 1)
    const next = at + 1
    if (token < 0x80 || token === 0xc0) return next
    if (token >= 0x90 && token < 0xa0) return this.#array(next, token - 0x90, depth)
    if (token >= 0xa0 && token < 0xc0) return this.#string(next, token - 0xa0)
    switch (token) {
      case 0xc4:
      case 0xc5:
      case 0xc6: {
        const width = 1 << (token - 0xc4)
        return this.#within(next + width, this.#length(next, width))
      }
      case 0xcb:
        return this.#within(next, 8)
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#within(next, 1 << (token - 0xcc))
      case 0xd9:
      case 0xda:
      case 0xdb: {
        const width = 1 << (token - 0xd9)
        return this.#string(next + width, this.#length(next, width))
      }
      case 0xdc:
      case 0xdd: {
        const width = 2 << (token - 0xdc)
        return this.#array(next + width, this.#length(next, width), depth)
      }
      default:
        throw new NotPlain(`format 0x${token.toString(16)} at ${at}`)
    }
  }

  #array(at: number, length: number, depth: number): number {
    if (depth === DEPTH_MAX) throw new NotPlain(`arrays nested more than ${DEPTH_MAX} deep`)
    // Said before the first element is walked, so that the decoder never makes room for a lie.
    this.#within(at, length)
    let next = at
    for (let place = 0; place < length; place += 1) next = this.endOf(next, depth + 1)
    return next
  }

  #string(at: number, length: number): number {
    const end = this.#within(at, length)
    const found = this.#packed.subarray(at, end)
    if (!isUtf8(found)) throw new NotPlain(`a string at ${at} that is not UTF-8`)
    // Whether a leading byte order mark survives decoding depends on the machine.
    if (found[0] === 0xef && found[1] === 0xbb && found[2] === 0xbf) {
      throw new NotPlain(`a string at ${at} that starts with a byte order mark`)
    }
    return end
  }

  #length(at: number, width: number): number {
    this.#within(at, width)
    if (width === 1) return this.#view.getUint8(at)
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  /** The offset behind `length` bytes at `at`, which must be there. */
  #within(at: number, length: number): number {
    if (length > this.#packed.length - at) throw new NotPlain(`${length} bytes missing at ${at}`)
    return at + length
  }
}
