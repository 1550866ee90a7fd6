/** Bits of a WSQ block, up to the next marker. */
import { InvalidImage } from '../invalid-image.ts'

/** Restart markers 0 to 7: what fills the byte before one is no code. */
const RESTART_FIRST = 0xb0
const RESTART_LAST = 0xb7

/**
 * A 0 that follows a 0xff was stuffed in by the writer and is dropped; anything else that follows
 * one is a marker. Trusts nothing.
 */
export class BitReader {
  readonly #bytes: Uint8Array
  #offset: number
  #byte = 0
  #left = 0
  #restarts = 0

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes
    this.#offset = offset
  }

  /** Of the next byte, which is a marker's 0xff where `bit` has said undefined. */
  get offset(): number {
    return this.#offset
  }

  /** How many restart markers have been passed. */
  get restarts(): number {
    return this.#restarts
  }

  /**
   * The next bit, undefined where a marker other than a restart is next.
   *
   * @throws InvalidImage `truncated` at the end of the bytes
   */
  bit(): number | undefined {
    if (this.#left === 0 && !this.#load()) return undefined
    this.#left -= 1
    return (this.#byte >> this.#left) & 1
  }

  /** @throws InvalidImage `content` where a marker is in the middle of them */
  bits(count: number): number {
    const { restarts } = this
    let value = 0
    for (let taken = 0; taken < count; taken += 1) {
      const bit = this.bit()
      if (bit === undefined || this.#restarts !== restarts) {
        throw new InvalidImage('content', 'a marker in the middle of a value')
      }
      value = value * 2 + bit
    }
    return value
  }

  #load(): boolean {
    for (;;) {
      const byte = this.#at(this.#offset)
      const next = byte === 0xff ? this.#at(this.#offset + 1) : 0
      const isRestart = next >= RESTART_FIRST && next <= RESTART_LAST
      if (next !== 0 && !isRestart) return false
      this.#offset += byte === 0xff ? 2 : 1
      if (isRestart) {
        this.#restarts += 1
        continue
      }
      this.#byte = byte
      this.#left = 8
      return true
    }
  }

  #at(offset: number): number {
    const byte = this.#bytes[offset]
    if (byte === undefined) throw new InvalidImage('truncated', 'it ends inside a block')
    return byte
  }
}
