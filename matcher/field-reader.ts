/** Fields of a file, read front to back; numbers are big-endian unless told otherwise. */

/** Reads bytes of a stranger: every field is checked against what is left before it is touched. */
export abstract class FieldReader {
  readonly #bytes: Uint8Array
  readonly #isLittle: boolean
  #offset: number

  constructor(bytes: Uint8Array, { offset = 0, isLittle = false } = {}) {
    this.#bytes = bytes
    this.#isLittle = isLittle
    this.#offset = offset
  }

  /** What a file of this kind is refused with where it ends too early. */
  protected abstract truncated(message: string): Error

  get offset(): number {
    return this.#offset
  }

  get left(): number {
    return Math.max(0, this.#bytes.length - this.#offset)
  }

  uint8(field: string): number {
    return this.uint(1, field)
  }

  uint16(field: string): number {
    return this.uint(2, field)
  }

  uint32(field: string): number {
    return this.uint(4, field)
  }

  int32(field: string): number {
    return this.uint(4, field) | 0
  }

  /** Of up to six bytes; always exact. */
  uint(count: number, field: string): number {
    const bytes = this.bytes(count, field)
    let value = 0
    for (let place = 0; place < count; place += 1) {
      value = value * 256 + (bytes[this.#isLittle ? count - 1 - place : place] ?? 0)
    }
    return value
  }

  /** A view, not a copy. */
  bytes(count: number, field: string): Uint8Array {
    if (count > this.left) {
      throw this.truncated(`${field} needs ${count} bytes, ${this.left} are left`)
    }
    this.#offset += count
    return this.#bytes.subarray(this.#offset - count, this.#offset)
  }

  /** The bytes as Latin-1. */
  text(count: number, field: string): string {
    return String.fromCharCode(...this.bytes(count, field))
  }

  /** Goes past bytes that say nothing here. */
  pass(count: number, field: string): void {
    this.bytes(count, field)
  }

  /** What is left, as a view, without moving on. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset)
  }
}
