/**
 * Reads ISO/IEC 19794-4:2005 finger image records, which passports hold as well.
 *
 * Source: ISO/IEC 19794-4:2005; the images themselves are in formats of their own.
 */
import { ByteReader, ranged } from './byte-reader.ts'
import { PayloadReader, POSITION_MAX, type Coding, type FingerImage } from './finger-image.ts'
import { dpiOfCentimetres, squareDpi } from './image.ts'
import { InvalidImage } from './invalid-image.ts'

export const FIR_MAGIC = [0x46, 0x49, 0x52, 0] as const

const VERSION = '010\0'
const HEADER_BYTES = 32
const VIEW_HEADER_BYTES = 14
const QUALITY_MAX = 100
const PER_INCH = 1
const PER_CENTIMETRE = 2
const BITS_PER_PIXEL = 8

/** By the code of the compression: nothing, then WSQ, JPEG, JPEG 2000 and PNG. */
const CODINGS: ReadonlyMap<number, Coding> = new Map([
  [0, 'raw'],
  [2, 'image'],
  [3, 'image'],
  [4, 'image'],
  [5, 'image'],
])

interface General {
  coding: Coding
  dpi: number | undefined
}

/**
 * Trusts nothing. Zero bytes behind the declared length are taken as the padding of a fixed buffer.
 *
 * @throws InvalidImage
 */
export function readFingerImageRecord(
  bytes: Uint8Array,
  payloads = new PayloadReader(),
): FingerImage[] {
  const head = new ByteReader(bytes)
  if (head.text(4, 'magic') !== 'FIR\0') throw new InvalidImage('magic', 'not a FIR record')
  if (head.text(4, 'version') !== VERSION) {
    throw new InvalidImage('unsupported', 'not of the edition of 2005')
  }
  const length = head.uint(6, 'record length')
  if (length > bytes.length) {
    throw new InvalidImage('truncated', `${length} bytes are declared, ${bytes.length} are there`)
  }
  if (length < HEADER_BYTES) throw new InvalidImage('length', `a record of ${length} bytes`)
  if (bytes.subarray(length).some((byte) => byte !== 0)) {
    throw new InvalidImage('length', `${bytes.length} bytes, of which ${length} are declared`)
  }
  const reader = new ByteReader(bytes.subarray(0, length), { offset: head.offset })
  const general = readGeneral(reader)
  const images: FingerImage[] = []
  while (reader.left > 0) images.push(readView(reader, general, payloads))
  if (images.length === 0) throw new InvalidImage('content', 'a record without images')
  return images
}

function readGeneral(reader: ByteReader): General {
  reader.pass(2, 'capture device')
  reader.pass(2, 'acquisition level')
  reader.pass(1, 'number of fingers')
  const unit = ranged(reader.uint8('scale unit'), PER_INCH, PER_CENTIMETRE, 'scale unit')
  reader.pass(4, 'scan resolution')
  const x = reader.uint16('x resolution')
  const y = reader.uint16('y resolution')
  const depth = reader.uint8('pixel depth')
  if (depth !== BITS_PER_PIXEL) throw new InvalidImage('unsupported', `${depth} bits per pixel`)
  const compression = reader.uint8('compression')
  const coding = CODINGS.get(compression)
  if (!coding) throw new InvalidImage('unsupported', `compression ${compression}`)
  reader.pass(2, 'reserved bytes')
  return { coding, dpi: unit === PER_INCH ? squareDpi(x, y) : dpiOfCentimetres(x, y) }
}

function readView(reader: ByteReader, general: General, payloads: PayloadReader): FingerImage {
  const length = reader.uint32('length of view')
  if (length < VIEW_HEADER_BYTES) throw new InvalidImage('length', `a view of ${length} bytes`)
  const position = ranged(reader.uint8('finger position'), 0, POSITION_MAX, 'finger position')
  reader.pass(2, 'views and view number')
  const quality = reader.uint8('finger quality')
  const impression = reader.uint8('impression type')
  const width = reader.uint16('width')
  const height = reader.uint16('height')
  reader.pass(1, 'reserved byte')
  const data = reader.bytes(length - VIEW_HEADER_BYTES, 'image')
  const image = payloads.read({ data, width, height, ...general })
  // 254 and 255 say that there is none.
  return { position, impression, quality: quality > QUALITY_MAX ? 0 : quality, image }
}
