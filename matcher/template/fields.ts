/** The parts that all editions of the minutiae formats share. */
import type { ByteReader } from './byte-reader.ts'
import {
  InvalidTemplate,
  type ExtendedArea,
  type Minutia,
  type MinutiaType,
  type Sensor,
} from './template.ts'

/** Finger positions 0..10; palms and slaps have no minutiae view of their own. */
export const POSITION_MAX = 10

/** Area type code and length. */
export const AREA_HEADER_BYTES = 4

/** How far NIST's samples of 2007 are off, bytes. */
const BLOCK_MISS_BYTES_MAX = 2

/** Two high bits of a minutia's x, by ISO/IEC 19794-2:2005 §7.4.2.2; 3 is reserved. */
const TYPES: readonly MinutiaType[] = ['other', 'ending', 'bifurcation']

const COORDINATE_MASK = 0x3fff
const CERTIFIED_BIT = 0x8000
const SENSOR_ID_MASK = 0x0fff

/** ISO/IEC 19794-1: quality not reported, and failed to compute. */
const QUALITY_UNREPORTED = 254

interface MinutiaeOptions {
  angleUnit: 'iso' | 'ansi'
  hasQuality: boolean
}

export function readMinutiae(
  reader: ByteReader,
  count: number,
  { angleUnit, hasQuality }: MinutiaeOptions,
): Minutia[] {
  const minutiae: Minutia[] = []
  for (let index = 0; index < count; index += 1) {
    const typeAndX = reader.uint16('minutia type and x')
    const y = reader.uint16('minutia y') & COORDINATE_MASK
    const angle = reader.uint8('minutia angle')
    const quality = hasQuality ? readQuality(reader, 'minutia quality') : 0
    const type = TYPES[reader.ranged(typeAndX >> 14, 0, 2, 'minutia type')] ?? 'other'
    minutiae.push({
      x: typeAndX & COORDINATE_MASK,
      y,
      angle: angleUnit === 'iso' ? angle : fromTwoDegrees(angle),
      type,
      quality,
    })
  }
  return minutiae
}

/** 0..100; what the standard reserves for "none" becomes 0. */
export function readQuality(reader: ByteReader, field: string): number {
  const quality = reader.uint8(field)
  return quality >= QUALITY_UNREPORTED ? 0 : reader.ranged(quality, 0, 100, field)
}

/** Pixels per centimetre; 0 would put every minutia nowhere. */
export function readResolution(reader: ByteReader, field: string): number {
  return reader.ranged(reader.uint16(field), 1, 0xffff, field)
}

export function readPosition(reader: ByteReader): number {
  return reader.ranged(reader.uint8('finger position'), 0, POSITION_MAX, 'finger position')
}

/** Of the editions that have two bytes for what captured the print. */
export function readPackedSensor(reader: ByteReader): Sensor {
  const packed = reader.uint16('capture equipment')
  return { certified: (packed & CERTIFIED_BIT) !== 0, id: packed & SENSOR_ID_MASK }
}

/** @throws InvalidTemplate `field-range` */
export function packedSensor({ certified, id }: Sensor = { certified: false, id: 0 }): number {
  if (Number.isInteger(id) && id >= 0 && id <= SENSOR_ID_MASK) {
    return (certified ? CERTIFIED_BIT : 0) | id
  }
  throw new InvalidTemplate('field-range', `sensor id is ${id}, not in 0..${SENSOR_ID_MASK}`)
}

/** ANSI 378 counts in 2°. A published sample has values past 360°, so they wrap. */
function fromTwoDegrees(angle: number): number {
  return Math.round((angle * 64) / 45) & 0xff
}

interface ExtensionsOptions {
  /** What the edition says an area's length counts. */
  areaLength: 'header-counted' | 'data-only'
  /** Whether the block should end where the record does. */
  isLast: boolean
}

/**
 * The extended data block behind a view's minutiae.
 *
 * Editions disagree on whether an area's length counts its own four header bytes, and so do writers
 * of the same edition. The block's length decides: it must be filled exactly, and the reading the
 * edition prescribes is tried first. NIST's own samples misstate the length of a core and delta
 * area, and with it the block's, by up to `BLOCK_MISS_BYTES_MAX`: there the record's end decides.
 */
export function readExtensions(
  reader: ByteReader,
  { areaLength, isLast }: ExtensionsOptions,
): ExtendedArea[] {
  const declared = reader.uint16('extended data block length')
  const start = reader.offset
  const miss = Math.abs(reader.left - declared)
  const misstated = isLast && declared > 0 && miss <= BLOCK_MISS_BYTES_MAX
  const block = reader.bytes(misstated ? reader.left : declared, 'extended data block')
  const counted = areaLength === 'header-counted'
  const slack = misstated ? miss : 0
  const areas = splitAreas(block, counted, slack) ?? splitAreas(block, !counted, slack)
  if (areas) return areas
  throw new InvalidTemplate('length', `extended areas do not fill ${block.length} bytes`, start)
}

function splitAreas(
  block: Uint8Array,
  headerCounted: boolean,
  slack: number,
): ExtendedArea[] | undefined {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  const areas: ExtendedArea[] = []
  let offset = 0
  while (offset < block.length) {
    if (block.length - offset < AREA_HEADER_BYTES) return undefined
    const declared = offset + view.getUint16(offset + 2) + (headerCounted ? 0 : AREA_HEADER_BYTES)
    const end = Math.abs(declared - block.length) <= slack ? block.length : declared
    if (end < offset + AREA_HEADER_BYTES || end > block.length) return undefined
    areas.push({
      type: view.getUint16(offset),
      data: block.slice(offset + AREA_HEADER_BYTES, end),
    })
    offset = end
  }
  return areas
}
