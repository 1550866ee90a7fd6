/**
 * Reads WSQ, the FBI's compression of fingerprints.
 *
 * Source: FBI IAFIS-IC-0110 (WSQ v3.1). Pixels are within one grey level of NBIS's decoder, which
 * computes in single precision throughout.
 */
import { ByteReader } from '../byte-reader.ts'
import { checkSize, type GreyImage } from '../image.ts'
import { InvalidImage } from '../invalid-image.ts'
import { BitReader } from './bit-reader.ts'
import { readCoefficients } from './coefficients.ts'
import { HuffmanDecoder, type HuffmanTable } from './huffman.ts'
import {
  dpiOfComment,
  Marker,
  readFrame,
  readHuffmanTables,
  readQuantisation,
  readSegment,
  readTransform,
  type Frame,
  type Quantisation,
} from './segments.ts'
import { areaOf, subbandsOf, type Subbands } from './subbands.ts'
import { synthesise, type FilterBank } from './wavelet.ts'

/** Segments before the last block; tables and comments may repeat, but nobody needs many. */
const SEGMENTS_MAX = 64

/** The standard has three. */
const BLOCKS_MAX = 16

interface Tables {
  frame?: Frame
  filters?: FilterBank
  quantisation?: Quantisation
  readonly huffman: Map<number, HuffmanTable>
  dpi?: number
}

interface Complete {
  frame: Frame
  filters: FilterBank
  quantisation: Quantisation
}

/**
 * Trusts nothing. Bytes behind the last coefficient are not looked at.
 *
 * @throws InvalidImage
 */
export function readWsq(bytes: Uint8Array): GreyImage {
  const reader = new ByteReader(bytes)
  if (reader.uint16('marker') !== Marker.startOfImage) {
    throw new InvalidImage('magic', 'not a WSQ file')
  }
  const tables: Tables = { huffman: new Map() }
  const firstTable = readUpToBlock(reader, tables)
  const complete = completeTables(tables)
  const { frame, filters } = complete
  const { width, height } = frame
  checkSize(width, height, bytes.length)
  const tree = subbandsOf(width, height)
  const coefficients = new Int32Array(countOf(tree, complete.quantisation))
  readBlocks({ bytes, reader, tables, firstTable }, coefficients)
  const plane = dequantised(coefficients, tree, complete)
  synthesise(plane, width, tree, filters)
  return { width, height, pixels: greyOf(plane, frame), dpi: tables.dpi }
}

/** Reads tables and comments up to a block, and gives the number of the block's table. */
function readUpToBlock(reader: ByteReader, tables: Tables): number {
  for (let count = 0; count < SEGMENTS_MAX; count += 1) {
    const marker = reader.uint16('marker')
    if (marker === Marker.endOfImage) {
      throw new InvalidImage('content', 'it ends before its last coefficient')
    }
    const segment = readSegment(reader, 'segment')
    if (marker === Marker.startOfBlock) return segment.uint8('table number')
    readTable(marker, segment, tables)
  }
  throw new InvalidImage('content', `more than ${SEGMENTS_MAX} segments before a block`)
}

function readTable(marker: number, segment: ByteReader, tables: Tables): void {
  switch (marker) {
    case Marker.startOfFrame:
      tables.frame ??= readFrame(segment)
      break
    case Marker.transformTable:
      tables.filters = readTransform(segment)
      break
    case Marker.quantisationTable:
      tables.quantisation = readQuantisation(segment)
      break
    case Marker.huffmanTable:
      for (const [id, table] of readHuffmanTables(segment)) tables.huffman.set(id, table)
      break
    case Marker.comment:
      tables.dpi ??= dpiOfComment(segment)
      break
    case Marker.restartInterval:
      // Restart markers are recognised wherever they stand.
      break
    default:
      throw new InvalidImage('content', `marker 0x${marker.toString(16)} has no place here`)
  }
}

function completeTables({ frame, filters, quantisation }: Tables): Complete {
  if (!frame) throw new InvalidImage('content', 'a block before the frame')
  if (!filters) throw new InvalidImage('content', 'a block before the filters')
  if (!quantisation) throw new InvalidImage('content', 'a block before the bin widths')
  return { frame, filters, quantisation }
}

/** How many coefficients are coded. */
function countOf({ bands }: Subbands, { bins }: Quantisation): number {
  return bands.reduce((sum, band, place) => sum + (bins[place] === 0 ? 0 : areaOf(band)), 0)
}

interface Blocks {
  bytes: Uint8Array
  /** Stands behind the header of the first block. */
  reader: ByteReader
  tables: Tables
  firstTable: number
}

/** Fills `into`, block after block; where one ends does not matter to what it says. */
function readBlocks({ bytes, reader, tables, firstTable }: Blocks, into: Int32Array): void {
  let filled = 0
  let count = 0
  let { offset } = reader
  let id = firstTable
  while (filled < into.length) {
    count += 1
    if (count > BLOCKS_MAX) throw new InvalidImage('content', `more than ${BLOCKS_MAX} blocks`)
    const table = tables.huffman.get(id)
    if (!table) throw new InvalidImage('content', `a block with table ${id}, which is not there`)
    const bits = new BitReader(bytes, offset)
    filled = readCoefficients(bits, new HuffmanDecoder(table), into, filled)
    if (filled === into.length) return
    const rest = new ByteReader(bytes, { offset: bits.offset })
    id = readUpToBlock(rest, tables)
    ;({ offset } = rest)
  }
}

function dequantised(
  coefficients: Int32Array,
  { bands }: Subbands,
  { frame, quantisation }: Complete,
): Float32Array {
  const { width, height } = frame
  const plane = new Float32Array(width * height)
  let place = 0
  for (const [number, band] of bands.entries()) {
    const bin = quantisation.bins[number] ?? 0
    const halfZero = (quantisation.zeroBins[number] ?? 0) / 2
    if (bin === 0) continue
    for (let row = band.y; row < band.y + band.height; row += 1) {
      for (let column = band.x; column < band.x + band.width; column += 1) {
        const value = coefficients[place]!
        place += 1
        if (value === 0) continue
        const size = bin * (Math.abs(value) - quantisation.centre) + halfZero
        plane[row * width + column] = value > 0 ? size : -size
      }
    }
  }
  return plane
}

function greyOf(plane: Float32Array, { shift, scale }: Frame): Uint8Array {
  const pixels = new Uint8Array(plane.length)
  for (let at = 0; at < pixels.length; at += 1) {
    // A clamped array would round halves to even; the standard rounds them up.
    const grey = Math.floor(plane[at]! * scale + shift + 0.5)
    pixels[at] = Math.max(0, Math.min(255, grey))
  }
  return pixels
}
