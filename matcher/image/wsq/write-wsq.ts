/**
 * Writes WSQ, the FBI's compression of fingerprints.
 *
 * Source: FBI IAFIS-IC-0110 (WSQ v3.1), with the usual filters. Logarithms choose the bin widths,
 * so files may differ by a few bytes between engines; what is read from one file does not.
 */
import { ranged } from '../byte-reader.ts'
import { checkSize, type GreyImage } from '../image.ts'
import { ByteWriter } from './byte-writer.ts'
import { eachSymbol } from './coefficients.ts'
import { codesOf, tableFor, type HuffmanTable } from './huffman.ts'
import { binWidths, quantised, ZERO_BIN_RATIO } from './quantise.ts'
import { Marker, TABLE_BANDS, type Frame } from './segments.ts'
import { BANDS, SECOND_BLOCK, subbandsOf, THIRD_BLOCK } from './subbands.ts'
import { analyse, STANDARD_FILTERS } from './wavelet.ts'

/** 0.75 bits per pixel, about 15:1, is what the FBI takes for prints at 500 dpi. */
export const BIT_RATE = 0.75

/** Bits per pixel that may be asked for. */
const BIT_RATE_MIN = 0.1
const BIT_RATE_MAX = 8

/** Where in its bin a reader takes a value to be. */
const BIN_CENTRE = 0.44

/** The number of the encoder, as NIST's states it. */
const ENCODER = 2

/**
 * The bit rate is a target by which bins are chosen, and files come out smaller: FVC's prints at
 * about six tenths of it.
 *
 * @throws InvalidImage `size` or `field-range`
 */
export function writeWsq(image: GreyImage, bitRate = BIT_RATE): Uint8Array {
  const { width, height, pixels } = image
  checkSize(width, height, pixels.length)
  ranged(pixels.length, width * height, width * height, 'number of pixels')
  ranged(bitRate, BIT_RATE_MIN, BIT_RATE_MAX, 'bit rate')
  const frame = frameOf(image)
  const plane = new Float32Array(pixels.length)
  for (const [at, pixel] of pixels.entries()) plane[at] = (pixel - frame.shift) / frame.scale
  const tree = subbandsOf(width, height)
  analyse(plane, width, tree, STANDARD_FILTERS)
  const bins = binWidths(plane, width, tree.bands, bitRate).map(asWritten)
  const zeroBins = bins.map((bin) => asWritten(bin * ZERO_BIN_RATIO))
  const blocks = [
    [0, SECOND_BLOCK],
    [SECOND_BLOCK, THIRD_BLOCK],
    [THIRD_BLOCK, BANDS],
  ] as const
  const [first, second, third] = blocks.map((range) => {
    return quantised(plane, width, tree.bands, { bins, zeroBins }, range)
  })
  const writer = new ByteWriter()
  writer.uint(2, Marker.startOfImage)
  writeComment(writer, image, bitRate)
  writeTransform(writer)
  writeQuantisation(writer, bins, zeroBins)
  writeFrame(writer, frame)
  writeBlocks(writer, 0, [first!])
  writeBlocks(writer, 1, [second!, third!])
  writer.uint(2, Marker.endOfImage)
  return writer.finish()
}

/** Pixels are moved to lie around 0 and within 128 of it. */
function frameOf({ width, height, pixels }: GreyImage): Frame {
  let sum = 0
  let least = 255
  let most = 0
  for (const pixel of pixels) {
    sum += pixel
    least = Math.min(least, pixel)
    most = Math.max(most, pixel)
  }
  const shift = asWritten(sum / pixels.length)
  const reach = Math.max(shift - least, most - shift)
  // An image of one grey has nothing to scale.
  const scale = reach === 0 ? 1 : asWritten(reach / 128)
  return { width, height, shift, scale: scale === 0 ? 1 : scale }
}

