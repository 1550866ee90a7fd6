/**
 * The files of a passport's chip, which the first byte of each tells apart.
 *
 * Source: ICAO Doc 9303 part 10 §4.6 and §4.7.
 */
import { readElement } from '../../crypto/asn1/element.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'
import { CHIP_FILE_BYTES_MAX } from './limits.ts'

/** EF.COM, EF.SOD, and the data groups by number. */
export type ChipFile = 'com' | 'sod' | DataGroup

export type DataGroup = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16

export const TAGS: ReadonlyMap<number, ChipFile> = new Map<number, ChipFile>([
  [0x60, 'com'],
  [0x61, 1],
  [0x75, 2],
  [0x63, 3],
  [0x76, 4],
  [0x65, 5],
  [0x66, 6],
  [0x67, 7],
  [0x68, 8],
  [0x69, 9],
  [0x6a, 10],
  [0x6b, 11],
  [0x6c, 12],
  [0x6d, 13],
  [0x6e, 14],
  [0x6f, 15],
  [0x70, 16],
  [0x77, 'sod'],
])

/** Files as they came from a chip, whole: hashes are over all of their bytes. */
export type ChipFiles = ReadonlyMap<ChipFile, Uint8Array>

/** Which file it would be by its first byte; undefined for none. */
export function chipFileOf(bytes: Uint8Array): ChipFile | undefined {
  return TAGS.get(bytes[0] ?? 0)
}

export function tagOf(file: ChipFile): number {
  for (const [tag, named] of TAGS) if (named === file) return tag
  throw new RangeError(`no tag for ${file}`)
}

export function isDataGroup(file: string | number | undefined): file is DataGroup {
  return typeof file === 'number' && Number.isInteger(file) && file >= 1 && file <= 16
}

export function fileName(file: ChipFile): string {
  return isDataGroup(file) ? `DG${file}` : `EF.${file.toUpperCase()}`
}

/**
 * What stands in a file, which must be that element and nothing behind it.
 *
 * @throws InvalidDocument
 */
export function contentOf(file: ChipFile, bytes: Uint8Array): Uint8Array {
  const name = fileName(file)
  if (bytes.length > CHIP_FILE_BYTES_MAX) {
    throw new InvalidDocument('too-large', `${name} of ${bytes.length} bytes`)
  }
  if (chipFileOf(bytes) !== file) throw new InvalidDocument('wrong-file', `this is not ${name}`)
  return withFaults(name, () => readElement(bytes)).value
}
