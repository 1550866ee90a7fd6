/**
 * Arguments as bytes, so that a function of numbers and hashes can be given any of them: numbers of
 * 72 bits with a sign, and byte strings behind one byte of length. Every input is some arguments;
 * what is missing at the end is zero, or empty.
 */
import { concatBytes } from '../../crypto/bytes.ts'

/** One more than a uint64 has: sizes below 0 and above 2^64 are among the cases. */
const NUMBER_BYTES = 9

export class Fields {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): bigint {
    let value = 0n
    for (const byte of this.#take(NUMBER_BYTES)) value = (value << 8n) | BigInt(byte)
    return BigInt.asIntN(8 * NUMBER_BYTES, value)
  }

  byte(): number {
    return this.#take(1)[0] ?? 0
  }

  bytes(): Uint8Array {
    return this.#take(this.byte())
  }

  /** All byte strings up to the end. */
  list(): Uint8Array[] {
    const items: Uint8Array[] = []
    while (this.#at < this.#bytes.length) items.push(this.bytes())
    return items
  }

  rest(): Uint8Array {
    return this.#take(this.#bytes.length)
  }

  #take(length: number): Uint8Array {
    const part = this.#bytes.slice(this.#at, this.#at + length)
    this.#at += part.length
    return part
  }
}

export function numberField(value: bigint | number): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES)
  let rest = BigInt.asUintN(8 * NUMBER_BYTES, BigInt(value))
  for (let at = NUMBER_BYTES - 1; at >= 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 0xffn)
  return bytes
}

/** At most 255 bytes. */
export function bytesField(bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(bytes.length), bytes)
}

export function listField(items: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...items.map(bytesField))
}
