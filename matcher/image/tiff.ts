/**
 * Reads TIFF: the first image of a file, grey, colour or palette of 1 to 16 bits in strips,
 * uncompressed or by PackBits, LZW or Deflate.
 *
 * Source: TIFF 6.0, part 1 with §13 and §14; Adobe's technical note 2 for Deflate. Written here
 * because libraries on npm read what a directory declares before they look at how much there is.
 */
import { inflateSync } from 'node:zlib'
import { checkSize, dpiOfCentimetres, squareDpi, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { greyOfSamples, lumaOf, scaledTo8, unpackedRow, type Channels } from './samples.ts'
import { unpackedBits, unpackedLzw } from './tiff-compression.ts'
import { TiffDirectory } from './tiff-directory.ts'

const Tag = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  offsets: 273,
  orientation: 274,
  samples: 277,
  stripRows: 278,
  byteCounts: 279,
  resolutionX: 282,
  resolutionY: 283,
  planar: 284,
  unit: 296,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
} as const

const INCH = 2
const CENTIMETRE = 3

const WHITE_IS_ZERO = 0
const PALETTE = 3
const CHANNELS: ReadonlyMap<string, Channels> = new Map([
  ['0/1', 'grey'],
  ['1/1', 'grey'],
  ['1/2', 'grey-alpha'],
  ['2/3', 'rgb'],
  ['2/4', 'rgb-alpha'],
  ['3/1', 'grey'],
])

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array

const COMPRESSIONS: ReadonlyMap<number, Unpack> = new Map([
  [1, plain],
  [5, unpackedLzw],
  [8, inflated],
  [32_946, inflated],
  [32_773, unpackedBits],
])

interface Layout {
  width: number
  height: number
  bits: number
  channels: Channels
  samples: number
  photometric: number
  isPredicted: boolean
  isLittle: boolean
  rowBytes: number
}

/** @throws InvalidImage */
export function readTiff(bytes: Uint8Array): GreyImage {
  const directory = new TiffDirectory(bytes)
  const layout = readLayout(directory, bytes.length)
  const palette = layout.photometric === PALETTE ? readPalette(directory, layout) : undefined
  const rows = readRows(directory, bytes, layout)
  const { width, height, rowBytes } = layout
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row += 1) {
    const samples = rows.subarray(row * rowBytes, (row + 1) * rowBytes)
    pixels.set(greyRow(samples, layout, palette), row * width)
  }
  return { width, height, pixels, dpi: readDpi(directory) }
}

function readLayout(directory: TiffDirectory, byteCount: number): Layout {
  const width = directory.number(Tag.width)
  const height = directory.number(Tag.height)
  checkSize(width, height, byteCount)
  const samples = directory.number(Tag.samples, 1)
  const photometric = directory.number(Tag.photometric)
  const channels = CHANNELS.get(`${photometric}/${samples}`)
  if (!channels) {
    throw new InvalidImage('unsupported', `photometric ${photometric} of ${samples} samples`)
  }
  const depths = new Set(directory.numbers(Tag.bits, [1]))
  const [bits = 1] = depths
  const isOdd = bits < 8 && samples > 1
  if (depths.size !== 1 || ![1, 2, 4, 8, 16].includes(bits) || isOdd) {
    throw new InvalidImage('unsupported', `samples of ${[...depths].join(', ')} bits`)
  }
  if (directory.has(Tag.tileWidth)) throw new InvalidImage('unsupported', 'tiles')
  if (directory.number(Tag.planar, 1) !== 1) throw new InvalidImage('unsupported', 'planes')
  if (directory.number(Tag.orientation, 1) !== 1) {
    throw new InvalidImage('unsupported', 'turned or mirrored')
  }
  const predictor = directory.number(Tag.predictor, 1)
  if (predictor > 2 || (predictor === 2 && bits < 8)) {
    throw new InvalidImage('unsupported', `predictor ${predictor}`)
  }
  const rowBytes = Math.ceil((width * samples * bits) / 8)
  const { isLittle } = directory
  const isPredicted = predictor === 2
  return { width, height, bits, channels, samples, photometric, isPredicted, isLittle, rowBytes }
}

