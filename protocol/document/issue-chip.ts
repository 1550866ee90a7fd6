/**
 * The files of a chip: the zone, two fingers, the list of what is there, and a state's signature.
 *
 * Source: ICAO Doc 9303 part 10 §4. A face (data group 2) is mandatory on a real passport, and no
 * face is known here: these files are for the two fingers, not a whole document.
 */
import type { DataSigner } from '../../crypto/x509/sign-data.ts'
import type { ChipFile, DataGroup } from './chip-file.ts'
import { writeCommonData } from './common-data.ts'
import { writeChipFingers, type FingerView } from './finger-record.ts'
import { InvalidDocument } from './invalid-document.ts'
import { signSecurityObject } from './security-object.ts'
import { writeZoneData } from './zone-data.ts'

export interface ChipRequest {
  /** The machine readable zone, with or without ends of lines. */
  readonly zone: string
  /** In the order in which they stand on the chip. */
  readonly fingers: readonly FingerView[]
  /** Milliseconds since 1970. */
  readonly at: number
}

/**
 * EF.COM, DG1, DG3 and EF.SOD. Trusts the caller that the person is who the zone says, and that the
 * signer may sign at that time.
 *
 * @throws InvalidDocument `malformed`: a zone with a wrong check digit, or no finger
 */
export function issueChip(
  { zone, fingers, at }: ChipRequest,
  signer: DataSigner,
): Map<ChipFile, Uint8Array> {
  if (fingers.length === 0) throw new InvalidDocument('malformed', 'no finger for the chip')
  const groups = new Map<DataGroup, Uint8Array>([
    [1, writeZoneData(zone)],
    [3, writeChipFingers(fingers)],
  ])
  return new Map<ChipFile, Uint8Array>([
    ['com', writeCommonData([...groups.keys()])],
    ...groups,
    ['sod', signSecurityObject({ groups, at }, signer)],
  ])
}
