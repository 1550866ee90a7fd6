/**
 * Elements of ASN.1: tag, length, value, as certificates, signed data and a chip's files have them.
 *
 * Source: ITU-T X.690 §8.1. Reads BER, of which DER is a part: also lengths that are not the
 * shortest, and indefinite ones. Whoever checks a signature does so over `raw`, the bytes as they
 * came, so that a second spelling of a value is never taken for the first. Values are views.
 */
import { InvalidAsn1 } from './invalid-asn1.ts'
import { INDEFINITE_DEPTH_MAX, LENGTH_BYTES_MAX, SIBLINGS_MAX, TAG_BYTES_MAX } from './limits.ts'

/** Tags as they are written, all their bytes as one number. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  octetStringInParts: 0x24,
  sequence: 0x30,
  set: 0x31,
} as const

/** The tag of a context-specific element: constructed, as explicit ones are, or primitive. */
export function contextTag(number: number, { isPrimitive = false } = {}): number {
  return (isPrimitive ? 0x80 : 0xa0) + number
}

export interface Element {
  readonly tag: number
  /** Tag, length and value, and the end where the length is indefinite. */
  readonly raw: Uint8Array
  readonly value: Uint8Array
}

/**
 * The one element that `bytes` are.
 *
 * @throws InvalidAsn1 `trailing` too
 */
export function readElement(bytes: Uint8Array): Element {
  const element = elementAt(bytes, 0, 0)
  if (element.raw.length === bytes.length) return element
  const more = bytes.length - element.raw.length
  throw new InvalidAsn1('trailing', `${more} bytes behind element ${nameOf(element.tag)}`)
}

/**
 * The elements that stand in another one, or side by side in bytes.
 *
 * @throws InvalidAsn1
 */
export function readElements(bytes: Uint8Array): Element[] {
  const elements: Element[] = []
  for (let offset = 0; offset < bytes.length;) {
    if (elements.length === SIBLINGS_MAX) {
      throw new InvalidAsn1('count', `more than ${SIBLINGS_MAX} elements side by side`)
    }
    const element = elementAt(bytes, offset, 0)
    elements.push(element)
    offset += element.raw.length
  }
  return elements
}

export function nameOf(tag: number): string {
  return tag.toString(16).padStart(2, '0')
}

function elementAt(bytes: Uint8Array, start: number, depth: number): Element {
  const { tag, isConstructed, offset: afterTag } = tagAt(bytes, start)
  const head = byteAt(bytes, afterTag)
  if (head === 0x80) {
    return indefinite(bytes, { start, content: afterTag + 1, tag, isConstructed }, depth)
  }
  const lengthBytes = head > 0x80 ? head - 0x80 : 0
  if (lengthBytes > LENGTH_BYTES_MAX) {
    throw new InvalidAsn1('length', `a length of ${lengthBytes} bytes`)
  }
  let length = lengthBytes === 0 ? head : 0
  for (let place = 1; place <= lengthBytes; place += 1) {
    length = length * 256 + byteAt(bytes, afterTag + place)
  }
  const content = afterTag + 1 + lengthBytes
  if (length > bytes.length - content) {
    const left = bytes.length - content
    throw new InvalidAsn1(
      'truncated',
      `element ${nameOf(tag)} of ${length} bytes, ${left} are left`,
    )
  }
  const end = content + length
  return { tag, raw: bytes.subarray(start, end), value: bytes.subarray(content, end) }
}

interface Opened {
  readonly start: number
  readonly content: number
  readonly tag: number
  readonly isConstructed: boolean
}

/** Goes to two zero bytes that stand where an element would. */
function indefinite(bytes: Uint8Array, opened: Opened, depth: number): Element {
  const { start, content, tag, isConstructed } = opened
  if (!isConstructed) throw new InvalidAsn1('length', `element ${nameOf(tag)} of no length`)
  if (depth === INDEFINITE_DEPTH_MAX) {
    throw new InvalidAsn1('depth', `more than ${INDEFINITE_DEPTH_MAX} indefinite lengths`)
  }
  let offset = content
  for (let count = 0; byteAt(bytes, offset) !== 0; count += 1) {
    if (count === SIBLINGS_MAX) {
      throw new InvalidAsn1('count', `more than ${SIBLINGS_MAX} elements side by side`)
    }
    offset += elementAt(bytes, offset, depth + 1).raw.length
  }
  if (byteAt(bytes, offset + 1) !== 0) throw new InvalidAsn1('tag', 'a tag of zero')
  const raw = bytes.subarray(start, offset + 2)
  return { tag, raw, value: bytes.subarray(content, offset) }
}

function tagAt(
  bytes: Uint8Array,
  start: number,
): { tag: number; isConstructed: boolean; offset: number } {
  const first = byteAt(bytes, start)
  const isConstructed = (first & 0x20) !== 0
  if (first === 0) throw new InvalidAsn1('tag', 'a tag of zero')
  if ((first & 0x1f) !== 0x1f) return { tag: first, isConstructed, offset: start + 1 }
  let tag = first
  for (let offset = start + 1; offset < start + TAG_BYTES_MAX; offset += 1) {
    const next = byteAt(bytes, offset)
    tag = tag * 256 + next
    if (next < 0x80) return { tag, isConstructed, offset: offset + 1 }
  }
  throw new InvalidAsn1('tag', `a tag of more than ${TAG_BYTES_MAX} bytes`)
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new InvalidAsn1('truncated', `nothing at ${offset}`)
  return byte
}
