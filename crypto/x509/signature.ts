/** Holding a signature against a public key, and making one. */
import { constants, createPublicKey, sign as signWith, verify, type KeyObject } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { HASH_BYTES } from '../hash.ts'
import type { PublicKey } from './public-key.ts'
import type { SignatureScheme } from './signature-scheme.ts'

/** A key that signs, and how. */
export interface SchemeSigner {
  readonly key: KeyObject
  readonly scheme: SignatureScheme
}

/**
 * Whether `signature` is one of `message` by this key. False also where the key is of another kind
 * than the scheme needs, or is no key at all.
 */
export function isSigned(
  message: Uint8Array,
  signature: Uint8Array,
  { key, scheme }: { key: PublicKey; scheme: SignatureScheme },
): boolean {
  if ((scheme.kind === 'ecdsa') !== (key.kind === 'ec')) return false
  try {
    const spki = Buffer.from(key.spki)
    const opened = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    return verify(scheme.hash, message, { key: opened, ...optionsOf(scheme) }, signature)
  } catch {
    // OpenSSL says it of a point that is not on the curve, or a modulus that cannot be one.
    return false
  }
}

/**
 * What signs with a private key, by the rules of a certificate's public one: RSASSA-PSS or ECDSA,
 * over a hash as long as the key is strong. Undefined where the two are no pair.
 */
export function signerWith(key: KeyObject, certified: PublicKey): SchemeSigner | undefined {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  if (!equalBytes(spki, certified.spki)) return undefined
  if (certified.kind === 'rsa') {
    return { key, scheme: { kind: 'rsa-pss', hash: 'sha256', saltBytes: HASH_BYTES } }
  }
  const hash = certified.bits <= 256 ? 'sha256' : certified.bits <= 384 ? 'sha384' : 'sha512'
  return { key, scheme: { kind: 'ecdsa', hash, isPlain: false } }
}

export function signBytes(message: Uint8Array, { key, scheme }: SchemeSigner): Uint8Array {
  return new Uint8Array(signWith(scheme.hash, message, { key, ...optionsOf(scheme) }))
}

function optionsOf(scheme: SignatureScheme): {
  padding?: number
  saltLength?: number
  dsaEncoding?: 'der' | 'ieee-p1363'
} {
  if (scheme.kind === 'rsa-pkcs1') return { padding: constants.RSA_PKCS1_PADDING }
  if (scheme.kind === 'ecdsa') return { dsaEncoding: scheme.isPlain ? 'ieee-p1363' : 'der' }
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes }
}
