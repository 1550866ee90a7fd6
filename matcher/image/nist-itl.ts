/**
 * Reads the fingerprint images of ANSI/NIST-ITL transactions in their traditional encoding: records
 * of type 4 and 14. Records of other types are passed over.
 *
 * Source: ANSI/NIST-ITL 1-2011 (update 2015), annex B and §8.4, §8.14. Type 1 lists what follows;
 * records of types 3 to 8 are binary, others are fields of text, the last of which may be binary.
 */
import { ByteReader, ranged } from './byte-reader.ts'
import { PayloadReader, POSITION_MAX, type Coding, type FingerImage } from './finger-image.ts'
import { dpiOfCentimetres, squareDpi } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { TextRecord } from './nist-text-record.ts'

/** "1.": every transaction begins with the first field of its record of type 1. */
export const NIST_MAGIC = [0x31, 0x2e] as const

/** Records in one transaction: 32 images, and as much again of everything else. */
const RECORDS_MAX = 64

const FIRST_BINARY_TYPE = 3
const LAST_BINARY_TYPE = 8
const LENGTH_BYTES = 4
const MILLIMETRES_PER_INCH = 25.4

/** ITL calls a plain thumb of either hand by numbers of its own. */
const PLAIN_THUMBS: ReadonlyMap<number, number> = new Map([
  [11, 1],
  [12, 6],
])

/** What a record of type 4 that says nothing else was scanned at, dpi. */
const LEAST_DPI = 500

const BINARY_CODINGS: readonly Coding[] = [
  'raw',
  'image',
  'image',
  'image',
  'image',
  'image',
  'image',
]
const TEXT_CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['NONE', 'raw'],
  ['WSQ20', 'image'],
  ['JPEGB', 'image'],
  ['JPEGL', 'image'],
  ['JP2', 'image'],
  ['JP2L', 'image'],
  ['PNG', 'image'],
])

/**
 * Trusts nothing. There may be no image in it.
 *
 * @throws InvalidImage
 */
export function readNistTransaction(bytes: Uint8Array): FingerImage[] {
  const reader = new ByteReader(bytes)
  const first = readTextRecord(reader, 1)
  const types = first
    .items(3)
    .slice(1)
    .map(([type]) => Number(type))
  if (types.length > RECORDS_MAX) throw new InvalidImage('content', `${types.length} records`)
  const payloads = new PayloadReader()
  const images: FingerImage[] = []
  for (const type of types) {
    if (type >= FIRST_BINARY_TYPE && type <= LAST_BINARY_TYPE) {
      const record = readBinaryRecord(reader)
      if (type === 4) images.push(imageOfType4(record, first, payloads))
    } else {
      const record = readTextRecord(reader, type)
      if (type === 14) images.push(imageOfType14(record, payloads))
    }
  }
  return images
}

function readBinaryRecord(reader: ByteReader): ByteReader {
  const length = reader.uint32('length of record')
  if (length < LENGTH_BYTES) throw new InvalidImage('length', `a record of ${length} bytes`)
  return new ByteReader(reader.bytes(length - LENGTH_BYTES, 'record'))
}

function readTextRecord(reader: ByteReader, type: number): TextRecord {
  const length = TextRecord.lengthOf(reader.rest(), type)
  return new TextRecord(reader.bytes(length, `record of type ${type}`), type)
}

function imageOfType4(record: ByteReader, first: TextRecord, payloads: PayloadReader) {
  record.pass(1, 'designation')
  const impression = record.uint8('impression type')
  const position = positionOf(record.uint8('finger position'))
  record.pass(5, 'further positions')
  const isNative = ranged(record.uint8('scanning resolution'), 0, 1, 'scanning resolution') === 1
  const width = record.uint16('width')
  const height = record.uint16('height')
  const compression = record.uint8('compression')
  const coding = BINARY_CODINGS[compression]
  if (!coding) throw new InvalidImage('unsupported', `compression ${compression}`)
  const dpi = isNative ? Math.round(first.number(11) * MILLIMETRES_PER_INCH) : LEAST_DPI
  const image = payloads.read({ data: record.rest(), coding, width, height, dpi })
  return { position, impression, quality: 0, image }
}

function imageOfType14(record: TextRecord, payloads: PayloadReader): FingerImage {
  const unit = record.number(8)
  const x = record.number(9)
  const y = record.number(10)
  const compression = record.text(11)
  const coding = TEXT_CODINGS.get(compression)
  if (!coding) throw new InvalidImage('unsupported', `compression ${compression}`)
  const bits = record.number(12)
  if (bits !== 8) throw new InvalidImage('unsupported', `${bits} bits per pixel`)
  const dpi = unit === 2 ? dpiOfCentimetres(x, y) : squareDpi(x, y)
  const [width, height] = [record.number(6), record.number(7)]
  const image = payloads.read({
    data: record.bytes(999),
    coding,
    width,
    height,
    dpi: unit === 0 ? undefined : dpi,
  })
  return {
    position: positionOf(record.number(13)),
    impression: record.number(3),
    quality: 0,
    image,
  }
}

function positionOf(code: number): number {
  const position = PLAIN_THUMBS.get(code) ?? code
  return ranged(position, 0, POSITION_MAX, 'finger position')
}
