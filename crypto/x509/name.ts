/**
 * Distinguished names.
 *
 * Source: RFC 5280 §4.1.2.4 and §7.1. Two names are held equal where their attributes are, with
 * case, runs of spaces and the order put aside: states write one name in two kinds of string, and
 * some from the other end.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { readElements, Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readOid, readText } from '../asn1/values.ts'
import { element, oid, printableString, sequence, utf8String } from '../asn1/write.ts'
import { ATTRIBUTES_MAX } from './limits.ts'
import { COMMON_NAME, COUNTRY, ORGANISATION, SERIAL_NUMBER } from './oids.ts'

export interface NameAttribute {
  readonly type: string
  readonly value: string
}

export interface Name {
  /** As it came. */
  readonly raw: Uint8Array
  /** In the order of the encoding. */
  readonly attributes: readonly NameAttribute[]
}

const SHORT: ReadonlyMap<string, string> = new Map([
  [COMMON_NAME, 'CN'],
  [SERIAL_NUMBER, 'SERIALNUMBER'],
  [COUNTRY, 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  [ORGANISATION, 'O'],
  ['2.5.4.11', 'OU'],
])

/** @throws InvalidAsn1 */
export function readName(name: Element): Name {
  if (name.tag !== Tag.sequence) throw new InvalidAsn1('tag', 'a name that is no sequence')
  const elements = readElements(name.value).flatMap((set) => {
    return ElementReader.into(set, Tag.set, 'relative name').rest()
  })
  if (elements.length > ATTRIBUTES_MAX) {
    throw new InvalidAsn1('count', `a name of ${elements.length} attributes`)
  }
  const attributes = elements.map((attribute) => {
    const fields = ElementReader.into(attribute, Tag.sequence, 'name attribute')
    return { type: readOid(fields.next()), value: readText(fields.next()) }
  })
  return { raw: name.raw, attributes }
}

/** A name that we give ourselves: countries and numbers are printable strings. */
export function nameFrom(attributes: readonly NameAttribute[]): Name {
  const sets = attributes.map(({ type, value }) => {
    const isPlain = type === COUNTRY || type === SERIAL_NUMBER
    const text = isPlain ? printableString(value) : utf8String(value)
    return element(Tag.set, sequence(oid(type), text))
  })
  return { raw: sequence(...sets), attributes }
}

/** ISO 3166-1 alpha-2 as a rule, in capitals; undefined where the name has none. */
export function countryOf(name: Name): string | undefined {
  return name.attributes
    .find(({ type }) => type === COUNTRY)
    ?.value.trim()
    .toUpperCase()
}

export function equalNames(one: Name, other: Name): boolean {
  return foldedName(one) === foldedName(other)
}

/** `CN=…, O=…, C=…`, for people. */
export function nameText(name: Name): string {
  const parts = name.attributes.map(({ type, value }) => `${SHORT.get(type) ?? type}=${value}`)
  return parts.join(', ')
}

function foldedName({ attributes }: Name): string {
  const folded = attributes.map(({ type, value }) => {
    return `${type}=${value.trim().replace(/\s+/g, ' ').toLowerCase()}`
  })
  return JSON.stringify(folded.sort())
}
