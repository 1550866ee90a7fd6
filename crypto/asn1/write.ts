/**
 * Writes ASN.1 in DER, the one encoding that is signed.
 *
 * Source: ITU-T X.690 §8 and §10–11. Takes what our own code made: a value that has no encoding is
 * a fault of the caller's.
 */
import { compareBytes, concatBytes, utf8 } from '../bytes.ts'
import { contextTag, Tag } from './element.ts'

/** Any element, of a tag that is written as it stands. */
export function element(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = concatBytes(...values)
  const { length } = value
  const lengthBytes = length < 0x80 ? [length] : bytesOf(BigInt(length))
  const head = length < 0x80 ? lengthBytes : [0x80 + lengthBytes.length, ...lengthBytes]
  return concatBytes(Uint8Array.from([...bytesOf(BigInt(tag)), ...head]), value)
}

export function sequence(...values: readonly Uint8Array[]): Uint8Array {
  return element(Tag.sequence, ...values)
}

export function setOf(...values: readonly Uint8Array[]): Uint8Array {
  return element(Tag.set, ...inSetOrder(values))
}

/** The order that DER wants of a set of equals. */
export function inSetOrder(values: readonly Uint8Array[]): Uint8Array[] {
  return [...values].sort(compareBytes)
}

/** Tagged from outside. */
export function explicit(number: number, ...values: readonly Uint8Array[]): Uint8Array {
  return element(contextTag(number), ...values)
}

export function integer(value: bigint | number): Uint8Array {
  const number = BigInt(value)
  if (number < 0n) throw new RangeError('only integers from 0 on are written')
  const bytes = bytesOf(number)
  return element(Tag.integer, Uint8Array.from(bytes[0]! < 0x80 ? bytes : [0, ...bytes]))
}

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number)
  const arcs = [40 * first + second, ...others]
  return element(Tag.oid, Uint8Array.from(arcs.flatMap(base128)))
}

export function octetString(value: Uint8Array): Uint8Array {
  return element(Tag.octetString, value)
}

/** Of whole bytes, with so many bits at the end that do not count. */
export function bitString(value: Uint8Array, unused = 0): Uint8Array {
  return element(Tag.bitString, Uint8Array.of(unused), value)
}

export function boolean(value: boolean): Uint8Array {
  return element(Tag.boolean, Uint8Array.of(value ? 0xff : 0))
}

export function nothing(): Uint8Array {
  return element(Tag.null)
}

export function utf8String(text: string): Uint8Array {
  return element(Tag.utf8String, utf8(text))
}

export function printableString(text: string): Uint8Array {
  return element(Tag.printableString, utf8(text))
}

/** Whole seconds; in the form that RFC 5280 wants for the year. */
export function time(ms: number): Uint8Array {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`
  const year = Number(digits.slice(0, 4))
  const isShort = year >= 1950 && year < 2050
  return isShort
    ? element(Tag.utcTime, utf8(digits.slice(2)))
    : element(Tag.generalizedTime, utf8(digits))
}

function base128(arc: number): number[] {
  const bytes = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    bytes.unshift(0x80 + (left % 128))
  }
  return bytes
}

/** Big-endian, as short as it can be; one byte for zero. */
function bytesOf(value: bigint): number[] {
  const bytes = [Number(value & 0xffn)]
  for (let left = value >> 8n; left > 0n; left >>= 8n) bytes.unshift(Number(left & 0xffn))
  return bytes
}
