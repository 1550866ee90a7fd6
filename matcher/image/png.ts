/**
 * Reads PNG: grey, colour and palettes, 1 to 16 bits, with alpha, interlaced or not.
 *
 * Source: W3C PNG (third edition). Inflating is Node's zlib, with the exact number of bytes that
 * the header asks for as its limit; libraries on npm inflate whatever is in the file.
 */
import { inflateSync } from 'node:zlib'
import { ByteReader, ranged } from './byte-reader.ts'
import { checkSize, dpiOfMetres, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import {
  CHANNEL_COUNTS,
  greyOfSamples,
  lumaOf,
  overWhite,
  scaledTo8,
  unpackedRow,
  type Channels,
} from './samples.ts'

export const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const

const METRE_UNIT = 1

interface Header {
  width: number
  height: number
  bits: number
  colour: number
  isInterlaced: boolean
}

interface Chunks {
  header: Header
  /** Grey and alpha by index, for pictures with a palette. */
  palette: Uint8Array | undefined
  data: Uint8Array[]
  dpi: number | undefined
}

/** What each colour type is made of, and how many bits its samples may have. */
const COLOURS: ReadonlyMap<number, { channels: Channels; bits: readonly number[] }> = new Map([
  [0, { channels: 'grey', bits: [1, 2, 4, 8, 16] }],
  [2, { channels: 'rgb', bits: [8, 16] }],
  [3, { channels: 'grey', bits: [1, 2, 4, 8] }],
  [4, { channels: 'grey-alpha', bits: [8, 16] }],
  [6, { channels: 'rgb-alpha', bits: [8, 16] }],
])
const PALETTE_COLOUR = 3

/** Columns and rows of each of Adam7's passes: where they start, and how far apart they are. */
const PASSES = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const
const WHOLE = [[0, 1, 0, 1]] as const

/** @throws InvalidImage */
export function readPng(bytes: Uint8Array): GreyImage {
  const reader = new ByteReader(bytes)
  const magic = reader.bytes(PNG_MAGIC.length, 'magic')
  if (PNG_MAGIC.some((byte, place) => magic[place] !== byte)) {
    throw new InvalidImage('magic', 'not a PNG file')
  }
  const chunks = readChunks(reader, bytes.length)
  const { width, height } = chunks.header
  return { width, height, pixels: pixelsOf(chunks), dpi: chunks.dpi }
}

function readChunks(reader: ByteReader, byteCount: number): Chunks {
  const header = readHeader(reader)
  checkSize(header.width, header.height, byteCount)
  const chunks: Chunks = { header, palette: undefined, data: [], dpi: undefined }
  for (;;) {
    const length = reader.uint32('chunk length')
    const type = reader.text(4, 'chunk type')
    const chunk = reader.bytes(length, type)
    reader.pass(4, 'checksum')
    if (type === 'IEND') return chunks
    if (type === 'IDAT') chunks.data.push(chunk)
    // Pictures in true colour may suggest a palette, which is for screens that have no other.
    else if (type === 'PLTE' && header.colour === PALETTE_COLOUR) {
      chunks.palette = readPalette(chunk)
    } else if (type === 'tRNS') readTransparency(chunk, chunks)
    else if (type === 'pHYs') chunks.dpi = readDpi(new ByteReader(chunk))
  }
}

function readHeader(reader: ByteReader): Header {
  const length = reader.uint32('header length')
  if (reader.text(4, 'header type') !== 'IHDR' || length !== 13) {
    throw new InvalidImage('content', 'it does not begin with its header')
  }
  const width = reader.uint32('width')
  const height = reader.uint32('height')
  const bits = reader.uint8('bit depth')
  const colour = reader.uint8('colour type')
  if (!COLOURS.get(colour)?.bits.includes(bits)) {
    throw new InvalidImage('field-range', `${bits} bits of colour type ${colour}`)
  }
  ranged(reader.uint8('compression'), 0, 0, 'compression')
  ranged(reader.uint8('filter method'), 0, 0, 'filter method')
  const isInterlaced = ranged(reader.uint8('interlacing'), 0, 1, 'interlacing') === 1
  reader.pass(4, 'checksum')
  return { width, height, bits, colour, isInterlaced }
}

function readPalette(chunk: Uint8Array): Uint8Array {
  const palette = new Uint8Array(512).fill(255)
  for (let index = 0; index < Math.min(256, Math.floor(chunk.length / 3)); index += 1) {
    const [red = 0, green = 0, blue = 0] = chunk.subarray(3 * index, 3 * index + 3)
    palette[2 * index] = lumaOf(red, green, blue)
  }
  return palette
}

/** Of a palette's colours; the one transparent colour of other pictures is taken as it is. */
function readTransparency(chunk: Uint8Array, { palette }: Chunks): void {
  if (!palette) return
  for (const [index, alpha] of chunk.subarray(0, 256).entries()) palette[2 * index + 1] = alpha
}

function readDpi(chunk: ByteReader): number | undefined {
  const x = chunk.uint32('x resolution')
  const y = chunk.uint32('y resolution')
  return chunk.uint8('unit') === METRE_UNIT ? dpiOfMetres(x, y) : undefined
}

function pixelsOf({ header, palette, data }: Chunks): Uint8Array {
  const { width, height, bits, colour, isInterlaced } = header
  const { channels } = COLOURS.get(colour)!
  if (colour === PALETTE_COLOUR && !palette) throw new InvalidImage('content', 'no palette')
  const passes = (isInterlaced ? PASSES : WHOLE).map(([x, stepX, y, stepY]) => {
    const columns = Math.ceil((width - x) / stepX)
    const rows = Math.ceil((height - y) / stepY)
    const rowBytes = Math.ceil((columns * bits * CHANNEL_COUNTS[channels]) / 8)
    return { x, stepX, y, stepY, columns, rows, rowBytes }
  })
  const size = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0)
  const raw = inflated(data, size)
  const pixels = new Uint8Array(width * height)
  const pixelBytes = Math.max(1, (bits * CHANNEL_COUNTS[channels]) >> 3)
  let offset = 0
  for (const { x, stepX, y, stepY, columns, rows, rowBytes } of passes) {
    const area = raw.subarray(offset, offset + rows * (1 + rowBytes))
    offset += area.length
    unfilter(area, rows, rowBytes, pixelBytes)
    for (let row = 0; row < rows; row += 1) {
      const start = row * (1 + rowBytes) + 1
      const samples = area.subarray(start, start + rowBytes)
      const grey = greyRow(samples, columns, bits, channels, palette)
      const target = (y + row * stepY) * width + x
      for (let at = 0; at < columns; at += 1) pixels[target + at * stepX] = grey[at]!
    }
  }
  return pixels
}

