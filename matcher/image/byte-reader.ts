/** Fields of an image file, read front to back; numbers are big-endian unless told otherwise. */
import { InvalidImage } from './invalid-image.ts'

/** Reads bytes of a stranger: every field is checked against what is left before it is touched. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #isLittle: boolean
  #offset: number

  constructor(bytes: Uint8Array, { offset = 0, isLittle = false } = {}) {
    this.#bytes = bytes
    this.#isLittle = isLittle
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  get left(): number {
    return Math.max(0, this.#bytes.length - this.#offset)
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

  int32(field: string): number {
    return this.#uint(4, field) | 0
  }

  /** Of up to six bytes; always exact. */
  uint(count: number, field: string): number {
    return this.#uint(count, field)
  }

  /** A view, not a copy. */
  bytes(count: number, field: string): Uint8Array {
    return this.#take(count, field)
  }

  /** The bytes as Latin-1. */
  text(count: number, field: string): string {
    return String.fromCharCode(...this.#take(count, field))
  }

  /** Goes past bytes that say nothing here. */
  pass(count: number, field: string): void {
    this.#take(count, field)
  }

  /** What is left, as a view, without moving on. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset)
  }

  #uint(count: number, field: string): number {
    const bytes = this.#take(count, field)
    let value = 0
    for (let place = 0; place < count; place += 1) {
      value = value * 256 + (bytes[this.#isLittle ? count - 1 - place : place] ?? 0)
    }
    return value
  }

  #take(count: number, field: string): Uint8Array {
    if (count > this.left) {
      const message = `${field} needs ${count} bytes, ${this.left} are left`
      throw new InvalidImage('truncated', message)
    }
    this.#offset += count
    return this.#bytes.subarray(this.#offset - count, this.#offset)
  }
}

/** A field that its format confines to `least..most`. */
export function ranged(value: number, least: number, most: number, field: string): number {
  if (value >= least && value <= most) return value
  throw new InvalidImage('field-range', `${field} is ${value}, not in ${least}..${most}`)
}
