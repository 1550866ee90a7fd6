/** What stands in the files of a chip, each read or with what is wrong with it. Never throws. */
import type { PublicKey } from '../../crypto/x509/public-key.ts'
import { readBiometricTemplates, type BiometricTemplate } from './biometric-templates.ts'
import type { ChipFile, ChipFiles } from './chip-file.ts'
import { readChipKey, readSecurityInfos, type SecurityInfo } from './chip-security.ts'
import { readCommonData, type CommonData } from './common-data.ts'
import { readChipFingers, type ChipFinger } from './finger-record.ts'
import { InvalidDocument, type DocumentFault } from './invalid-document.ts'
import type { Mrz } from './mrz.ts'
import { readSecurityObject, type SecurityObject } from './security-object.ts'
import { readZoneData } from './zone-data.ts'

export type Contents<T> =
  | { readonly value: T; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: DocumentFault; readonly message: string }

/** Undefined where the file is not there. */
export interface ChipContents {
  readonly files: ChipFiles
  readonly common: Contents<CommonData> | undefined
  readonly zone: Contents<Mrz> | undefined
  readonly faces: Contents<readonly BiometricTemplate[]> | undefined
  readonly fingers: Contents<readonly ChipFinger[]> | undefined
  readonly infos: Contents<readonly SecurityInfo[]> | undefined
  readonly key: Contents<PublicKey> | undefined
  readonly securityObject: Contents<SecurityObject> | undefined
}

/** Other data groups are held against their hashes, and not looked into. */
export function readChip(files: ChipFiles): ChipContents {
  return {
    files,
    common: contents(files, 'com', readCommonData),
    zone: contents(files, 1, readZoneData),
    faces: contents(files, 2, (bytes) => readBiometricTemplates(bytes, 2)),
    fingers: contents(files, 3, readChipFingers),
    infos: contents(files, 14, readSecurityInfos),
    key: contents(files, 15, readChipKey),
    securityObject: contents(files, 'sod', readSecurityObject),
  }
}

function contents<T>(
  files: ChipFiles,
  file: ChipFile,
  read: (bytes: Uint8Array) => T,
): Contents<T> | undefined {
  const bytes = files.get(file)
  if (!bytes) return undefined
  try {
    return { value: read(bytes) }
  } catch (error) {
    if (!(error instanceof InvalidDocument)) throw error
    return { fault: error.fault, message: error.message }
  }
}
