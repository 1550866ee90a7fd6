/** Reads whatever finger images come in: one bare image, or a record of several with positions. */
import type { FingerImage } from './finger-image.ts'
import { IMAGE_BYTES_MAX } from './image.ts'
import { InvalidImage } from './invalid-image.ts'
import { FIR_VERSION_2011, readFingerImageRecord2011 } from './iso-19794-4-2011.ts'
import { FIR_MAGIC, readFingerImageRecord } from './iso-19794-4.ts'
import { NIST_MAGIC, readNistTransaction } from './nist-itl.ts'
import { readImage, type ReadOptions } from './read.ts'

const RECORDS: readonly [magic: readonly number[], read: (bytes: Uint8Array) => FingerImage[]][] = [
  [FIR_MAGIC, readFir],
  [NIST_MAGIC, readNistTransaction],
]

/**
 * Trusts nothing. `options` are for a bare image, which is of an unknown finger; records state
 * resolutions themselves.
 *
 * @throws InvalidImage
 */
export function readFingers(bytes: Uint8Array, options: ReadOptions = {}): FingerImage[] {
  if (bytes.length > IMAGE_BYTES_MAX) {
    throw new InvalidImage('too-long', `${bytes.length} bytes, at most ${IMAGE_BYTES_MAX}`)
  }
  const record = RECORDS.find(([magic]) => magic.every((byte, place) => bytes[place] === byte))
  if (record && !options.raw) return record[1](bytes)
  return [{ position: 0, impression: 0, quality: 0, image: readImage(bytes, options) }]
}

/** Of either edition. */
function readFir(bytes: Uint8Array): FingerImage[] {
  const version = String.fromCharCode(...bytes.subarray(4, 8))
  if (version === FIR_VERSION_2011) return readFingerImageRecord2011(bytes)
  return readFingerImageRecord(bytes)
}
