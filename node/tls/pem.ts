/** Bytes as text between two lines that say what they are. Source: RFC 7468 §2. */
import { TamgaError } from '../../protocol/errors.ts'

export type PemLabel = 'CERTIFICATE' | 'CERTIFICATE REQUEST'

export function toPem(label: PemLabel, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** All that a text has under that label. */
export function fromPem(label: PemLabel, text: string): Uint8Array[] {
  const blocks = text.matchAll(
    new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`, 'g'),
  )
  return [...blocks].map(([, base64 = '']) => new Uint8Array(Buffer.from(base64, 'base64')))
}

/** The one that there is. @throws TamgaError `malformed`: none, or several */
export function onlyPem(label: PemLabel, text: string): Uint8Array {
  const [only, ...others] = fromPem(label, text)
  if (only && others.length === 0) return only
  throw new TamgaError('malformed', `not one ${label.toLowerCase()} in PEM`)
}
