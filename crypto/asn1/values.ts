/**
 * Values of ASN.1's types.
 *
 * Source: ITU-T X.690 §8 and §11; RFC 5280 §4.1.2.5 for the two forms of time.
 */
import { concatBytes } from '../bytes.ts'
import { nameOf, readElements, Tag, type Element } from './element.ts'
import { InvalidAsn1 } from './invalid-asn1.ts'
import { INTEGER_BYTES_MAX, OID_BYTES_MAX } from './limits.ts'

/** Two-digit years from here on are of the 20th century (RFC 5280). */
const PIVOT_YEAR = 50

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/

/** @throws InvalidAsn1 `value` for one that is empty or very long; negative ones are taken */
export function readInteger(element: Element): bigint {
  const { value } = expect(element, Tag.integer)
  const [first] = value
  if (first === undefined || value.length > INTEGER_BYTES_MAX) {
    throw new InvalidAsn1('value', `an integer of ${value.length} bytes`)
  }
  const magnitude = BigInt(`0x${Buffer.from(value).toString('hex')}`)
  return first < 0x80 ? magnitude : magnitude - (1n << BigInt(8 * value.length))
}

/** An integer of 0 to 2^31 - 1, as versions and numbers of data groups are. */
export function readSmallInteger(element: Element): number {
  const value = readInteger(element)
  if (value >= 0n && value < 2n ** 31n) return Number(value)
  throw new InvalidAsn1('value', 'an integer that is out of its range')
}

/** Dotted, as `2.5.4.6`. */
export function readOid(element: Element): string {
  const { value } = expect(element, Tag.oid)
  const last = value.at(-1)
  if (last === undefined || last >= 0x80 || value.length > OID_BYTES_MAX) {
    throw new InvalidAsn1('value', `an object identifier of ${value.length} bytes`)
  }
  const arcs: bigint[] = []
  let arc = 0n
  for (const byte of value) {
    arc = (arc << 7n) | BigInt(byte & 0x7f)
    if (byte >= 0x80) continue
    arcs.push(arc)
    arc = 0n
  }
  const [joined = 0n, ...others] = arcs
  const first = joined < 80n ? joined / 40n : 2n
  return [first, joined - 40n * first, ...others].join('.')
}

/** Of whole bytes, as keys and signatures are. */
export function readBitString(element: Element): Uint8Array {
  const { value } = expect(element, Tag.bitString)
  if (value[0] === 0) return value.subarray(1)
  throw new InvalidAsn1('value', 'a bit string that is not of whole bytes')
}

/** Which bits are set, the first one being 0. */
export function readFlags(element: Element): ReadonlySet<number> {
  const { value } = expect(element, Tag.bitString)
  const [unused, ...bytes] = value
  if (unused === undefined || unused > 7 || bytes.length > 8) {
    throw new InvalidAsn1('value', `flags of ${value.length} bytes`)
  }
  const flags = new Set<number>()
  for (let bit = 0; bit < 8 * bytes.length - unused; bit += 1) {
    if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) flags.add(bit)
  }
  return flags
}

/** Also of one that comes in parts, as BER allows. */
export function readOctetString(element: Element): Uint8Array {
  if (element.tag !== Tag.octetStringInParts) return expect(element, Tag.octetString).value
  return concatBytes(
    ...readElements(element.value).map((part) => expect(part, Tag.octetString).value),
  )
}

export function readBoolean(element: Element): boolean {
  const { value } = expect(element, Tag.boolean)
  if (value.length === 1) return value[0] !== 0
  throw new InvalidAsn1('value', `a boolean of ${value.length} bytes`)
}

/** Milliseconds since 1970-01-01T00:00Z. */
export function readTime(element: Element): number {
  const isShort = element.tag === Tag.utcTime
  const { value } = isShort ? element : expect(element, Tag.generalizedTime)
  const text = Buffer.from(value.subarray(0, 32)).toString('latin1')
  const match = (isShort ? UTC_TIME : GENERALIZED_TIME).exec(text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1)
    .map((digits) => Number(digits ?? 0))
  const century = !isShort ? 0 : year < PIVOT_YEAR ? 2_000 : 1_900
  const date = new Date(0)
  date.setUTCFullYear(century + year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (match && isReal && hour < 24 && minute < 60 && second <= 60) return date.getTime()
  throw new InvalidAsn1('value', 'not a time of the calendar, in UTC')
}

/** A string of any of the types that names have. */
export function readText({ tag, value }: Element): string {
  const bytes = Buffer.from(value)
  switch (tag) {
    case Tag.utf8String:
      return bytes.toString('utf8')
    case Tag.printableString:
    case Tag.teletexString:
    case Tag.ia5String:
      return bytes.toString('latin1')
    case Tag.bmpString:
      if (bytes.length % 2 === 0) return bytes.swap16().toString('utf16le')
      throw new InvalidAsn1('value', `a string of two-byte characters in ${bytes.length} bytes`)
    default:
      throw new InvalidAsn1('tag', `${nameOf(tag)} where a string should be`)
  }
}

function expect(element: Element, tag: number): Element {
  if (element.tag === tag) return element
  throw new InvalidAsn1('tag', `${nameOf(element.tag)} where ${nameOf(tag)} should be`)
}
