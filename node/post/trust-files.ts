/** From files to certificates, lists of authorities and lists of revocations. Pure. */
import { ElementReader } from '../../crypto/asn1/element-reader.ts'
import { Tag } from '../../crypto/asn1/element.ts'
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { readCertificate, type Certificate } from '../../crypto/x509/certificate.ts'
import { readRevocationList, type RevocationList } from '../../crypto/x509/revocation-list.ts'
import { AUTHORITIES_MAX } from '../../protocol/document/limits.ts'
import { openMasterList } from '../../protocol/document/master-list.ts'
import type { Trust } from '../../protocol/document/trust.ts'
import { TamgaError } from '../../protocol/errors.ts'

const PEM = /-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----/g

/** A file, as errors call it. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface TrustFiles {
  /** Certificates in DER or PEM, and master lists. */
  readonly authorities: readonly NamedBytes[]
  readonly revocations: readonly NamedBytes[]
}

/** What an authority's folder may hold, and a line for people about each list. */
export interface Trusted extends Trust {
  readonly remarks: readonly string[]
}

/**
 * Who hands a file over answers for it; a master list must still be signed by whom it says.
 *
 * @throws TamgaError `unprocessable`: a file that is none of these
 */
export function readTrustFiles({ authorities, revocations }: TrustFiles): Trusted {
  const remarks: string[] = []
  const certificates = authorities.flatMap(({ name, bytes }) => {
    return partsOf(bytes).flatMap((part) => named(name, () => certificatesIn(part, remarks)))
  })
  const lists: RevocationList[] = revocations.flatMap(({ name, bytes }) => {
    return partsOf(bytes).map((part) => named(name, () => readRevocationList(part)))
  })
  if (certificates.length > AUTHORITIES_MAX) {
    throw new TamgaError('unprocessable', `${certificates.length} certificates of authorities`)
  }
  return {
    authorities: certificates.filter(({ isAuthority }) => isAuthority),
    signers: certificates.filter(({ isAuthority }) => !isAuthority),
    revocations: lists,
    remarks,
  }
}

/** The file itself, or what each of its PEM blocks holds. */
function partsOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes[0] === Tag.sequence) return [bytes]
  const blocks = [...Buffer.from(bytes).toString('latin1').matchAll(PEM)]
  return blocks.length > 0
    ? blocks.map(([, text = '']) => new Uint8Array(Buffer.from(text, 'base64')))
    : [bytes]
}

/** A master list begins with the type of what it is, and a certificate with what was signed. */
function certificatesIn(bytes: Uint8Array, remarks: string[]): readonly Certificate[] {
  const first = ElementReader.of(bytes, Tag.sequence, 'certificate').next()
  if (first.tag !== Tag.oid) return [readCertificate(bytes)]
  const { authorities, leftOut } = openMasterList(bytes)
  const left = leftOut > 0 ? `, ${leftOut} of kinds that are not supported left out` : ''
  remarks.push(`master list of ${authorities.length} authorities${left}`)
  return authorities
}

function named<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof InvalidAsn1) && !(cause instanceof TamgaError)) throw cause
    throw new TamgaError('unprocessable', `${file}: ${cause.message}`, { cause })
  }
}
