/**
 * Reads JPEG 2000: grey or colour of 8 to 16 bits, bare code streams and JP2 files.
 *
 * Sources: ISO/IEC 15444-1 annexes A and I. Decoding is OpenJPEG in WebAssembly; what it would
 * have to allocate is known and checked before it gets the bytes. It reports what is wrong with a
 * file as text only, and then leaves no picture.
 */
import { ByteReader, ranged } from './byte-reader.ts'
import { checkSize, dpiOfMetres, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { openJpeg } from './open-jpeg.ts'
import { greyOfSamples } from './samples.ts'

const START_OF_STREAM = 0xff4f
const SIZE = 0xff51
const CODING_STYLE = 0xff52
const START_OF_TILE = 0xff90

/** Boxes of a JP2 file that are looked at or into. */
const Box = {
  signature: 'jP  ',
  header: 'jp2h',
  resolution: 'res ',
  captureResolution: 'resc',
  displayResolution: 'resd',
  stream: 'jp2c',
} as const

export const JP2_MAGIC = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a] as const

/** Boxes in one file; JP2 needs five. */
const BOXES_MAX = 64

/** Tiles; fingers are coded in one. */
const TILES_MAX = 256

/** Layers of quality; the FBI's profile has nine. */
const LAYERS_MAX = 64

/** The standard allows 32; no image here can be halved more often than this. */
const DECOMPOSITIONS_MAX = 12

const PRECISION_MIN = 8
const PRECISION_MAX = 16

interface Frame {
  width: number
  height: number
  components: number
  precision: number
}

/** @throws InvalidImage */
export function readJpeg2000(bytes: Uint8Array): GreyImage {
  const isStream = new ByteReader(bytes).uint16('magic') === START_OF_STREAM
  const found = isStream ? { stream: bytes, dpi: undefined } : streamOf(bytes)
  const frame = surveyed(found.stream)
  const { width, height, components, precision } = frame
  checkSize(width, height, bytes.length)
  const samples = decoded(found.stream, frame)
  const grey = precision > 8 ? reduced(samples, precision) : samples
  const channels = components === 1 ? 'grey' : 'rgb'
  const pixels = greyOfSamples(grey, width * height, channels)
  return { width, height, pixels, dpi: found.dpi }
}

/** The code stream of a JP2 file, and the resolution that it states. */
function streamOf(bytes: Uint8Array): { stream: Uint8Array; dpi: number | undefined } {
  let dpi: number | undefined
  let stream: Uint8Array | undefined
  const boxes = boxesOf(bytes)
  if (boxes[0]?.type !== Box.signature) throw new InvalidImage('magic', 'not a JPEG 2000 file')
  for (const { type, content } of boxes) {
    if (type === Box.stream) stream ??= content
    if (type !== Box.header) continue
    const resolutions = boxesOf(content).filter((box) => box.type === Box.resolution)
    const stated = resolutions.flatMap((box) => boxesOf(box.content))
    const capture = stated.find((box) => box.type === Box.captureResolution)
    const display = stated.find((box) => box.type === Box.displayResolution)
    dpi ??= dpiOf(capture?.content ?? display?.content)
  }
  if (!stream) throw new InvalidImage('content', 'no code stream')
  return { stream, dpi }
}

function boxesOf(bytes: Uint8Array): { type: string; content: Uint8Array }[] {
  const reader = new ByteReader(bytes)
  const boxes: { type: string; content: Uint8Array }[] = []
  while (reader.left > 0) {
    if (boxes.length === BOXES_MAX) throw new InvalidImage('content', 'too many boxes')
    const length = reader.uint32('length of box')
    const type = reader.text(4, 'type of box')
    // 0 is the last box, as long as it may be; 1 a length of eight bytes, which nothing here has.
    const size = length === 0 ? reader.left : length - 8
    if (size < 0) throw new InvalidImage('length', `a box of ${length} bytes`)
    boxes.push({ type, content: reader.bytes(size, type) })
  }
  return boxes
}

/** Two fractions, vertical first, each with a power of ten; pixels per metre. */
function dpiOf(content: Uint8Array | undefined): number | undefined {
  if (!content) return undefined
  const reader = new ByteReader(content)
  const [y = 0, x = 0] = [0, 1].map(() => {
    const numerator = reader.uint16('numerator')
    const denominator = reader.uint16('denominator')
    return denominator === 0 ? 0 : numerator / denominator
  })
  const [powerY = 0, powerX = 0] = [0, 1].map(() => (reader.uint8('exponent') << 24) >> 24)
  return dpiOfMetres(inTens(x, powerX), inTens(y, powerY))
}

