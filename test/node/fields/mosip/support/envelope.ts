/** Encrypts as MOSIP does for a partner, whose key is here. Nothing of it is secret. */
import {
  constants,
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
} from 'node:crypto'
import { utf8 } from '../../../../../crypto/bytes.ts'
import { sha256 } from '../../../../../crypto/hash.ts'
import type { EnvelopeKey } from '../../../../../node/fields/mosip/share-envelope.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })

export const envelopeKey: EnvelopeKey = { privateKey, thumbprint: sha256(utf8('certificate')) }

/** As that release has it: in base64, the alphabet of URLs from 1.2.0 on. */
export function sealEnvelope(data: Uint8Array, release: '1.2.0' | '1.1.5.5'): Uint8Array {
  const isCurrent = release === '1.2.0'
  const secret = sha256(utf8('secret'))
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const key = { key: createPublicKey(privateKey), padding, oaepHash: 'sha256' }
  const aad = Buffer.from(sha256(utf8('nonce')))
  const nonce = isCurrent ? aad.subarray(0, 12) : aad
  const cipher = createCipheriv('aes-256-gcm', secret, nonce)
  if (isCurrent) cipher.setAAD(aad)
  const sealed = Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()])
  const whole = Buffer.concat([
    Buffer.from(isCurrent ? 'VER_R2' : ''),
    envelopeKey.thumbprint!,
    publicEncrypt(key, secret),
    Buffer.from('#KEY_SPLITTER#'),
    ...(isCurrent ? [aad, sealed] : [sealed, aad]),
  ])
  return utf8(whole.toString(isCurrent ? 'base64url' : 'base64'))
}
