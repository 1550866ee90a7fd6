/**
 * Lists of the authorities of many states, as one state signs and publishes them.
 *
 * Source: ICAO Doc 9303 part 12 §8. The signature says that the list is whole and whose it is; that
 * this state is to be believed about the others is for whoever hands the list over.
 */
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { Tag } from '../../crypto/asn1/element.ts'
import { readSmallInteger } from '../../crypto/asn1/values.ts'
import {
  isIssuedBy,
  mayCertify,
  readCertificate,
  type Certificate,
} from '../../crypto/x509/certificate.ts'
import { EXTENDED_KEY_USAGE } from '../../crypto/x509/oids.ts'
import { isSignerOf, readSignedData, signatureFault } from '../../crypto/x509/signed-data.ts'
import { InvalidDocument, withFaults } from './invalid-document.ts'
import { AUTHORITIES_MAX } from './limits.ts'

export const MASTER_LIST = '2.23.136.1.1.2'

const VERSION = 0

export interface MasterList {
  readonly signer: Certificate
  readonly authorities: readonly Certificate[]
  /** Certificates of kinds that are not computed with here. */
  readonly leftOut: number
}

/**
 * Opens a list whose signature holds, and whose signer an authority on it has certified.
 *
 * @throws InvalidDocument `signature` too
 */
export function openMasterList(bytes: Uint8Array): MasterList {
  return withFaults('master list', () => {
    const signedData = readSignedData(bytes)
    if (signedData.contentType !== MASTER_LIST) {
      throw new InvalidDocument('content-type', `signed data of type ${signedData.contentType}`)
    }
    const { authorities, leftOut } = readAuthorities(signedData.content)
    const carried = signedData.certificates.flatMap(readKnown)
    const signer = carried.find((one) => isSignerOf(signedData, one))
    if (!signer || signatureFault(signedData, signer) !== undefined) {
      throw new InvalidDocument('signature', 'a master list that its signer did not sign')
    }
    const isFit = signer.unknownCritical.every((id) => id === EXTENDED_KEY_USAGE)
    if (!isFit || !authorities.some((one) => mayCertify(one) && isIssuedBy(signer, one))) {
      throw new InvalidDocument('signature', 'a master list by nobody whom it lists')
    }
    return { signer, authorities, leftOut }
  })
}

function readAuthorities(content: Uint8Array): Pick<MasterList, 'authorities' | 'leftOut'> {
  const fields = ElementReader.of(content, Tag.sequence, 'master list')
  const version = readSmallInteger(fields.next())
  if (version !== VERSION) throw new InvalidDocument('version', `a master list of ${version}`)
  const elements = ElementReader.into(fields.next(), Tag.set, 'authorities').rest()
  if (elements.length > AUTHORITIES_MAX) {
    throw new InvalidDocument('too-large', `a master list of ${elements.length} authorities`)
  }
  const authorities = elements.flatMap(({ raw }) => readKnown(raw))
  return { authorities, leftOut: elements.length - authorities.length }
}

/** None where it is of a kind that is not computed with here: others on the list are still good. */
function readKnown(bytes: Uint8Array): Certificate[] {
  try {
    return [readCertificate(bytes)]
  } catch (error) {
    if (error instanceof InvalidAsn1) return []
    throw error
  }
}
