/**
 * Reads JPEG: baseline and progressive, 8 bits, grey or YCbCr.
 *
 * Source: ITU-T T.81, and T.871 for the JFIF header. Decoding is jpeg-js; what it would have to
 * allocate or go through is known and checked before it gets the bytes.
 */
import { decode } from 'jpeg-js'
import { ByteReader, ranged } from './byte-reader.ts'
import { checkSize, dpiOfCentimetres, squareDpi, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'

const START_OF_IMAGE = 0xffd8
const END_OF_IMAGE = 0xffd9
const START_OF_SCAN = 0xffda
const JFIF = 0xffe0

/** Baseline, extended and progressive with Huffman codes; others are hardly ever met. */
const FRAMES = [0xffc0, 0xffc1, 0xffc2]
/** Lossless, hierarchical and arithmetic frames. */
const OTHER_FRAMES = [
  0xffc3, 0xffc5, 0xffc6, 0xffc7, 0xffc9, 0xffca, 0xffcb, 0xffcd, 0xffce, 0xffcf,
]

/** Progressive encoders make about ten; each is a pass over the whole image. */
const SCANS_MAX = 32

/** Marker segments, thumbnails and profiles in parts included. */
const SEGMENTS_MAX = 1_024

/** Blocks and lines of 10 million pixels in three components, with room. */
const MEMORY_MIB_MAX = 512

const SAMPLING_MAX = 4

interface Survey {
  frame?: { width: number; height: number; components: number }
  dpi?: number
  scans: number
}

/** @throws InvalidImage */
export function readJpeg(bytes: Uint8Array): GreyImage {
  const { frame, dpi } = surveyed(bytes)
  if (!frame) throw new InvalidImage('content', 'no frame')
  const { width, height } = frame
  const decoded = decodedBy(bytes)
  if (decoded.width !== width || decoded.height !== height) {
    throw new InvalidImage('content', 'its frame is not where it seemed to be')
  }
  const pixels = new Uint8Array(width * height)
  const { data } = decoded
  for (let place = 0; place < pixels.length; place += 1) {
    const at = 3 * place
    const sum = 299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!
    pixels[place] = Math.floor((sum + 500) / 1000)
  }
  return { width, height, pixels, dpi }
}

function decodedBy(bytes: Uint8Array) {
  try {
    return decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxMemoryUsageInMB: MEMORY_MIB_MAX,
    })
  } catch (cause) {
    throw new InvalidImage('content', 'it cannot be decoded', { cause })
  }
}

/** Goes through all segments, and over the coded data between them. */
function surveyed(bytes: Uint8Array): Survey {
  const reader = new ByteReader(bytes)
  if (reader.uint16('marker') !== START_OF_IMAGE) throw new InvalidImage('magic', 'not a JPEG file')
  const survey: Survey = { scans: 0 }
  for (let count = 0; count < SEGMENTS_MAX; count += 1) {
    const marker = nextMarker(reader)
    if (marker === END_OF_IMAGE) return survey
    const length = reader.uint16('length of segment')
    if (length < 2) throw new InvalidImage('length', `a segment of ${length} bytes`)
    const segment = new ByteReader(reader.bytes(length - 2, 'segment'))
    if (FRAMES.includes(marker)) surveyFrame(segment, survey, bytes.length)
    else if (OTHER_FRAMES.includes(marker)) {
      throw new InvalidImage('unsupported', `frame 0x${marker.toString(16)}`)
    } else if (marker === JFIF) survey.dpi ??= dpiOfJfif(segment)
    else if (marker === START_OF_SCAN) surveyScan(segment, survey)
  }
  throw new InvalidImage('content', `more than ${SEGMENTS_MAX} segments`)
}

/** Skips coded data and what fills it: a 0 behind 0xff, restart markers, more 0xff. */
function nextMarker(reader: ByteReader): number {
  const rest = reader.rest()
  for (let at = 0; at + 1 < rest.length; at += 1) {
    const next = rest[at + 1]!
    const isFill = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7)
    if (rest[at] !== 0xff || isFill) continue
    reader.pass(at + 2, 'coded data')
    return 0xff00 + next
  }
  throw new InvalidImage('truncated', 'it ends without a marker')
}

function surveyFrame(segment: ByteReader, survey: Survey, byteCount: number): void {
  if (survey.frame) throw new InvalidImage('unsupported', 'a second frame')
  if (segment.uint8('precision') !== 8) throw new InvalidImage('unsupported', 'not of 8 bits')
  const height = segment.uint16('height')
  const width = segment.uint16('width')
  checkSize(width, height, byteCount)
  const components = segment.uint8('number of components')
  if (components !== 1 && components !== 3) {
    throw new InvalidImage('unsupported', `${components} components`)
  }
  for (let component = 0; component < components; component += 1) {
    segment.uint8('component')
    const sampling = segment.uint8('sampling')
    ranged(sampling >> 4, 1, SAMPLING_MAX, 'horizontal sampling')
    ranged(sampling & 15, 1, SAMPLING_MAX, 'vertical sampling')
    segment.uint8('table')
  }
  survey.frame = { width, height, components }
}

function surveyScan(segment: ByteReader, survey: Survey): void {
  if (!survey.frame) throw new InvalidImage('content', 'a scan before the frame')
  const { components } = survey.frame
  ranged(segment.uint8('components of a scan'), 1, components, 'components of a scan')
  survey.scans += 1
  if (survey.scans > SCANS_MAX) throw new InvalidImage('content', `more than ${SCANS_MAX} scans`)
}

function dpiOfJfif(segment: ByteReader): number | undefined {
  if (segment.left < 12 || segment.text(5, 'name') !== 'JFIF\0') return undefined
  segment.pass(2, 'version')
  const unit = segment.uint8('unit')
  const x = segment.uint16('x density')
  const y = segment.uint16('y density')
  if (unit === 1) return squareDpi(x, y)
  return unit === 2 ? dpiOfCentimetres(x, y) : undefined
}