/** All strips, unpacked and one behind the other. */
function readRows(directory: TiffDirectory, bytes: Uint8Array, layout: Layout): Uint8Array {
  const { height, rowBytes } = layout
  const code = directory.number(Tag.compression, 1)
  const unpack = COMPRESSIONS.get(code)
  if (!unpack) throw new InvalidImage('unsupported', `compression ${code}`)
  const stripRows = Math.min(height, directory.number(Tag.stripRows, height))
  if (stripRows === 0) throw new InvalidImage('field-range', 'strips of no rows')
  const strips = Math.ceil(height / stripRows)
  const offsets = directory.numbers(Tag.offsets)
  const counts = directory.numbers(Tag.byteCounts)
  if (offsets.length < strips || counts.length < strips) {
    throw new InvalidImage('content', `${offsets.length} of ${strips} strips`)
  }
  const total = counts.reduce((sum, count) => sum + count, 0)
  // Strips that overlap would let a small file be unpacked over and over.
  if (total > bytes.length) throw new InvalidImage('content', `strips of ${total} bytes`)
  const rows = new Uint8Array(rowBytes * height)
  for (let strip = 0; strip < strips; strip += 1) {
    const start = strip * stripRows * rowBytes
    const size = Math.min(stripRows * rowBytes, rows.length - start)
    const offset = offsets[strip]!
    const end = offset + counts[strip]!
    if (end > bytes.length) throw new InvalidImage('truncated', `strip ${strip} ends at ${end}`)
    rows.set(unpack(bytes.subarray(offset, end), size), start)
  }
  if (layout.isPredicted) unpredict(rows, layout)
  return rows
}

function plain(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length < size) throw new InvalidImage('truncated', 'a strip is too short')
  return bytes.subarray(0, size)
}

function inflated(bytes: Uint8Array, size: number): Uint8Array {
  try {
    // Writers fill the last strip: it may have as many bytes more as it has.
    return plain(inflateSync(bytes, { maxOutputLength: 2 * size }), size)
  } catch (cause) {
    if (cause instanceof InvalidImage) throw cause
    throw new InvalidImage('content', 'a strip cannot be inflated', { cause })
  }
}

/** Each sample was written as its difference to the one on its left. */
function unpredict(rows: Uint8Array, { samples, bits, rowBytes, isLittle }: Layout): void {
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
  const step = (samples * bits) / 8
  for (let start = 0; start < rows.length; start += rowBytes) {
    for (let at = start + step; at < start + rowBytes; at += bits / 8) {
      if (bits === 8) rows[at]! += rows[at - step]!
      else {
        const sum = view.getUint16(at, isLittle) + view.getUint16(at - step, isLittle)
        view.setUint16(at, sum & 0xffff, isLittle)
      }
    }
  }
}

function greyRow(row: Uint8Array, layout: Layout, palette: Uint8Array | undefined): Uint8Array {
  const { width, bits, channels, photometric, isLittle } = layout
  let grey: Uint8Array
  if (bits === 16) {
    const high = isLittle ? 1 : 0
    const samples = Uint8Array.from({ length: row.length >> 1 }, (_, at) => row[2 * at + high]!)
    grey = greyOfSamples(samples, width, channels)
  } else if (bits === 8) {
    grey = greyOfSamples(row, width, channels)
  } else {
    grey = unpackedRow(row, width, bits)
    if (!palette) grey = grey.map((value) => scaledTo8(value, bits))
  }
  if (palette) return grey.map((index) => palette[index]!)
  return photometric === WHITE_IS_ZERO ? grey.map((value) => 255 - value) : grey
}

/** Reds, then greens, then blues, 16 bits each. */
function readPalette(directory: TiffDirectory, { bits }: Layout): Uint8Array {
  const colours = directory.numbers(Tag.palette)
  const count = 2 ** bits
  if (bits > 8 || colours.length < 3 * count) throw new InvalidImage('content', 'a short palette')
  return Uint8Array.from({ length: count }, (_, index) => {
    const [red, green, blue] = [0, 1, 2].map((colour) => colours[colour * count + index]! >> 8)
    return lumaOf(red!, green!, blue!)
  })
}

function readDpi(directory: TiffDirectory): number | undefined {
  const x = directory.number(Tag.resolutionX, 0)
  const y = directory.number(Tag.resolutionY, 0)
  const unit = directory.number(Tag.unit, INCH)
  if (unit === INCH) return squareDpi(x, y)
  return unit === CENTIMETRE ? dpiOfCentimetres(x, y) : undefined
}
