/**
 * A finger as the gallery holds it: a record of fixed length, made from a template and never sent
 * instead of one. Derived data: it can be rebuilt from the sealed template at any time.
 *
 * | bytes | what |
 * |---|---|
 * | 0 | `PACKED_VERSION` |
 * | 1 | described minutiae, 0..32 |
 * | 2 | minutiae, 0..48; the described come first |
 * | 3 | zero |
 * | 4.. | 32 descriptors of `DESCRIPTOR_WORDS` words |
 * | | 32 bytes: `NORMS` of the bits set in each descriptor |
 * | | 48 x, then 48 y: int16 little-endian, pixels at 500 dpi from their mean, y upwards |
 * | | 48 directions, 256 to the turn, counter-clockwise |
 *
 * Minutiae are ordered by quality, and where that is equal or unknown from the middle outwards.
 */
import {
  DESCRIPTOR_BITS,
  DESCRIPTOR_WORDS,
  commonBits,
  describe,
  type Describe,
  type Oriented,
} from './descriptor.ts'
import { clamp } from './integer.ts'
import type { FingerView } from './template/template.ts'

/** Changes with everything that changes a record or a score; records of others are refused. */
export const PACKED_VERSION = 2

/** More are mostly spurious: on FVC2002 more centres than this made matching worse. */
export const DESCRIBED_MAX = 32

/** As above, for the precise pass. Fits six bits, which the pairing of minutiae relies on. */
export const MINUTIAE_MAX = 48

export const DESCRIPTORS_AT = 4
export const NORMS_AT = DESCRIPTORS_AT + DESCRIBED_MAX * DESCRIPTOR_WORDS * 4
export const X_AT = NORMS_AT + DESCRIBED_MAX
export const Y_AT = X_AT + MINUTIAE_MAX * 2
export const DIRECTIONS_AT = Y_AT + MINUTIAE_MAX * 2

/** Multiple of four, so that the words of records that follow one another are aligned. */
export const PACKED_BYTES = DIRECTIONS_AT + MINUTIAE_MAX

/** 500 dpi in pixels per centimetre, as ISO/IEC 19794-2 rounds it. */
const RESOLUTION = 197

/**
 * Farthest from the mean, pixels: twice a four-finger scanner's width; products stay in 31 bits.
 */
export const OFFSET_MAX = 1023

/**
 * 2^9.5 / √bits: bits in common times the norms of both descriptors is their cosine, 2^19 where
 * they are equal. It ends at a byte, so that hardly anything is alike that has under eight bits.
 */
export const COSINE_BITS = 19
export const NORMS = Uint8Array.from({ length: DESCRIPTOR_BITS + 1 }, (_, bits) =>
  bits === 0 ? 0 : Math.min(0xff, Math.round(Math.sqrt(2 ** COSINE_BITS / bits))),
)

export type InvalidPackedCode = 'length' | 'version' | 'counts' | 'offsets'

/** A record that `pack` of this version cannot have made. */
export class InvalidPacked extends Error {
  override readonly name = 'InvalidPacked'
  readonly code: InvalidPackedCode

  constructor(code: InvalidPackedCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Total: any view gives a record, and one without minutiae a record that matches nothing. With
 * another descriptor than ours it is good for trying that out, and nothing else.
 */
export function pack(view: FingerView, describeIn: Describe = describe): Uint8Array {
  const all = placed(view)
  const minutiae = byWorth(view, all)
    .slice(0, MINUTIAE_MAX)
    .map((index) => all[index]!)
  const described = minutiae.slice(0, DESCRIBED_MAX)
  const record = new Uint8Array(PACKED_BYTES)
  record.set([PACKED_VERSION, described.length, minutiae.length, 0])
  const words = new Int32Array(DESCRIBED_MAX * DESCRIPTOR_WORDS)
  for (const [index, centre] of described.entries()) {
    const at = index * DESCRIPTOR_WORDS
    describeIn(centre, all, words, at)
    record[NORMS_AT + index] = NORMS[commonBits(words, at, words, at)]!
  }
  const fields = new DataView(record.buffer)
  for (const [index, word] of words.entries()) {
    fields.setInt32(DESCRIPTORS_AT + index * 4, word, true)
  }
  const meanX = mean(minutiae.map(({ x }) => x))
  const meanY = mean(minutiae.map(({ y }) => y))
  for (const [index, { x, y, angle }] of minutiae.entries()) {
    fields.setInt16(X_AT + index * 2, clamp(x - meanX, -OFFSET_MAX, OFFSET_MAX), true)
    fields.setInt16(Y_AT + index * 2, clamp(y - meanY, -OFFSET_MAX, OFFSET_MAX), true)
    record[DIRECTIONS_AT + index] = angle
  }
  return record
}

/** @throws InvalidPacked where it is not a record of this version */
export function checkPacked(record: Uint8Array): void {
  if (record.length !== PACKED_BYTES) {
    const message = `a record has ${PACKED_BYTES} bytes, this one ${record.length}`
    throw new InvalidPacked('length', message)
  }
  const [version, described = 0, minutiae = 0] = record
  if (version !== PACKED_VERSION) {
    throw new InvalidPacked('version', `version ${version}, not ${PACKED_VERSION}`)
  }
  if (minutiae > MINUTIAE_MAX || described !== Math.min(minutiae, DESCRIBED_MAX)) {
    throw new InvalidPacked('counts', `${described} of ${minutiae} minutiae cannot be described`)
  }
  const fields = new DataView(record.buffer, record.byteOffset, record.byteLength)
  for (let at = X_AT; at < DIRECTIONS_AT; at += 2) {
    const offset = fields.getInt16(at, true)
    if (Math.abs(offset) <= OFFSET_MAX) continue
    throw new InvalidPacked('offsets', `a minutia is ${offset} pixels from the middle`)
  }
}

/** Which of the view's minutiae a record of it holds, as indexes, in the record's order. */
export function heldBy(view: FingerView): number[] {
  return byWorth(view, placed(view)).slice(0, MINUTIAE_MAX)
}

/** Minutiae at 500 dpi with y upwards. */
function placed({ minutiae, resolutionX, resolutionY }: FingerView): Oriented[] {
  return minutiae.map(({ x, y, angle }) => ({
    x: rescaled(x, resolutionX),
    y: -rescaled(y, resolutionY),
    angle: angle & 0xff,
  }))
}

/** Rounds halves up; what is no coordinate at all becomes 0. */
function rescaled(coordinate: number, resolution: number): number {
  const doubled = Math.floor((2 * coordinate * RESOLUTION) / resolution) + 1
  return Number.isFinite(doubled) ? clamp(doubled >> 1, -0x3fff, 0x3fff) : 0
}

function byWorth({ minutiae }: FingerView, all: readonly Oriented[]): number[] {
  const middleX = mean(all.map(({ x }) => x))
  const middleY = mean(all.map(({ y }) => y))
  const ranked = all.map(({ x, y }, index) => {
    const dx = x - middleX
    const dy = y - middleY
    return { index, quality: minutiae[index]!.quality, outwards: dx * dx + dy * dy }
  })
  ranked.sort((one, two) => two.quality - one.quality || one.outwards - two.outwards)
  return ranked.map(({ index }) => index)
}

function mean(values: readonly number[]): number {
  if (values.length === 0) return 0
  return Math.floor(values.reduce((sum, value) => sum + value, 0) / values.length)
}
