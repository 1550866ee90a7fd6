/**
 * X.509 certificates, as far as documents need them: who signed whose key, and for when.
 *
 * Source: RFC 5280 §4; ICAO Doc 9303 part 12 §7. Trusts nothing; a certificate that was read is not
 * thereby believed. Serial numbers that are negative or long are taken: real states have given
 * them.
 */
import { ElementReader } from '../asn1/element-reader.ts'
import { contextTag, Tag, type Element } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readInteger, readSmallInteger, readTime } from '../asn1/values.ts'
import { equalBytes } from '../bytes.ts'
import { readCertificateExtensions, type CertificateExtensions } from './extensions.ts'
import { CERTIFICATE_BYTES_MAX, RSA_SIGNER_BITS_MIN } from './limits.ts'
import { equalNames, readName, type Name } from './name.ts'
import { readPublicKey, type PublicKey } from './public-key.ts'
import { readSignatureScheme, type SignatureScheme } from './signature-scheme.ts'
import { isSigned } from './signature.ts'
import { readSignedStructure } from './signed-structure.ts'

export interface Certificate extends CertificateExtensions {
  /** As it came: two certificates are the same one where these bytes are. */
  readonly raw: Uint8Array
  /** What is signed. */
  readonly signed: Uint8Array
  readonly serial: bigint
  readonly issuer: Name
  readonly subject: Name
  /** Milliseconds since 1970-01-01T00:00Z, both inclusive. */
  readonly notBefore: number
  readonly notAfter: number
  readonly key: PublicKey
  readonly scheme: SignatureScheme
  readonly signature: Uint8Array
}

const VERSION_3 = 2

/**
 * Reads one certificate in DER.
 *
 * @throws InvalidAsn1 `unsupported` too: an algorithm, a curve, a short key, a version before 3
 */
export function readCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length > CERTIFICATE_BYTES_MAX) {
    throw new InvalidAsn1('length', `a certificate of ${bytes.length} bytes`)
  }
  const { signed, algorithm, signature } = readSignedStructure(bytes, 'certificate')
  const fields = ElementReader.into(signed, Tag.sequence, 'certificate')
  const version = fields.optional(contextTag(0))
  if (!version || versionOf(version) !== VERSION_3) {
    throw new InvalidAsn1('unsupported', 'a certificate that is not of version 3')
  }
  const serial = readInteger(fields.next())
  if (!equalBytes(fields.next(Tag.sequence).raw, algorithm.raw)) {
    throw new InvalidAsn1('value', 'a certificate that names two signature algorithms')
  }
  const issuer = readName(fields.next())
  const validity = ElementReader.into(fields.next(), Tag.sequence, 'validity')
  const [notBefore, notAfter] = [readTime(validity.next()), readTime(validity.next())]
  const subject = readName(fields.next())
  const key = readPublicKey(fields.next())
  if (key.kind === 'rsa' && key.bits < RSA_SIGNER_BITS_MIN) {
    throw new InvalidAsn1('unsupported', `an RSA key of ${key.bits} bits that signs`)
  }
  fields.optional(contextTag(1, { isPrimitive: true }))
  fields.optional(contextTag(2, { isPrimitive: true }))
  const extensions = readCertificateExtensions(fields.optional(contextTag(3)))
  fields.end()
  return {
    raw: bytes,
    signed: signed.raw,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    key,
    scheme: readSignatureScheme(algorithm),
    signature,
    ...extensions,
  }
}

/** Whether `issuer`'s key signed it, and names or key identifiers agree that it should have. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return (
    isNamedIssuer(certificate, issuer) &&
    isSigned(certificate.signed, certificate.signature, {
      key: issuer.key,
      scheme: certificate.scheme,
    })
  )
}

/**
 * By key identifier or by name: either may be missing or, after a state was renamed, out of date.
 * It only saves work: the signature decides.
 */
export function isNamedIssuer(
  { issuer: name, authorityKeyId }: Pick<Certificate, 'issuer' | 'authorityKeyId'>,
  { subject, subjectKeyId }: Certificate,
): boolean {
  const isSameKey = authorityKeyId && subjectKeyId && equalBytes(authorityKeyId, subjectKeyId)
  return isSameKey === true || equalNames(name, subject)
}

/** Whether its key may sign certificates at all. */
export function mayCertify({ isAuthority, maySign, unknownCritical }: Certificate): boolean {
  return isAuthority && maySign.certificates && unknownCritical.length === 0
}

export function isValidAt({ notBefore, notAfter }: Certificate, at: number): boolean {
  return notBefore <= at && at <= notAfter
}

/** Whether its key was to be used then, which ends before the certificate does. */
export function isInUseAt(certificate: Certificate, at: number): boolean {
  const { keyUsedFrom = at, keyUsedUntil = at } = certificate
  return isValidAt(certificate, at) && keyUsedFrom <= at && at <= keyUsedUntil
}

function versionOf(tagged: Element): number {
  return readSmallInteger(ElementReader.into(tagged, tagged.tag, 'version').next())
}
