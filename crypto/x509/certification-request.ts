/**
 * Requests for a certificate: who wants one for which key, signed with that key.
 *
 * Source: RFC 2986 §4. Attributes are neither written nor looked at: whoever issues decides what
 * the certificate says.
 */
import { createPublicKey } from 'node:crypto'
import { ElementReader } from '../asn1/element-reader.ts'
import { contextTag, Tag } from '../asn1/element.ts'
import { InvalidAsn1 } from '../asn1/invalid-asn1.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { bitString, explicit, integer, sequence } from '../asn1/write.ts'
import { CERTIFICATE_BYTES_MAX } from './limits.ts'
import { readName, type Name } from './name.ts'
import { readPublicKey, type PublicKey } from './public-key.ts'
import { readSignatureScheme, signatureAlgorithm } from './signature-scheme.ts'
import { isSigned, signBytes, type SchemeSigner } from './signature.ts'
import { readSignedStructure } from './signed-structure.ts'

export interface CertificationRequest {
  readonly subject: Name
  readonly key: PublicKey
}

const VERSION_1 = 0

/** In DER. */
export function signCertificationRequest(subject: Name, signer: SchemeSigner): Uint8Array {
  const spki = createPublicKey(signer.key).export({ type: 'spki', format: 'der' })
  const info = sequence(integer(VERSION_1), subject.raw, new Uint8Array(spki), explicit(0))
  const algorithm = signatureAlgorithm(signer.scheme)
  return sequence(info, algorithm, bitString(signBytes(info, signer)))
}

/**
 * Who asks has the key: nothing else of what it says is thereby true.
 *
 * @throws InvalidAsn1 `value` also where it is not signed with the key that it is for
 */
export function readCertificationRequest(bytes: Uint8Array): CertificationRequest {
  if (bytes.length > CERTIFICATE_BYTES_MAX) {
    throw new InvalidAsn1('length', `a request of ${bytes.length} bytes`)
  }
  const { signed, algorithm, signature } = readSignedStructure(bytes, 'certification request')
  const fields = ElementReader.into(signed, Tag.sequence, 'certification request')
  if (readSmallInteger(fields.next()) !== VERSION_1) {
    throw new InvalidAsn1('unsupported', 'a certification request that is not of version 1')
  }
  const subject = readName(fields.next())
  const key = readPublicKey(fields.next())
  fields.optional(contextTag(0))
  fields.end()
  const scheme = readSignatureScheme(algorithm)
  if (isSigned(signed.raw, signature, { key, scheme })) return { subject, key }
  throw new InvalidAsn1('value', 'a certification request that its key has not signed')
}
