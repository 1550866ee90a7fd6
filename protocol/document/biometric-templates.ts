/**
 * Data groups 2, 3 and 4: biometric templates, each with a header that says what it is.
 *
 * Source: ICAO Doc 9303 part 10 §4.7.2 and §5; ISO/IEC 7816-11; ISO/IEC 19785-3 (CBEFF). Located
 * here and not looked into: what a template holds is for whoever knows its format.
 */
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { Tag as Asn1, readElement, readElements, type Element } from '../../crypto/asn1/element.ts'
import { readSmallInteger } from '../../crypto/asn1/values.ts'
import { element, integer } from '../../crypto/asn1/write.ts'
import { contentOf, fileName, tagOf } from './chip-file.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'
import { HEADER_FIELDS_MAX, TEMPLATES_MAX } from './limits.ts'

const Tag = {
  group: 0x7f61,
  template: 0x7f60,
  header: 0xa1,
  version: 0x80,
  type: 0x81,
  subtype: 0x82,
  owner: 0x87,
  formatType: 0x88,
  random: 0x53,
  plainData: 0x5f2e,
  constructedData: 0x7f2e,
} as const

export type BiometricGroup = 2 | 3 | 4

export interface BiometricTemplate {
  /** CBEFF biometric type; undefined where the header does not say it. */
  readonly type: number | undefined
  /** CBEFF subtype: which finger or eye. */
  readonly subtype: number | undefined
  readonly owner: number | undefined
  readonly formatType: number | undefined
  readonly data: Uint8Array
}

export const FINGERPRINT = 0x08

/** JTC1/SC37 and its number for ISO/IEC 19794-4. */
export const ISO_OWNER = 0x0101
export const FINGER_IMAGE_FORMAT = 0x0007

/** Of CBEFF's patron header. */
const HEADER_VERSION = 0x0101

/** @throws InvalidDocument */
export function readBiometricTemplates(
  bytes: Uint8Array,
  group: BiometricGroup,
): BiometricTemplate[] {
  const name = fileName(group)
  const content = contentOf(group, bytes)
  return withFaults(name, () => {
    const fields = ElementReader.into(readElement(content), Tag.group, name)
    const count = readSmallInteger(fields.next(Asn1.integer))
    // Random, so that all chips without fingers do not have the same hash.
    const templates = fields.rest().filter(({ tag }) => tag !== Tag.random)
    if (count !== templates.length || count > TEMPLATES_MAX) {
      throw new InvalidDocument('malformed', `${name}: ${count} templates are said, not there`)
    }
    return templates.map((template) => readTemplate(template, name))
  })
}

/** A data group with these templates. */
export function writeBiometricTemplates(
  templates: readonly BiometricTemplate[],
  group: BiometricGroup,
): Uint8Array {
  const written = templates.map(({ type, subtype, owner, formatType, data }) => {
    const header = element(
      Tag.header,
      field(Tag.version, HEADER_VERSION, 2),
      field(Tag.type, type, 1),
      field(Tag.subtype, subtype, 1),
      field(Tag.owner, owner, 2),
      field(Tag.formatType, formatType, 2),
    )
    return element(Tag.template, header, element(Tag.plainData, data))
  })
  return element(tagOf(group), element(Tag.group, integer(templates.length), ...written))
}

function readTemplate(template: Element, name: string): BiometricTemplate {
  const fields = ElementReader.into(template, Tag.template, name)
  const header = readElements(fields.next(Tag.header).value)
  if (header.length > HEADER_FIELDS_MAX) {
    throw new InvalidDocument('malformed', `${name}: a header of ${header.length} fields`)
  }
  const data = fields.optional(Tag.plainData, Tag.constructedData)
  fields.end()
  if (!data) throw new InvalidDocument('malformed', `${name}: a template without data`)
  const numberAt = (tag: number) => {
    const found = header.find((one) => one.tag === tag)
    if (!found) return undefined
    if (found.value.length > 0 && found.value.length <= 3) {
      return found.value.reduce((value, byte) => value * 256 + byte, 0)
    }
    throw new InvalidDocument('malformed', `${name}: a header field of ${found.value.length} bytes`)
  }
  return {
    type: numberAt(Tag.type),
    subtype: numberAt(Tag.subtype),
    owner: numberAt(Tag.owner),
    formatType: numberAt(Tag.formatType),
    data: data.value,
  }
}

function field(tag: number, value: number | undefined, length: number): Uint8Array {
  if (value === undefined) return new Uint8Array()
  return element(
    tag,
    Uint8Array.from({ length }, (_, place) => (value >> (8 * (length - 1 - place))) & 0xff),
  )
}
