/**
 * Reads a minutiae template of any edition we know, telling them apart by their own header.
 *
 * "FMR\0" is the magic of all. ` 20\0` is ISO 2005 or ANSI 2004, which differ in the width of the
 * length; `030\0` is ISO 2011 or ANSI 2009, which share every byte up to the length. Where a
 * version fits several editions each is tried: a record fits one only if it is described to its
 * last byte.
 */
import { readAnsi378v2004, readAnsi378v2007, readAnsi378v2009 } from './ansi-378.ts'
import { ByteReader } from './byte-reader.ts'
import { readIso19794v2005 } from './iso-19794-2.ts'
import { readIso19794v2011 } from './iso-19794-2-2011.ts'
import { InvalidTemplate, type Template } from './template.ts'

/** Ten fingers of 255 minutiae are 15,624 bytes; the rest is room for ridge counts. */
export const TEMPLATE_BYTES_MAX = 65_536

const LENGTH_OFFSET = 8
const MAGIC = 0x464d5200

/** Writers have taken another edition's header for their own and declared this much too little. */
const LENGTH_SHORTFALL_BYTES_MAX = 2

interface Edition {
  /** ANSI 2004 has two bytes of length, or two zero bytes and then four. */
  length: 'uint32' | 'uint16-or-uint32'
  /** Whether a published sample of the edition declares less than it has. */
  shortfall: boolean
  read: (reader: ByteReader) => Template
}

const ISO_2005: Edition = { length: 'uint32', shortfall: false, read: readIso19794v2005 }
const ISO_2011: Edition = { length: 'uint32', shortfall: false, read: readIso19794v2011 }
const ANSI_2004: Edition = { length: 'uint16-or-uint32', shortfall: true, read: readAnsi378v2004 }
const ANSI_2007: Edition = { length: 'uint32', shortfall: true, read: readAnsi378v2007 }
const ANSI_2009: Edition = {
  length: 'uint32',
  shortfall: true,
  read: (reader) => readAnsi378v2009(reader, 'ansi-378:2009'),
}
const ANSI_2009_AM1: Edition = {
  length: 'uint32',
  shortfall: true,
  read: (reader) => readAnsi378v2009(reader, 'ansi-378:2009/am1'),
}

const EDITIONS: ReadonlyMap<string, readonly Edition[]> = new Map([
  [' 20\0', [ISO_2005, ANSI_2004]],
  ['020\0', [ANSI_2004]],
  ['030\0', [ISO_2011, ANSI_2009, ANSI_2007]],
  ['035\0', [ANSI_2009_AM1]],
])

/**
 * Trusts nothing. Zero bytes behind the declared length are taken as the padding of a fixed buffer.
 *
 * @throws InvalidTemplate; where several editions were tried, of the one that could be read
 * furthest
 */
export function readTemplate(bytes: Uint8Array): Template {
  if (bytes.length > TEMPLATE_BYTES_MAX) {
    const message = `a template has at most ${TEMPLATE_BYTES_MAX} bytes, this one ${bytes.length}`
    throw new InvalidTemplate('too-long', message)
  }
  const head = new ByteReader(bytes)
  if (head.uint32('magic') !== MAGIC) throw new InvalidTemplate('magic', 'not an FMR record')
  const version = String.fromCharCode(...head.bytes(4, 'version'))
  const editions = EDITIONS.get(version)
  if (!editions) {
    throw new InvalidTemplate('version', `version ${JSON.stringify(version)} is not known`, 4)
  }
  return firstThatFits(bytes, editions)
}

function firstThatFits(bytes: Uint8Array, editions: readonly Edition[]): Template {
  let furthest: InvalidTemplate | undefined
  for (const edition of editions) {
    try {
      return readAs(bytes, edition)
    } catch (error) {
      if (!(error instanceof InvalidTemplate)) throw error
      if (!furthest || error.offset > furthest.offset) furthest = error
    }
  }
  throw furthest ?? new InvalidTemplate('version', 'no edition to read it as', 4)
}

function readAs(bytes: Uint8Array, edition: Edition): Template {
  const head = new ByteReader(bytes)
  head.bytes(8, 'magic and version')
  const declared = readLength(head, edition)
  if (declared > bytes.length) {
    const message = `${declared} bytes are declared, ${bytes.length} are there`
    throw new InvalidTemplate('truncated', message, LENGTH_OFFSET)
  }
  const isPadded = bytes.subarray(declared).every((byte) => byte === 0)
  const record = isPadded ? bytes.subarray(0, declared) : bytes
  const reader = new ByteReader(record)
  reader.bytes(head.offset, 'header')
  const template = edition.read(reader)
  const end = reader.offset
  if (end < declared) {
    throw new InvalidTemplate('length', `a record of ${end} bytes declares ${declared}`, end)
  }
  const shortfall = edition.shortfall ? LENGTH_SHORTFALL_BYTES_MAX : 0
  if (end < record.length || end - declared > shortfall) {
    const message = `${bytes.length} bytes, of which ${declared} are declared and ${end} described`
    throw new InvalidTemplate('trailing', message, end)
  }
  return template
}

function readLength(reader: ByteReader, edition: Edition): number {
  if (edition.length === 'uint32') return reader.uint32('record length')
  const short = reader.uint16('record length')
  return short === 0 ? reader.uint32('record length') : short
}
