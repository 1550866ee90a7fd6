/**
 * Finger image records of a chip: which fingers, and where each image's bytes are.
 *
 * Source: ISO/IEC 19794-4:2005; ISO/IEC 19785-3 for a finger's number in a template's header, which
 * is another one than in the record: they are held against each other. Images are located, not
 * decoded.
 */
import { concatBytes } from '../../crypto/bytes.ts'
import {
  FINGER_IMAGE_FORMAT,
  FINGERPRINT,
  ISO_OWNER,
  readBiometricTemplates,
  writeBiometricTemplates,
  type BiometricTemplate,
} from './biometric-templates.ts'
import { InvalidDocument } from './invalid-document.ts'
import { VIEWS_MAX } from './limits.ts'

export type Compression = 'raw' | 'packed' | 'wsq' | 'jpeg' | 'jpeg-2000' | 'png'

export interface FingerView {
  /** ISO finger position: 0 unknown, 1 right thumb to 5 right little, 6 left thumb to 10. */
  readonly position: number
  /** 0 to 100; 254 and 255 say that there is none. */
  readonly quality: number
  /** 0 is live-scan plain. */
  readonly impression: number
  readonly width: number
  readonly height: number
  /** Pixels of 8 bits per inch, both ways. */
  readonly dpi: number
  readonly compression: Compression
  readonly image: Uint8Array
}

export interface ChipFinger {
  /** What the template's header says; undefined where it says nothing. */
  readonly said: number | undefined
  /** ISO/IEC 19794-4, as it came. */
  readonly record: Uint8Array
  /** What stands in its record. */
  readonly views: readonly FingerView[]
}

const MAGIC = 'FIR\x00010\0'
const HEADER_BYTES = 32
const VIEW_HEADER_BYTES = 14
const PER_INCH = 1
const CENTIMETRES_PER_INCH = 2.54

/** By the record's own codes. */
const COMPRESSIONS: readonly Compression[] = ['raw', 'packed', 'wsq', 'jpeg', 'jpeg-2000', 'png']

/** Acquisition: 500 dpi, 8 bits, the level of a live scanner (ISO/IEC 19794-4 table 1). */
const ACQUISITION_LEVEL = 31
const DEPTH = 8

/**
 * The fingers of data group 3. Templates of another format are refused: Doc 9303 wants this one.
 *
 * @throws InvalidDocument
 */
export function readChipFingers(bytes: Uint8Array): ChipFinger[] {
  return readBiometricTemplates(bytes, 3).map(({ owner, formatType, subtype, data }) => {
    if (owner !== ISO_OWNER || formatType !== FINGER_IMAGE_FORMAT) {
      throw new InvalidDocument('not-supported', `DG3: templates of format ${owner}/${formatType}`)
    }
    return { said: positionOf(subtype), record: data, views: readFingerViews(data) }
  })
}

/** Whether header and record name the same finger, in every template; a header may say nothing. */
export function isSameFinger({ said, views }: ChipFinger): boolean {
  return views.every(({ position }) => said === undefined || said === position)
}

/** Data group 3 with a template for each finger. */
export function writeChipFingers(fingers: readonly FingerView[]): Uint8Array {
  const templates = fingers.map((view): BiometricTemplate => {
    return {
      type: FINGERPRINT,
      subtype: subtypeOf(view.position),
      owner: ISO_OWNER,
      formatType: FINGER_IMAGE_FORMAT,
      data: writeFingerRecord(view),
    }
  })
  return writeBiometricTemplates(templates, 3)
}

/** @throws InvalidDocument */
export function readFingerViews(record: Uint8Array): FingerView[] {
  const head = Buffer.from(record.subarray(0, HEADER_BYTES))
  if (head.length < HEADER_BYTES || head.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new InvalidDocument('malformed', 'DG3: not a finger image record of 2005')
  }
  if (head.readUIntBE(8, 6) !== record.length) {
    throw new InvalidDocument('malformed', 'DG3: a record of another length than it says')
  }
  const compression = COMPRESSIONS[head.readUInt8(29)]
  if (head.readUInt8(28) !== DEPTH || !compression) {
    throw new InvalidDocument('not-supported', 'DG3: a depth or compression that is not known')
  }
  const resolution = head.readUInt16BE(24)
  const isPerInch = head.readUInt8(19) === PER_INCH
  const dpi = isPerInch ? resolution : Math.round(resolution * CENTIMETRES_PER_INCH)
  const views: FingerView[] = []
  for (let offset = HEADER_BYTES; offset < record.length;) {
    const left = Buffer.from(record.subarray(offset, offset + VIEW_HEADER_BYTES))
    const length = left.length < VIEW_HEADER_BYTES ? 0 : left.readUInt32BE(0)
    if (length < VIEW_HEADER_BYTES || length > record.length - offset) {
      throw new InvalidDocument('malformed', `DG3: a view of ${length} bytes at ${offset}`)
    }
    if (views.length === VIEWS_MAX) throw new InvalidDocument('malformed', 'DG3: too many views')
    views.push({
      position: left.readUInt8(4),
      quality: left.readUInt8(7),
      impression: left.readUInt8(8),
      width: left.readUInt16BE(9),
      height: left.readUInt16BE(11),
      dpi,
      compression,
      image: record.subarray(offset + VIEW_HEADER_BYTES, offset + length),
    })
    offset += length
  }
  if (views.length > 0) return views
  throw new InvalidDocument('malformed', 'DG3: a record without views')
}

function writeFingerRecord(view: FingerView): Uint8Array {
  const { image, dpi } = view
  const record = Buffer.alloc(HEADER_BYTES + VIEW_HEADER_BYTES)
  record.write(MAGIC, 'latin1')
  record.writeUIntBE(record.length + image.length, 8, 6)
  record.writeUInt16BE(ACQUISITION_LEVEL, 16)
  record.writeUInt8(1, 18)
  record.writeUInt8(PER_INCH, 19)
  for (const place of [20, 22, 24, 26]) record.writeUInt16BE(dpi, place)
  record.writeUInt8(DEPTH, 28)
  record.writeUInt8(COMPRESSIONS.indexOf(view.compression), 29)
  record.writeUInt32BE(VIEW_HEADER_BYTES + image.length, 32)
  record.set([view.position, 1, 1, view.quality, view.impression], 36)
  record.writeUInt16BE(view.width, 41)
  record.writeUInt16BE(view.height, 43)
  return concatBytes(record, image)
}

/**
 * ISO position of a CBEFF subtype: two bits for the hand, three for the finger from the thumb on.
 */
function positionOf(subtype: number | undefined): number | undefined {
  if (subtype === undefined || subtype === 0) return undefined
  const [hand, finger] = [subtype & 3, subtype >> 2]
  if ((hand !== 1 && hand !== 2) || finger < 1 || finger > 5) {
    throw new InvalidDocument('malformed', `DG3: ${subtype} is no finger`)
  }
  return finger + (hand === 1 ? 0 : 5)
}

function subtypeOf(position: number): number {
  return position <= 5 ? (position << 2) | 1 : ((position - 5) << 2) | 2
}