function writeComment(writer: ByteWriter, { width, height, dpi }: GreyImage, bitRate: number) {
  const lines = [
    'NIST_COM 9',
    `PIX_WIDTH ${width}`,
    `PIX_HEIGHT ${height}`,
    'PIX_DEPTH 8',
    `PPI ${dpi ?? -1}`,
    'LOSSY 1',
    'COLORSPACE GRAY',
    'COMPRESSION WSQ',
    `WSQ_BITRATE ${bitRate.toFixed(6)}`,
  ]
  writer.segment(Marker.comment, (inner) => {
    inner.bytes(new TextEncoder().encode(lines.join('\n')))
  })
}

function writeTransform(writer: ByteWriter): void {
  const { analysis, synthesis } = STANDARD_FILTERS
  const highPass = synthesis.map((tap, place) => (place % 2 === 0 ? tap : -tap))
  writer.segment(Marker.transformTable, (inner) => {
    inner.uint(1, 2 * analysis.length - 1)
    inner.uint(1, 2 * highPass.length - 1)
    for (const tap of [...analysis, ...highPass]) {
      inner.uint(1, tap < 0 ? 1 : 0)
      writeScaled(inner, 4, Math.abs(tap))
    }
  })
}

function writeQuantisation(writer: ByteWriter, bins: Float64Array, zeroBins: Float64Array): void {
  writer.segment(Marker.quantisationTable, (inner) => {
    writeScaled(inner, 2, BIN_CENTRE)
    for (let band = 0; band < TABLE_BANDS; band += 1) {
      writeScaled(inner, 2, bins[band] ?? 0)
      writeScaled(inner, 2, zeroBins[band] ?? 0)
    }
  })
}

function writeFrame(writer: ByteWriter, { width, height, shift, scale }: Frame): void {
  writer.segment(Marker.startOfFrame, (inner) => {
    inner.uint(1, 0)
    inner.uint(1, 255)
    inner.uint(2, height)
    inner.uint(2, width)
    writeScaled(inner, 2, shift)
    writeScaled(inner, 2, scale)
    inner.uint(1, ENCODER)
    inner.uint(2, 0)
  })
}

/** Blocks that share a table, the table before them. */
function writeBlocks(writer: ByteWriter, id: number, blocks: readonly Int32Array[]): void {
  const frequencies = new Uint32Array(256)
  for (const block of blocks) eachSymbol(block, (symbol) => (frequencies[symbol]! += 1))
  const table = tableFor(frequencies)
  writeTable(writer, id, table)
  const { codes, lengths } = codesOf(table)
  for (const block of blocks) {
    writer.segment(Marker.startOfBlock, (inner) => inner.uint(1, id))
    eachSymbol(block, (symbol, extra, extraBits) => {
      writer.bits(codes[symbol]!, lengths[symbol]!)
      writer.bits(extra, extraBits)
    })
    writer.align()
  }
}

function writeTable(writer: ByteWriter, id: number, { counts, symbols }: HuffmanTable): void {
  writer.segment(Marker.huffmanTable, (inner) => {
    inner.uint(1, id)
    for (const count of counts) inner.uint(1, count)
    inner.bytes(symbols)
  })
}

/** An integer of so many bytes, and the power of ten by which it is to be divided. */
function scaled(value: number, bytes: 2 | 4): { power: number; whole: number } {
  const limit = 256 ** bytes
  if (value === 0) return { power: 0, whole: 0 }
  let power = 0
  let whole = value
  while (power < 255 && Math.round(whole * 10) < limit) {
    whole *= 10
    power += 1
  }
  return { power, whole: Math.round(whole) }
}

function writeScaled(writer: ByteWriter, bytes: 2 | 4, value: number): void {
  const { power, whole } = scaled(value, bytes)
  writer.uint(1, power)
  writer.uint(bytes, whole)
}

/** What a reader finds of a value in two bytes: bins are chosen by that, not by what was meant. */
function asWritten(value: number): number {
  const { power, whole } = scaled(value, 2)
  let read = whole
  for (let count = power; count > 0; count -= 1) read /= 10
  return read
}
