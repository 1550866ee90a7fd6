/**
 * Big-endian fields of a template, read front to back; ISO/IEC 19794-2 and ANSI 378 know no other.
 */
import { InvalidTemplate } from './template.ts'

/** Reads bytes of a stranger: every field is checked against what is left before it is touched. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get offset(): number {
    return this.#offset
  }

  get left(): number {
    return this.#bytes.length - this.#offset
  }

  uint8(field: string): number {
    return this.#uint(1, field)
  }

  uint16(field: string): number {
    return this.#uint(2, field)
  }

  uint32(field: string): number {
    return this.#uint(4, field)
  }

  /** A copy, so that what is read does not change with the caller's buffer. */
  bytes(count: number, field: string): Uint8Array {
    return this.#take(count, field).slice()
  }

  /** A field that the standard confines to `least..most`. */
  ranged(value: number, least: number, most: number, field: string): number {
    if (value >= least && value <= most) return value
    const range = `${least}..${most}`
    throw new InvalidTemplate('field-range', `${field} is ${value}, not in ${range}`, this.#offset)
  }

  #uint(count: number, field: string): number {
    return this.#take(count, field).reduce((value, byte) => value * 256 + byte, 0)
  }

  #take(count: number, field: string): Uint8Array {
    if (count > this.left) {
      const message = `${field} needs ${count} bytes, ${this.left} are left`
      throw new InvalidTemplate('truncated', message, this.#offset)
    }
    this.#offset += count
    return this.#bytes.subarray(this.#offset - count, this.#offset)
  }
}