function inTens(value: number, power: number): number {
  const factor = power < 0 ? 0.1 : 10
  let result = value
  for (let count = Math.abs(power); count > 0; count -= 1) result *= factor
  return result
}

/** Reads the main header up to the first tile. */
function surveyed(stream: Uint8Array): Frame {
  const reader = new ByteReader(stream)
  if (reader.uint16('marker') !== START_OF_STREAM) {
    throw new InvalidImage('magic', 'not a JPEG 2000 code stream')
  }
  let frame: Frame | undefined
  for (let marker = reader.uint16('marker'); marker !== START_OF_TILE;) {
    const length = reader.uint16('length of segment')
    if (length < 2) throw new InvalidImage('length', `a segment of ${length} bytes`)
    const segment = new ByteReader(reader.bytes(length - 2, 'segment'))
    if (marker === SIZE) {
      if (frame) throw new InvalidImage('content', 'a second size')
      frame = surveySize(segment)
    } else if (marker === CODING_STYLE) surveyStyle(segment)
    marker = reader.uint16('marker')
  }
  if (!frame) throw new InvalidImage('content', 'a tile before the size')
  return frame
}

function surveySize(segment: ByteReader): Frame {
  segment.uint16('capabilities')
  const field = (name: string) => segment.uint32(name)
  const [right, bottom, left, top] = [field('right'), field('bottom'), field('left'), field('top')]
  const [tileWidth, tileHeight] = [field('tile width'), field('tile height')]
  const [tileLeft, tileTop] = [field('tile left'), field('tile top')]
  const [width, height] = [right - left, bottom - top]
  ranged(tileWidth, 1, 2 ** 32, 'tile width')
  ranged(tileHeight, 1, 2 ** 32, 'tile height')
  const across = Math.ceil((right - tileLeft) / tileWidth)
  const tiles = across * Math.ceil((bottom - tileTop) / tileHeight)
  ranged(tiles, 1, TILES_MAX, 'number of tiles')
  const components = segment.uint16('components')
  if (components !== 1 && components !== 3) {
    throw new InvalidImage('unsupported', `${components} components`)
  }
  let precision = 0
  for (let component = 0; component < components; component += 1) {
    const bits = segment.uint8('precision') + 1
    if (component > 0 && bits !== precision) throw new InvalidImage('unsupported', 'mixed depths')
    precision = ranged(bits, PRECISION_MIN, PRECISION_MAX, 'precision')
    if (segment.uint8('x step') !== 1 || segment.uint8('y step') !== 1) {
      throw new InvalidImage('unsupported', 'components of unequal size')
    }
  }
  return { width, height, components, precision }
}

function surveyStyle(segment: ByteReader): void {
  segment.uint8('style')
  segment.uint8('order')
  ranged(segment.uint16('layers'), 1, LAYERS_MAX, 'layers')
  segment.uint8('component transform')
  ranged(segment.uint8('decompositions'), 0, DECOMPOSITIONS_MAX, 'decompositions')
}

/** Interleaved samples, of two bytes where precision is above 8. */
function decoded(stream: Uint8Array, { width, height, components, precision }: Frame): Uint8Array {
  const { J2KDecoder } = openJpeg
  const decoder = new J2KDecoder()
  try {
    decoder.getEncodedBuffer(stream.length).set(stream)
    decoder.decode()
    const samples = decoder.getDecodedBuffer()
    const size = width * height * components * (precision > 8 ? 2 : 1)
    // A view of the decoder's memory: the next call may write over it.
    if (samples.length === size) return samples.slice()
    throw new InvalidImage('content', `${samples.length} bytes of samples, not ${size}`)
  } catch (cause) {
    if (cause instanceof InvalidImage) throw cause
    throw new InvalidImage('content', 'it cannot be decoded', { cause })
  } finally {
    decoder.delete()
  }
}

/** The highest 8 bits of little-endian samples. */
function reduced(samples: Uint8Array, precision: number): Uint8Array {
  return Uint8Array.from({ length: samples.length >> 1 }, (_, place) => {
    return (samples[2 * place]! | (samples[2 * place + 1]! << 8)) >> (precision - 8)
  })
}
