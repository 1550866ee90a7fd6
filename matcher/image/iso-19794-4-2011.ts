/**
 * Reads ISO/IEC 19794-4:2011 finger image records, as MOSIP's capture devices write them.
 *
 * Source: the tables of general and representation header in ISO/IEC 19794-4:2011, as MOSIP's
 * bio-utils has them. Segmentation, annotations and comments behind an image are passed over.
 */
import { ByteReader, ranged } from './byte-reader.ts'
import { PayloadReader, POSITION_MAX, type Coding, type FingerImage } from './finger-image.ts'
import { dpiOfCentimetres, squareDpi } from './image.ts'
import { InvalidImage } from './invalid-image.ts'

export const FIR_VERSION_2011 = '020\0'

const HEADER_BYTES = 16
const QUALITY_BLOCK_BYTES = 5
const CERTIFICATION_BLOCK_BYTES = 3
const QUALITY_MAX = 100
const PER_INCH = 1
const PER_CENTIMETRE = 2
const BITS_PER_PIXEL = 8

/** By the code of the compression: nothing, then WSQ, JPEG, JPEG 2000 of two kinds, PNG. */
const CODINGS: ReadonlyMap<number, Coding> = new Map([
  [0, 'raw'],
  [2, 'image'],
  [3, 'image'],
  [4, 'image'],
  [5, 'image'],
  [6, 'image'],
])

/**
 * Trusts nothing. Zero bytes behind the declared length are taken as the padding of a fixed buffer.
 *
 * @throws InvalidImage
 */
export function readFingerImageRecord2011(
  bytes: Uint8Array,
  payloads = new PayloadReader(),
): FingerImage[] {
  const head = new ByteReader(bytes)
  if (head.text(4, 'magic') !== 'FIR\0') throw new InvalidImage('magic', 'not a FIR record')
  if (head.text(4, 'version') !== FIR_VERSION_2011) {
    throw new InvalidImage('unsupported', 'not of the edition of 2011')
  }
  const length = head.uint32('record length')
  if (length > bytes.length) {
    throw new InvalidImage('truncated', `${length} bytes are declared, ${bytes.length} are there`)
  }
  if (length < HEADER_BYTES) throw new InvalidImage('length', `a record of ${length} bytes`)
  if (bytes.subarray(length).some((byte) => byte !== 0)) {
    throw new InvalidImage('length', `${bytes.length} bytes, of which ${length} are declared`)
  }
  const reader = new ByteReader(bytes.subarray(0, length), { offset: head.offset })
  const count = reader.uint16('number of representations')
  const isCertified = ranged(reader.uint8('certification flag'), 0, 1, 'certification flag') === 1
  reader.pass(1, 'number of fingers')
  const images: FingerImage[] = []
  while (reader.left > 0) images.push(readRepresentation(reader, isCertified, payloads))
  if (images.length === 0) throw new InvalidImage('content', 'a record without images')
  if (images.length === count) return images
  throw new InvalidImage('content', `${images.length} images, ${count} are declared`)
}

function readRepresentation(
  record: ByteReader,
  isCertified: boolean,
  payloads: PayloadReader,
): FingerImage {
  const begin = record.offset
  const length = record.uint32('length of representation')
  const rest = length - (record.offset - begin)
  if (rest < 0) throw new InvalidImage('length', `a representation of ${length} bytes`)
  const reader = new ByteReader(record.bytes(rest, 'representation'))
  reader.pass(9, 'capture date')
  reader.pass(5, 'capture device')
  const quality = readQuality(reader)
  if (isCertified) {
    const blocks = reader.uint8('number of certification blocks')
    reader.pass(blocks * CERTIFICATION_BLOCK_BYTES, 'certification blocks')
  }
  const position = ranged(reader.uint8('finger position'), 0, POSITION_MAX, 'finger position')
  reader.pass(1, 'representation number')
  const unit = ranged(reader.uint8('scale unit'), PER_INCH, PER_CENTIMETRE, 'scale unit')
  reader.pass(4, 'sampling rate of the device')
  const x = reader.uint16('horizontal sampling rate')
  const y = reader.uint16('vertical sampling rate')
  const depth = reader.uint8('bit depth')
  if (depth !== BITS_PER_PIXEL) throw new InvalidImage('unsupported', `${depth} bits per pixel`)
  const compression = reader.uint8('compression')
  const coding = CODINGS.get(compression)
  if (!coding) throw new InvalidImage('unsupported', `compression ${compression}`)
  const impression = reader.uint8('impression type')
  const width = reader.uint16('width')
  const height = reader.uint16('height')
  const data = reader.bytes(reader.uint32('length of image'), 'image')
  const dpi = unit === PER_INCH ? squareDpi(x, y) : dpiOfCentimetres(x, y)
  return {
    position,
    impression,
    quality,
    image: payloads.read({ data, coding, width, height, dpi }),
  }
}

/** The first that is reported: which algorithm it is of nobody asks. */
function readQuality(reader: ByteReader): number {
  const blocks = reader.uint8('number of quality blocks')
  let found = 0
  for (let place = 0; place < blocks; place += 1) {
    const score = reader.uint8('quality')
    reader.pass(QUALITY_BLOCK_BYTES - 1, 'quality algorithm')
    // 254 and 255 say that there is none.
    if (found === 0 && score <= QUALITY_MAX) found = score
  }
  return found
}
