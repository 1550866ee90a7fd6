/**
 * EF.SOD: the hash of every data group, signed by the state.
 *
 * Source: ICAO Doc 9303 part 10 §4.6.2 and part 12 §7.1; RFC 5652 §5.1 for the version of what
 * holds something else than plain data. Reading it proves nothing yet.
 */
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { Tag } from '../../crypto/asn1/element.ts'
import { readInteger, readOctetString, readSmallInteger } from '../../crypto/asn1/values.ts'
import {
  element,
  integer,
  octetString,
  printableString,
  sequence,
} from '../../crypto/asn1/write.ts'
import type { HashName } from '../../crypto/x509/oids.ts'
import { signData, type DataSigner } from '../../crypto/x509/sign-data.ts'
import { hashAlgorithm, readHashName } from '../../crypto/x509/signature-scheme.ts'
import { digestOf, readSignedData, type SignedData } from '../../crypto/x509/signed-data.ts'
import { contentOf, isDataGroup, tagOf, type DataGroup } from './chip-file.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'

export const SECURITY_OBJECT = '2.23.136.1.1.1'

/** Of signed data that holds something else than plain data. */
const SIGNED_DATA_VERSION = 3

/** Of a signer who is named by issuer and serial number, and by key identifier. */
const SIGNER_VERSION_BY_ISSUER = 1
const SIGNER_VERSION_BY_KEY = 3

export interface SecurityObject {
  readonly signedData: SignedData
  /** 0, or 1 where it says LDS and Unicode versions. */
  readonly version: number
  readonly hash: HashName
  readonly digests: ReadonlyMap<DataGroup, Uint8Array>
}

/** @throws InvalidDocument */
export function readSecurityObject(bytes: Uint8Array): SecurityObject {
  const content = contentOf('sod', bytes)
  return withFaults('EF.SOD', () => {
    const signedData = readSignedData(content)
    checkForm(signedData)
    return { signedData, ...readDigests(signedData.content) }
  })
}

function checkForm({ contentType, version, signer }: SignedData): void {
  if (contentType !== SECURITY_OBJECT) {
    throw new InvalidDocument('content-type', `EF.SOD: signed data of type ${contentType}`)
  }
  if (version !== SIGNED_DATA_VERSION) {
    throw new InvalidDocument('version', `EF.SOD: signed data of version ${version}`)
  }
  const due = 'keyId' in signer.id ? SIGNER_VERSION_BY_KEY : SIGNER_VERSION_BY_ISSUER
  if (signer.version !== due) {
    throw new InvalidDocument('version', `EF.SOD: a signer of version ${signer.version}`)
  }
  if (!signer.attributes) {
    throw new InvalidDocument('malformed', 'EF.SOD: no signed attributes')
  }
}

function readDigests(content: Uint8Array): Omit<SecurityObject, 'signedData'> {
  const fields = ElementReader.of(content, Tag.sequence, 'security object')
  const version = readInteger(fields.next())
  if (version !== 0n && version !== 1n) {
    throw new InvalidDocument('version', `EF.SOD: a security object of version ${version}`)
  }
  const hash = readHashName(fields.next())
  const list = ElementReader.into(fields.next(), Tag.sequence, 'hashes of data groups')
  const digests = new Map<DataGroup, Uint8Array>()
  for (const each of list.rest()) {
    const pair = ElementReader.into(each, Tag.sequence, 'hash of a data group')
    const group = readSmallInteger(pair.next())
    const digest = readOctetString(pair.next())
    pair.end()
    if (!isDataGroup(group) || digests.has(group)) {
      throw new InvalidDocument('malformed', `EF.SOD: data group ${group} is listed`)
    }
    digests.set(group, digest)
  }
  const isVersioned = fields.optional(Tag.sequence) !== undefined
  fields.end()
  if (isVersioned !== (version === 1n)) {
    throw new InvalidDocument('version', 'EF.SOD: versions of LDS where none should be, or none')
  }
  return { version: Number(version), hash, digests }
}

/** EF.SOD over these data groups, with LDS and Unicode versions as our EF.COM has them. */
export function signSecurityObject(
  { groups, at }: { groups: ReadonlyMap<DataGroup, Uint8Array>; at: number },
  signer: DataSigner,
): Uint8Array {
  const { hash } = signer.signer.scheme
  const digests = [...groups].map(([group, bytes]) => {
    return sequence(integer(group), octetString(digestOf(hash, bytes)))
  })
  const versions = sequence(printableString('0107'), printableString('040000'))
  const content = sequence(integer(1), hashAlgorithm(hash), sequence(...digests), versions)
  return element(tagOf('sod'), signData({ contentType: SECURITY_OBJECT, content, at }, signer))
}
