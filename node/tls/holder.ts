/** Who holds a certificate of the registry's own authority. */
import { toHex } from '../../crypto/bytes.ts'
import { InvalidAsn1 } from '../../crypto/asn1/invalid-asn1.ts'
import { sha256 } from '../../crypto/hash.ts'
import { readCertificate, type Certificate } from '../../crypto/x509/certificate.ts'
import { nameFrom, type Name } from '../../crypto/x509/name.ts'
import { COMMON_NAME, ORGANISATION } from '../../crypto/x509/oids.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { NAME_BYTES_MAX } from '../../protocol/limits.ts'

const NAME = new RegExp(`^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$`)

export interface Holder {
  /** Of a node, or of a post or station as officers sign there. */
  readonly name: string
  /** SHA-256 of the certificate in hexadecimal: under which it is revoked. */
  readonly fingerprint: string
  /** Milliseconds since the Unix epoch. */
  readonly notAfter: number
}

/** @throws TamgaError `malformed`: no certificate, or one that does not name one holder */
export function holderOf(der: Uint8Array): Holder {
  const { subject, notAfter } = certificateIn(der)
  return { name: holderName(subject), fingerprint: toHex(fingerprintOf(der)), notAfter }
}

export function fingerprintOf(der: Uint8Array): Uint8Array {
  return sha256(der)
}

/** @throws TamgaError `malformed` */
export function certificateIn(der: Uint8Array): Certificate {
  try {
    return readCertificate(der)
  } catch (cause) {
    if (!(cause instanceof InvalidAsn1)) throw cause
    throw new TamgaError('malformed', `no certificate: ${cause.message}`, { cause })
  }
}

/** @throws TamgaError `malformed`: none, or several names, or one that nobody can have */
export function holderName({ attributes }: Name): string {
  const [name = '', ...others] = attributes
    .filter(({ type }) => type === COMMON_NAME)
    .map(({ value }) => value)
  if (NAME.test(name) && others.length === 0) return name
  throw new TamgaError('malformed', 'a certificate that does not name one holder')
}

/** @throws TamgaError `malformed` */
export function nameOfHolder(name: string): Name {
  const subject = nameFrom([{ type: COMMON_NAME, value: name }])
  holderName(subject)
  return subject
}

export function nameOfAuthority(network: string): Name {
  return nameFrom([
    { type: ORGANISATION, value: network },
    { type: COMMON_NAME, value: 'Certificate authority' },
  ])
}
