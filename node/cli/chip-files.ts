/** The files of a chip, from files and folders. */
import { readElement } from '../../crypto/asn1/element.ts'
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { SIGNED_DATA_BYTES_MAX } from '../../crypto/x509/limits.ts'
import { chipFileOf, fileName, type ChipFile } from '../../protocol/document/chip-file.ts'
import { CHIP_FILE_BYTES_MAX } from '../../protocol/document/limits.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { readUpTo } from './read-up-to.ts'
import { filesIn } from './trusted-files.ts'

interface FoundFiles {
  readonly files: ReadonlyMap<ChipFile, Uint8Array>
  /** In folders, what is no chip's file. */
  readonly others: readonly string[]
}

/** @throws TamgaError `conflict` for two of a kind; `unprocessable` where one is no chip's */
export async function readChipFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files = new Map<ChipFile, Uint8Array>()
  const others: string[] = []
  for (const path of await filesIn(paths)) {
    const isNamed = paths.includes(path)
    const bytes = await readUpTo(path, isNamed ? CHIP_FILE_BYTES_MAX : SIGNED_DATA_BYTES_MAX)
    const file = chipFileOf(bytes)
    if (file === undefined || !(isNamed || isElement(bytes))) {
      if (isNamed) throw new TamgaError('unprocessable', `${path} is no chip’s file`)
      others.push(path)
    } else if (files.has(file)) {
      throw new TamgaError('conflict', `${path} is a second ${fileName(file)}`)
    } else {
      files.set(file, bytes)
    }
  }
  if (files.size > 0) return { files, others }
  throw new TamgaError('unprocessable', `no chip’s file in ${paths.join(', ')}`)
}

/** A file's first byte alone may be any letter of a text. */
function isElement(bytes: Uint8Array): boolean {
  try {
    return readElement(bytes).raw.length === bytes.length
  } catch (error) {
    if (error instanceof InvalidAsn1) return false
    throw error
  }
}
