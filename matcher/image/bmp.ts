/**
 * Reads BMP: uncompressed, with a palette of up to 8 bits, or 24 or 32 bits of colour.
 *
 * Source: Microsoft, "Bitmap storage" (BITMAPINFOHEADER and later). Rows stand bottom up unless the
 * height is negative, each filled to whole words.
 */
import { ByteReader, ranged } from './byte-reader.ts'
import { checkSize, dpiOfMetres, type GreyImage } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { lumaOf, unpackedRow } from './samples.ts'

const INFO_HEADER_BYTES = 40
const INFO_HEADER_BYTES_MAX = 124
const FILE_HEADER_BYTES = 14

/** BI_RGB, and BI_BITFIELDS, which says where in 32 bits the colours are. */
const UNCOMPRESSED = 0
const BIT_FIELDS = 3

/** Where they are in BI_RGB: red, green, blue. */
const USUAL_FIELDS = [0xff0000, 0xff00, 0xff] as const

interface Header {
  width: number
  height: number
  isTopDown: boolean
  bits: number
  palette: Uint8Array
  dpi: number | undefined
  dataOffset: number
}

/** @throws InvalidImage */
export function readBmp(bytes: Uint8Array): GreyImage {
  const header = readHeader(bytes)
  const { width, height, isTopDown, bits, palette, dpi, dataOffset } = header
  const stride = Math.ceil((width * bits) / 32) * 4
  const data = new ByteReader(bytes, { offset: dataOffset }).bytes(stride * height, 'pixels')
  const pixels = new Uint8Array(width * height)
  for (let row = 0; row < height; row += 1) {
    const source = isTopDown ? row : height - 1 - row
    const line = data.subarray(source * stride, (source + 1) * stride)
    pixels.set(bits > 8 ? colourRow(line, width, bits) : paletteRow(line, header), row * width)
  }
  return { width, height, pixels, dpi }

  function paletteRow(line: Uint8Array, of: Header): Uint8Array {
    return unpackedRow(line, of.width, of.bits).map((index) => palette[index]!)
  }
}

function readHeader(bytes: Uint8Array): Header {
  const reader = new ByteReader(bytes, { isLittle: true })
  if (reader.text(2, 'magic') !== 'BM') throw new InvalidImage('magic', 'not a BMP file')
  reader.pass(8, 'file size')
  const dataOffset = reader.uint32('offset of pixels')
  const headerBytes = reader.uint32('size of header')
  if (headerBytes < INFO_HEADER_BYTES || headerBytes > INFO_HEADER_BYTES_MAX) {
    throw new InvalidImage('unsupported', `a header of ${headerBytes} bytes`)
  }
  const width = reader.int32('width')
  const signedHeight = reader.int32('height')
  const height = Math.abs(signedHeight)
  checkSize(width, height, bytes.length)
  ranged(reader.uint16('planes'), 1, 1, 'planes')
  const bits = reader.uint16('bits per pixel')
  if (![1, 4, 8, 24, 32].includes(bits)) {
    throw new InvalidImage('unsupported', `${bits} bits per pixel`)
  }
  const compression = reader.uint32('compression')
  if (compression !== UNCOMPRESSED && !(compression === BIT_FIELDS && bits === 32)) {
    throw new InvalidImage('unsupported', `compression ${compression}`)
  }
  reader.pass(4, 'size of pixels')
  const dpi = dpiOfMetres(reader.uint32('x resolution'), reader.uint32('y resolution'))
  const colours = reader.uint32('number of colours')
  if (compression === BIT_FIELDS) checkFields(bytes)
  const palette = readPalette(bytes, FILE_HEADER_BYTES + headerBytes, bits, colours)
  return { width, height, isTopDown: signedHeight < 0, bits, palette, dpi, dataOffset }
}

/** They follow the first 40 bytes of the header, whether they are counted to it or not. */
function checkFields(bytes: Uint8Array): void {
  const offset = FILE_HEADER_BYTES + INFO_HEADER_BYTES
  const reader = new ByteReader(bytes, { offset, isLittle: true })
  for (const field of USUAL_FIELDS) {
    if (reader.uint32('bit field') === field) continue
    throw new InvalidImage('unsupported', 'colours in another order')
  }
}

/** As grey; colours that are not there are black. */
function readPalette(bytes: Uint8Array, offset: number, bits: number, colours: number) {
  const palette = new Uint8Array(256)
  if (bits > 8) return palette
  const most = 2 ** bits
  const count = colours === 0 ? most : ranged(colours, 1, most, 'number of colours')
  const entries = new ByteReader(bytes, { offset }).bytes(4 * count, 'palette')
  for (let index = 0; index < count; index += 1) {
    const [blue = 0, green = 0, red = 0] = entries.subarray(4 * index, 4 * index + 3)
    palette[index] = lumaOf(red, green, blue)
  }
  return palette
}

function colourRow(line: Uint8Array, width: number, bits: number): Uint8Array {
  const step = bits / 8
  return Uint8Array.from({ length: width }, (_, column) => {
    const at = column * step
    return lumaOf(line[at + 2]!, line[at + 1]!, line[at]!)
  })
}