function greyRow(
  row: Uint8Array,
  columns: number,
  bits: number,
  channels: Channels,
  palette: Uint8Array | undefined,
): Uint8Array {
  if (bits === 16) {
    // The high byte of each sample: the low one is below what a grey of 8 bits can show.
    const high = Uint8Array.from({ length: row.length >> 1 }, (_, place) => row[2 * place]!)
    return greyOfSamples(high, columns, channels)
  }
  if (bits === 8 && !palette) return greyOfSamples(row, columns, channels)
  const values = unpackedRow(row, columns, bits)
  if (!palette) return values.map((value) => scaledTo8(value, bits))
  return values.map((value) => overWhite(palette[2 * value]!, palette[2 * value + 1]!))
}

function inflated(data: readonly Uint8Array[], size: number): Uint8Array {
  let raw: Uint8Array
  try {
    raw = inflateSync(Buffer.concat(data), { maxOutputLength: size })
  } catch (cause) {
    throw new InvalidImage('content', 'its data cannot be inflated', { cause })
  }
  if (raw.length === size) return raw
  throw new InvalidImage('content', `${raw.length} bytes of data, ${size} are needed`)
}

/** Undoes the filter of every row, in place; §9.2. */
function unfilter(area: Uint8Array, rows: number, rowBytes: number, pixelBytes: number): void {
  for (let row = 0; row < rows; row += 1) {
    const start = row * (1 + rowBytes)
    const filter = ranged(area[start]!, 0, 4, 'filter')
    if (filter === 0) continue
    for (let at = 0; at < rowBytes; at += 1) {
      const place = start + 1 + at
      const left = at >= pixelBytes ? area[place - pixelBytes]! : 0
      const above = row > 0 ? area[place - 1 - rowBytes]! : 0
      const corner = row > 0 && at >= pixelBytes ? area[place - 1 - rowBytes - pixelBytes]! : 0
      area[place]! += predicted(filter, left, above, corner)
    }
  }
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}
