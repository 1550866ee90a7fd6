/**
 * Makes signed data (CMS), as `signed-data.ts` reads it.
 *
 * Source: RFC 5652 §5; ICAO Doc 9303 part 10 §4.6.2.2.
 */
import { contextTag } from '../asn1/element.ts'
import {
  element,
  explicit,
  inSetOrder,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from '../asn1/write.ts'
import type { Certificate } from './certificate.ts'
import { CONTENT_TYPE, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_TIME } from './oids.ts'
import { hashAlgorithm, signatureAlgorithm } from './signature-scheme.ts'
import { signBytes, type SchemeSigner } from './signature.ts'
import { digestOf } from './signed-data.ts'

export interface Signing {
  readonly contentType: string
  readonly content: Uint8Array
  /** Milliseconds since 1970; written in whole seconds. */
  readonly at: number
}

/**
 * Whose signature it becomes: the certificate is that of the signer's key, and goes with the data.
 */
export interface DataSigner {
  readonly certificate: Certificate
  readonly signer: SchemeSigner
}

/** A ContentInfo in DER. Trusts its caller that key and certificate belong together. */
export function signData(
  { contentType, content, at }: Signing,
  { certificate, signer }: DataSigner,
): Uint8Array {
  const { hash } = signer.scheme
  const attributes = [
    attribute(CONTENT_TYPE, oid(contentType)),
    attribute(SIGNING_TIME, time(at)),
    attribute(MESSAGE_DIGEST, octetString(digestOf(hash, content))),
  ]
  const info = sequence(
    integer(1),
    sequence(certificate.issuer.raw, integer(certificate.serial)),
    hashAlgorithm(hash),
    // Signed as a set, and written under a tag of its own.
    element(contextTag(0), ...inSetOrder(attributes)),
    signatureAlgorithm(signer.scheme),
    octetString(signBytes(setOf(...attributes), signer)),
  )
  const data = sequence(
    integer(3),
    setOf(hashAlgorithm(hash)),
    sequence(oid(contentType), explicit(0, octetString(content))),
    explicit(0, certificate.raw),
    setOf(info),
  )
  return sequence(oid(SIGNED_DATA), explicit(0, data))
}

function attribute(id: string, value: Uint8Array): Uint8Array {
  return sequence(oid(id), setOf(value))
}
