/**
 * Marker segments of a WSQ file, each read from its own bytes.
 *
 * Source: FBI IAFIS-IC-0110 (WSQ v3.1). A number is an integer and the power of ten that it is to
 * be divided by.
 */
import { ByteReader, ranged } from '../byte-reader.ts'
import { InvalidImage } from '../invalid-image.ts'
import { CODE_BITS_MAX, type HuffmanTable } from './huffman.ts'
import { BANDS } from './subbands.ts'
import { HALF_TAPS_MAX, type FilterBank } from './wavelet.ts'

export const Marker = {
  startOfImage: 0xffa0,
  endOfImage: 0xffa1,
  startOfFrame: 0xffa2,
  startOfBlock: 0xffa3,
  transformTable: 0xffa4,
  quantisationTable: 0xffa5,
  huffmanTable: 0xffa6,
  restartInterval: 0xffa7,
  comment: 0xffa8,
} as const

/** Tables that a file may hold at once. */
const HUFFMAN_TABLES = 8

/** Taps beyond this would let sums overflow; the standard ones are below 1. */
const TAP_MAX = 4

/** Subbands in the table of bin widths; those from 60 on are not coded. */
export const TABLE_BANDS = 64

export interface Frame {
  readonly width: number
  readonly height: number
  /** What was subtracted from every pixel. */
  readonly shift: number
  /** What it was divided by after that. */
  readonly scale: number
}

export interface Quantisation {
  /** Where in its bin a value is taken to be, 0.44 as a rule. */
  readonly centre: number
  /** Bin widths by subband, 0 for one that is not coded. */
  readonly bins: Float64Array
  /** Widths of the bin around zero. */
  readonly zeroBins: Float64Array
}

/** What follows a marker and its length. */
export function readSegment(reader: ByteReader, name: string): ByteReader {
  const length = reader.uint16(`length of ${name}`)
  if (length < 2) throw new InvalidImage('length', `${name} of ${length} bytes`)
  return new ByteReader(reader.bytes(length - 2, name))
}

export function readFrame(segment: ByteReader): Frame {
  segment.uint8('black')
  segment.uint8('white')
  const height = segment.uint16('height')
  const width = segment.uint16('width')
  const shift = readScaled(segment, 2, 'shift')
  const scale = readScaled(segment, 2, 'scale')
  return { width, height, shift, scale }
}

/**
 * Filters are sent as the right halves of both analysis filters.
 *
 * @throws InvalidImage `unsupported` for filters of even length, which no file known here has
 */
export function readTransform(segment: ByteReader): FilterBank {
  const low = segment.uint8('taps of the low-pass filter')
  const high = segment.uint8('taps of the high-pass filter')
  for (const taps of [low, high]) {
    ranged(taps, 1, 2 * HALF_TAPS_MAX - 1, 'taps of a filter')
    if (taps % 2 === 0) throw new InvalidImage('unsupported', 'filters of even length')
  }
  const analysis = readTaps(segment, (low + 1) / 2)
  const highPass = readTaps(segment, (high + 1) / 2)
  return { analysis, synthesis: highPass.map((tap, place) => (place % 2 === 0 ? tap : -tap)) }
}

function readTaps(segment: ByteReader, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => {
    const sign = segment.uint8('sign of a tap') === 0 ? 1 : -1
    const size = readScaled(segment, 4, 'filter tap')
    return sign * ranged(size, 0, TAP_MAX, 'filter tap')
  })
}

export function readQuantisation(segment: ByteReader): Quantisation {
  const centre = readScaled(segment, 2, 'bin centre')
  const bins = new Float64Array(BANDS)
  const zeroBins = new Float64Array(BANDS)
  for (let band = 0; band < TABLE_BANDS; band += 1) {
    const bin = readScaled(segment, 2, 'bin width')
    const zeroBin = readScaled(segment, 2, 'zero bin width')
    if (band < BANDS) {
      bins[band] = bin
      zeroBins[band] = zeroBin
    } else if (bin !== 0) {
      throw new InvalidImage('unsupported', `subband ${band} is coded`)
    }
  }
  return { centre, bins, zeroBins }
}

/** One segment may hold several tables. */
export function readHuffmanTables(segment: ByteReader): Map<number, HuffmanTable> {
  const tables = new Map<number, HuffmanTable>()
  while (segment.left > 0) {
    const id = ranged(segment.uint8('table number'), 0, HUFFMAN_TABLES - 1, 'table number')
    const counts = [...segment.bytes(CODE_BITS_MAX, 'code counts')]
    const total = counts.reduce((sum, count) => sum + count, 0)
    ranged(total, 0, 256, 'number of codes')
    tables.set(id, { counts, symbols: segment.bytes(total, 'symbols').slice() })
  }
  return tables
}

/** The resolution that a NISTCOM comment states, dpi. */
export function dpiOfComment(segment: ByteReader): number | undefined {
  const bytes = segment.bytes(segment.left, 'comment')
  const text = new TextDecoder('latin1').decode(bytes)
  if (!text.startsWith('NIST_COM')) return undefined
  const [, dpi] = /^PPI (\d{1,5})$/m.exec(text) ?? []
  return dpi === undefined || Number(dpi) === 0 ? undefined : Number(dpi)
}

function readScaled(segment: ByteReader, bytes: 2 | 4, field: string): number {
  let power = segment.uint8(`${field}'s power`)
  let value = segment.uint(bytes, field)
  // Not `10 ** power`, which engines may round differently.
  for (; power > 0; power -= 1) value /= 10
  return value
}
