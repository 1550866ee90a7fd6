/**
 * Reads the fingers of a passport: data group 3, biometric templates that hold finger image
 * records.
 *
 * Sources: ICAO Doc 9303 part 10, ISO/IEC 7816-11. Whether an issuer signed it is for the
 * reader of the passport to check.
 */
import { ByteReader, ranged } from './byte-reader.ts'
import { FINGER_IMAGES_MAX, PayloadReader, type FingerImage } from './finger-image.ts'
import { InvalidImage } from './invalid-image.ts'
import { readFingerImageRecord } from './iso-19794-4.ts'

const Tag = {
  dataGroup3: 0x63,
  group: 0x7f61,
  template: 0x7f60,
  count: 0x02,
  header: 0xa1,
  formatType: 0x88,
  plainData: 0x5f2e,
  constructedData: 0x7f2e,
} as const

export const DATA_GROUP_3_MAGIC = [Tag.dataGroup3] as const

/** CBEFF's number for ISO/IEC 19794-4. */
const FINGER_IMAGE_FORMAT = 7

interface Element {
  tag: number
  value: Uint8Array
}

/**
 * Trusts nothing. Templates of other formats are passed over.
 *
 * @throws InvalidImage
 */
export function readDataGroup3(bytes: Uint8Array): FingerImage[] {
  const outer = new ByteReader(bytes)
  const group = readElement(outer)
  if (group.tag !== Tag.dataGroup3) throw new InvalidImage('magic', 'not a data group 3')
  const elements = elementsOf(only(group.value, Tag.group))
  const [count, ...templates] = elements
  if (count?.tag !== Tag.count || count.value.length !== 1) {
    throw new InvalidImage('content', 'no number of templates')
  }
  ranged(count.value[0]!, templates.length, templates.length, 'number of templates')
  const payloads = new PayloadReader()
  return templates.flatMap((template) => {
    if (template.tag !== Tag.template) throw new InvalidImage('content', 'no template')
    return imagesOf(template, payloads)
  })
}

function imagesOf(template: Element, payloads: PayloadReader): FingerImage[] {
  const parts = elementsOf(template.value)
  const header = parts.find(({ tag }) => tag === Tag.header)
  const fields = header ? elementsOf(header.value) : []
  const format = fields.find(({ tag }) => tag === Tag.formatType)?.value.at(-1)
  const data = parts.find(({ tag }) => tag === Tag.plainData || tag === Tag.constructedData)
  if (format !== FINGER_IMAGE_FORMAT || !data) return []
  return readFingerImageRecord(data.value, payloads)
}

function only(bytes: Uint8Array, tag: number): Uint8Array {
  const found = elementsOf(bytes).find((element) => element.tag === tag)
  if (!found) throw new InvalidImage('content', `no element ${tag.toString(16)}`)
  return found.value
}

function elementsOf(bytes: Uint8Array): Element[] {
  const reader = new ByteReader(bytes)
  const elements: Element[] = []
  while (reader.left > 0) {
    if (elements.length > FINGER_IMAGES_MAX) throw new InvalidImage('content', 'too many elements')
    elements.push(readElement(reader))
  }
  return elements
}

/** Tags of one or two bytes, lengths of up to four; BER, of definite length. */
function readElement(reader: ByteReader): Element {
  const first = reader.uint8('tag')
  const tag = (first & 0x1f) === 0x1f ? first * 256 + reader.uint8('tag') : first
  const head = reader.uint8('length')
  const isLong = head > 0x80
  if (head === 0x80 || head > 0x84) throw new InvalidImage('unsupported', `a length of ${head}`)
  const length = isLong ? reader.uint(head - 0x80, 'length') : head
  return { tag, value: reader.bytes(length, `element ${tag.toString(16)}`) }
}
