/** Chips of people who were never born, signed by a test authority's signer. */
import { setOf, sequence, integer } from '../../../../crypto/asn1/write.ts'
import { signData } from '../../../../crypto/x509/sign-data.ts'
import type { ChipFile, DataGroup } from '../../../../protocol/document/chip-file.ts'
import { writeCommonData } from '../../../../protocol/document/common-data.ts'
import { writeChipFingers, type FingerView } from '../../../../protocol/document/finger-record.ts'
import { MASTER_LIST } from '../../../../protocol/document/master-list.ts'
import { signSecurityObject } from '../../../../protocol/document/security-object.ts'
import type { Trust } from '../../../../protocol/document/trust.ts'
import { writeZoneData } from '../../../../protocol/document/zone-data.ts'
import { readRevocationList } from '../../../../crypto/x509/revocation-list.ts'
import {
  authority,
  documentSigner,
  FROM,
  revocationList,
  type Holder,
} from '../../../crypto/support/certificates.ts'

/** A Kazakh passport of a made-up person, which runs out in 2033. */
export const ZONE = [
  'P<KAZAKHMETOVA<<AIGERIM<<<<<<<<<<<<<<<<<<<<<',
  'N123456785KAZ9001011F3306013<<<<<<<<<<<<<<06',
].join('\n')

/** The signing time of our chips. */
export const SIGNED_AT = Date.parse('2024-03-01')

export const root = authority()
export const signer = documentSigner(root)

export function finger(position: number, changes: Partial<FingerView> = {}): FingerView {
  return {
    position,
    quality: 80,
    impression: 0,
    width: 8,
    height: 4,
    dpi: 500,
    compression: 'raw',
    image: Uint8Array.from({ length: 32 }, (_, place) => place + position),
    ...changes,
  }
}

export interface ChipOptions {
  readonly by?: Holder
  readonly at?: number
  readonly groups?: ReadonlyMap<DataGroup, Uint8Array>
}

export function groupsOf(zone = ZONE): Map<DataGroup, Uint8Array> {
  return new Map([
    [1, writeZoneData(zone)],
    [3, writeChipFingers([finger(2), finger(7)])],
  ])
}

/** EF.COM, EF.SOD and the groups: of a zone and two index fingers where nothing else is said. */
export function chip(options: ChipOptions = {}): Map<ChipFile, Uint8Array> {
  const { by = signer, at = SIGNED_AT, groups = groupsOf() } = options
  return new Map<ChipFile, Uint8Array>([
    ['com', writeCommonData([...groups.keys()])],
    ...groups,
    ['sod', signSecurityObject({ groups, at }, by)],
  ])
}

/** What makes a chip of `signer`'s successful throughout. */
export function trust(changes: Partial<Trust> = {}): Trust {
  return {
    authorities: [root.certificate],
    signers: [],
    revocations: [readRevocationList(revocationList(root))],
    ...changes,
  }
}

/** A list of authorities, in DER. */
export function masterList(
  authorities: readonly Holder[],
  by: Holder,
  contentType = MASTER_LIST,
): Uint8Array {
  const content = sequence(
    integer(0),
    setOf(...authorities.map(({ certificate }) => certificate.raw)),
  )
  return signData({ contentType, content, at: FROM }, by)
}
