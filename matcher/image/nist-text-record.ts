/**
 * One ANSI/NIST-ITL record of tagged fields, as `14.006:500`, with the separators between them.
 *
 * Source: ANSI/NIST-ITL 1-2011 annex B. The first field states the record's length in bytes; field
 * 999 goes to the end of it, whatever bytes it has.
 */
import { InvalidImage } from './invalid-image.ts'

const FILE_SEPARATOR = 0x1c
const GROUP_SEPARATOR = 0x1d
const RECORD_SEPARATOR = '\x1e'
const UNIT_SEPARATOR = '\x1f'

/** The field of binary data. */
const DATA_FIELD = 999

/** Fields in one record; type 14 has 30. */
const FIELDS_MAX = 512

/** Digits of a record's length. */
const LENGTH_DIGITS_MAX = 9

/** Longest field that is taken as text, bytes. */
const TEXT_BYTES_MAX = 4_096

/** `14.006:`, with or without leading zeros. */
const TAG = /^(\d{1,2})\.0{0,2}(\d{1,3}):/
const TAG_BYTES_MAX = 8

/** Fields of text are decoded when they are asked for. */
export class TextRecord {
  readonly #fields = new Map<number, Uint8Array>()

  /** @throws InvalidImage */
  constructor(bytes: Uint8Array, type: number) {
    let offset = 0
    while (offset < bytes.length) {
      const { field, start } = tagAt(bytes, offset, type)
      const end = field === DATA_FIELD ? bytes.length - 1 : endOfField(bytes, start)
      if (this.#fields.size === FIELDS_MAX) throw new InvalidImage('content', 'too many fields')
      this.#fields.set(field, bytes.subarray(start, end))
      offset = end + 1
      if (bytes[end] === FILE_SEPARATOR && offset === bytes.length) return
    }
    throw new InvalidImage('content', 'a record that does not end with a separator')
  }

  /** What the first field of a record says that it is long. */
  static lengthOf(bytes: Uint8Array, type: number): number {
    const { field, start } = tagAt(bytes, 0, type)
    const end = Math.min(endOfField(bytes, start), start + LENGTH_DIGITS_MAX + 1)
    const text = latin1(bytes.subarray(start, end))
    if (field === 1 && /^\d{1,9}$/.test(text)) return Number(text)
    throw new InvalidImage('length', 'a record that does not begin with its length')
  }

  /** @throws InvalidImage `content` where there is no such field */
  bytes(field: number): Uint8Array {
    const bytes = this.#fields.get(field)
    if (!bytes) throw new InvalidImage('content', `no field ${field}`)
    return bytes
  }

  text(field: number): string {
    const bytes = this.bytes(field)
    if (bytes.length <= TEXT_BYTES_MAX) return latin1(bytes)
    throw new InvalidImage('field-range', `field ${field} of ${bytes.length} bytes`)
  }

  /** The first item of the field, as a number. */
  number(field: number): number {
    const [[item = ''] = []] = this.items(field)
    if (/^\d{1,9}(?:\.\d{1,9})?$/.test(item)) return Number(item)
    throw new InvalidImage('field-range', `field ${field} is ${JSON.stringify(item.slice(0, 20))}`)
  }

  items(field: number): string[][] {
    return this.text(field)
      .split(RECORD_SEPARATOR)
      .map((subfield) => subfield.split(UNIT_SEPARATOR))
  }
}

function tagAt(bytes: Uint8Array, offset: number, type: number) {
  const head = latin1(bytes.subarray(offset, offset + TAG_BYTES_MAX))
  const [tag, record, field] = TAG.exec(head) ?? []
  if (tag === undefined || Number(record) !== type) {
    throw new InvalidImage('content', `no field of a record of type ${type}`)
  }
  return { field: Number(field), start: offset + tag.length }
}

function endOfField(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] === GROUP_SEPARATOR || bytes[at] === FILE_SEPARATOR) return at
  }
  throw new InvalidImage('truncated', 'a field without an end')
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
