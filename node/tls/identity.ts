/**
 * What one end of a connection has: its key, its certificate, and the one authority whose
 * certificates it takes from the other end. They are one PEM text, so that they change together.
 */
import { createPrivateKey } from 'node:crypto'
import { isIssuedBy, mayCertify } from '../../crypto/x509/certificate.ts'
import { signerWith } from '../../crypto/x509/signature.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { certificateIn, holderOf, type Holder } from './holder.ts'
import { fromPem, toPem } from './pem.ts'

export interface Identity extends Holder {
  /** In PEM, as Node's TLS takes them. */
  readonly key: string
  readonly certificate: string
  readonly authority: string
}

/** The text that `readIdentity` reads. */
export function identityText(key: string, certificate: Uint8Array, authority: Uint8Array): string {
  const certificates = [certificate, authority].map((der) => toPem('CERTIFICATE', der))
  return [key, ...certificates].join('')
}

/**
 * Says nothing about whether the certificate holds now.
 *
 * @throws TamgaError `malformed`: not a key and two certificates; `conflict`: the certificate is
 *   another key's, or the authority has not signed it
 */
export function readIdentity(text: string): Identity {
  const [own, authority, ...others] = fromPem('CERTIFICATE', text)
  if (!own || !authority || others.length > 0) {
    throw new TamgaError('malformed', 'not a key, its certificate and that of its authority')
  }
  const [certificate, issuer] = [certificateIn(own), certificateIn(authority)]
  if (!mayCertify(issuer) || !isIssuedBy(certificate, issuer)) {
    throw new TamgaError('conflict', 'the authority has not signed the certificate')
  }
  const key = keyIn(text)
  if (!signerWith(key, certificate.key)) {
    throw new TamgaError('conflict', 'the certificate is for another key')
  }
  return {
    ...holderOf(own),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: toPem('CERTIFICATE', own),
    authority: toPem('CERTIFICATE', authority),
  }
}

/** @throws TamgaError `conflict`: it is another's than of `name`, where one is given */
export function checkHolder({ name: holder }: Identity, name: string | undefined): void {
  if (name === undefined || holder === name) return
  throw new TamgaError('conflict', `the certificate is of ${holder}, not of ${name}`)
}

function keyIn(text: string) {
  try {
    return createPrivateKey(text)
  } catch (cause) {
    throw new TamgaError('malformed', 'there is no private key in it', { cause })
  }
}
