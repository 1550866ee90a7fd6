/**
 * Issues certificates: of an authority by its own key or as a link from an older one, of document
 * signers, and of the two ends of a TLS connection.
 *
 * Source: RFC 5280 §4; ICAO Doc 9303 part 12 §7.1, of which it writes what a signature's path
 * needs. Lists of document types and places of revocation lists are left out.
 */
import type { KeyObject } from 'node:crypto'
import { contextTag, readElement } from '../asn1/element.ts'
import { utf8 } from '../bytes.ts'
import {
  bitString,
  boolean,
  element,
  explicit,
  integer,
  octetString,
  oid,
  sequence,
  time,
} from '../asn1/write.ts'
import { sha256 } from '../hash.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import type { Name } from './name.ts'
import {
  AUTHORITY_KEY_ID,
  BASIC_CONSTRAINTS,
  EXTENDED_KEY_USAGE,
  KEY_USAGE,
  PRIVATE_KEY_USAGE_PERIOD,
  SUBJECT_ALTERNATIVE_NAME,
  SUBJECT_KEY_ID,
} from './oids.ts'
import { readPublicKey } from './public-key.ts'
import { signatureAlgorithm } from './signature-scheme.ts'
import { signBytes, type SchemeSigner } from './signature.ts'

/** Bytes of a key identifier: a hash of the key, cut (RFC 7093 §2, method 1). */
const KEY_ID_BYTES = 20

/** The key usage of an authority, bits 5 and 6, and of all others, bit 0; unused bits. */
const AUTHORITY_USAGE = [0x06, 1] as const
const SIGNER_USAGE = [0x80, 7] as const

const VERSION_3 = 2

/** Kinds of alternative names, by the number of their tag. */
const DNS_NAME = 2
const IP_ADDRESS = 7

/** Where somebody is reached. */
export type Address = { readonly host: string } | { readonly ip: Uint8Array }

export interface CertificateRequest {
  readonly subject: Name
  readonly key: KeyObject
  readonly serial: bigint
  /** Milliseconds since 1970, in whole seconds. */
  readonly notBefore: number
  readonly notAfter: number
  readonly isAuthority: boolean
  /** Until when a document signer's key is to be used. */
  readonly keyUsedUntil?: number
  /** The one thing that the key is for, an object identifier; anything if absent. */
  readonly purpose?: string
  /** Of a server: a certificate without any is for none. */
  readonly addresses?: readonly Address[]
}

/** Signed by `issuer`, or by the subject itself where there is none. */
export function issueCertificate(
  request: CertificateRequest,
  signer: SchemeSigner,
  issuer?: Certificate,
): Certificate {
  const spki = new Uint8Array(request.key.export({ type: 'spki', format: 'der' }))
  readPublicKey(readElement(spki))
  const keyId = sha256(spki).subarray(0, KEY_ID_BYTES)
  const algorithm = signatureAlgorithm(signer.scheme)
  const signed = sequence(
    explicit(0, integer(VERSION_3)),
    integer(request.serial),
    algorithm,
    (issuer?.subject ?? request.subject).raw,
    sequence(time(request.notBefore), time(request.notAfter)),
    request.subject.raw,
    spki,
    explicit(3, sequence(...extensionsOf(request, keyId, issuer?.subjectKeyId ?? keyId))),
  )
  return readCertificate(sequence(signed, algorithm, bitString(signBytes(signed, signer))))
}

function extensionsOf(
  { isAuthority, notBefore, keyUsedUntil, purpose, addresses = [] }: CertificateRequest,
  keyId: Uint8Array,
  issuerKeyId: Uint8Array,
): Uint8Array[] {
  const [usage, unused] = isAuthority ? AUTHORITY_USAGE : SIGNER_USAGE
  const extensions = [
    extension(AUTHORITY_KEY_ID, sequence(plain(0, issuerKeyId))),
    extension(SUBJECT_KEY_ID, octetString(keyId)),
    extension(KEY_USAGE, bitString(Uint8Array.of(usage), unused), true),
  ]
  if (isAuthority) {
    const constraints = sequence(boolean(true), integer(0))
    extensions.push(extension(BASIC_CONSTRAINTS, constraints, true))
  }
  if (keyUsedUntil !== undefined) {
    const period = sequence(plain(0, generalized(notBefore)), plain(1, generalized(keyUsedUntil)))
    extensions.push(extension(PRIVATE_KEY_USAGE_PERIOD, period))
  }
  if (purpose !== undefined) {
    extensions.push(extension(EXTENDED_KEY_USAGE, sequence(oid(purpose))))
  }
  if (addresses.length > 0) {
    const names = sequence(...addresses.map(alternativeName))
    extensions.push(extension(SUBJECT_ALTERNATIVE_NAME, names))
  }
  return extensions
}

function extension(id: string, value: Uint8Array, isCritical = false): Uint8Array {
  const critical = isCritical ? [boolean(true)] : []
  return sequence(oid(id), ...critical, octetString(value))
}

function alternativeName(address: Address): Uint8Array {
  return 'ip' in address ? plain(IP_ADDRESS, address.ip) : plain(DNS_NAME, utf8(address.host))
}

function plain(number: number, value: Uint8Array): Uint8Array {
  return element(contextTag(number, { isPrimitive: true }), value)
}

function generalized(ms: number): Uint8Array {
  return utf8(`${new Date(ms).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`)
}
