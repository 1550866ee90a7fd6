/** Authorities, document signers and revocation lists of tests, signed with real keys. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { boolean, integer, octetString, oid, sequence } from '../../../crypto/asn1/write.ts'
import type { Certificate } from '../../../crypto/x509/certificate.ts'
import {
  issueCertificate,
  type CertificateRequest,
} from '../../../crypto/x509/issue-certificate.ts'
import {
  issueRevocationList,
  type RevocationRequest,
} from '../../../crypto/x509/issue-revocation-list.ts'
import { nameFrom, type Name } from '../../../crypto/x509/name.ts'
import { COMMON_NAME, COUNTRY } from '../../../crypto/x509/oids.ts'
import type { SignatureScheme } from '../../../crypto/x509/signature-scheme.ts'
import type { SchemeSigner } from '../../../crypto/x509/signature.ts'
import { vector } from '../../support/data.ts'

/** Somebody with a key and a certificate. */
export interface Holder {
  readonly certificate: Certificate
  readonly signer: SchemeSigner
}

export const FROM = Date.parse('2024-01-01')
export const NOW = Date.parse('2026-06-01')
export const UNTIL = Date.parse('2037-01-01')

const PKCS1: SignatureScheme = { kind: 'rsa-pkcs1', hash: 'sha256' }

/** The same key, and so the same signatures, in every run. */
export function fixedSigner(name: 'authority' | 'signer' | 'other', scheme = PKCS1): SchemeSigner {
  return { key: createPrivateKey(readFileSync(vector('documents', `${name}.pem`))), scheme }
}

export function curveSigner(namedCurve: string, scheme: SignatureScheme): SchemeSigner {
  return { key: generateKeyPairSync('ec', { namedCurve }).privateKey, scheme }
}

export function named(commonName: string, country = 'KZ'): Name {
  return nameFrom([
    { type: COUNTRY, value: country },
    { type: COMMON_NAME, value: commonName },
  ])
}

export function publicHalf(key: KeyObject): KeyObject {
  return createPublicKey(key)
}

/** An authority that signed itself; or a link to its key, that `older` signed. */
export function authority(
  signer = fixedSigner('authority'),
  { older, ...request }: Partial<CertificateRequest> & { older?: Holder } = {},
): Holder {
  const subject = named('Authority')
  return issued({ subject, isAuthority: true, serial: 1n, ...request }, signer, older)
}

export function documentSigner(
  issuer: Holder,
  signer = fixedSigner('signer'),
  request: Partial<CertificateRequest> = {},
): Holder {
  const subject = named('Signer')
  return issued({ subject, isAuthority: false, serial: 2n, ...request }, signer, issuer)
}

export function pem(certificate: Uint8Array): string {
  const text = Buffer.from(certificate).toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`
}

export interface ListOptions extends Partial<RevocationRequest> {
  /** A critical extension of that identifier. */
  readonly critical?: string
}

/** A revocation list in DER. */
export function revocationList(issuer: Holder, options: ListOptions = {}): Uint8Array {
  const { critical, ...request } = options
  const extension = critical && sequence(oid(critical), boolean(true), octetString(integer(1)))
  const whole = { number: 7, thisUpdate: FROM, nextUpdate: UNTIL, revoked: [], ...request }
  return issueRevocationList({ ...whole, ...(extension && { extensions: [extension] }) }, issuer)
}

function issued(
  request: Partial<CertificateRequest> &
    Pick<CertificateRequest, 'subject' | 'isAuthority' | 'serial'>,
  signer: SchemeSigner,
  issuer: Holder | undefined,
): Holder {
  const whole = { key: publicHalf(signer.key), notBefore: FROM, notAfter: UNTIL, ...request }
  const by = issuer?.signer ?? signer
  return { certificate: issueCertificate(whole, by, issuer?.certificate), signer }
}
