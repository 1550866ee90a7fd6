/**
 * Records of finger images out of what holds them. A passport's data group 3 holds one for each
 * finger, and says twice which finger that is; everything else is a record, or an image, itself.
 */
import type { FingerImage } from '../../matcher/image/finger-image.ts'
import { readFingers } from '../../matcher/image/read-fingers.ts'
import type { ReadOptions } from '../../matcher/image/read.ts'
import { chipFileOf } from '../../protocol/document/chip-file.ts'
import { isSameFinger, readChipFingers } from '../../protocol/document/finger-record.ts'
import { TamgaError } from '../../protocol/errors.ts'

/** @throws TamgaError `unprocessable`: a data group 3 that is none, or that contradicts itself */
export function fingerRecords(bytes: Uint8Array): readonly Uint8Array[] {
  if (chipFileOf(bytes) !== 3) return [bytes]
  const fingers = readChipFingers(bytes)
  if (fingers.every(isSameFinger)) return fingers.map(({ record }) => record)
  throw new TamgaError('unprocessable', 'DG3: header and record of a finger name two positions')
}

/** Every image. @throws TamgaError as `fingerRecords`; InvalidImage */
export function fingerImages(bytes: Uint8Array, options: ReadOptions): FingerImage[] {
  return fingerRecords(bytes).flatMap((record) => readFingers(record, options))
}
