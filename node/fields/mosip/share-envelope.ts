/**
 * What MOSIP has encrypted for a partner: an AES key under the partner's RSA key, and the data
 * under the AES key. Source: MOSIP ABIS API 0.9, “Reference URL”: of 1.2.0, and of 1.1.5.5.
 */
import { constants, createDecipheriv, privateDecrypt, type KeyObject } from 'node:crypto'
import { equalBytes } from '../../../crypto/bytes.ts'
import { MosipFailure } from './failure.ts'

export interface EnvelopeKey {
  /** RSA of 2048 bits. */
  readonly privateKey: KeyObject
  /** SHA-256 of the certificate's DER, by which MOSIP names it; undefined takes any. */
  readonly thumbprint: Uint8Array | undefined
}

const SPLITTER = Buffer.from('#KEY_SPLITTER#')
const VERSION = Buffer.from('VER_R2')
const THUMBPRINT_BYTES = 32
const WRAPPED_BYTES = 256
const AAD_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const AES_KEY_BYTES = 32

/** Neither a letter of base64 begins a CBEFF file, nor anything that it begins with base64. */
const BASE64_BEGIN = /^[A-Za-z0-9_+/-]{64}/

export function isEnvelope(bytes: Uint8Array): boolean {
  return BASE64_BEGIN.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))
}

/** @throws MosipFailure `invalid-cbeff` */
export function openEnvelope(bytes: Uint8Array, key: EnvelopeKey): Uint8Array {
  // Node's decoder takes the alphabets of both releases.
  const opened = Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64')
  const at = opened.indexOf(SPLITTER)
  if (at < 0) throw refusal('no splitter')
  const head = opened.subarray(0, at)
  const data = opened.subarray(at + SPLITTER.length)
  const isCurrent = head.subarray(0, VERSION.length).equals(VERSION)
  const keyPart = isCurrent ? head.subarray(VERSION.length) : head
  if (keyPart.length !== THUMBPRINT_BYTES + WRAPPED_BYTES) throw refusal('a key of another length')
  const thumbprint = keyPart.subarray(0, THUMBPRINT_BYTES)
  if (key.thumbprint && !equalBytes(thumbprint, key.thumbprint)) {
    throw refusal('it is encrypted for another certificate')
  }
  if (data.length < AAD_BYTES + TAG_BYTES) throw refusal('data that are too short')
  try {
    const secret = unwrapped(keyPart.subarray(THUMBPRINT_BYTES), key)
    return isCurrent ? openCurrent(data, secret) : openFormer(data, secret)
  } catch (cause) {
    throw new MosipFailure('invalid-cbeff', 'envelope: it cannot be opened', { cause })
  }
}

function unwrapped(wrapped: Uint8Array, { privateKey }: EnvelopeKey): Uint8Array {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const secret = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, wrapped)
  if (secret.length === AES_KEY_BYTES) return secret
  throw refusal(`a key of ${secret.length} bytes`)
}

/** 1.2.0: what is authenticated goes first, and begins with the nonce. */
function openCurrent(data: Buffer, secret: Uint8Array): Uint8Array {
  const aad = data.subarray(0, AAD_BYTES)
  return decrypted(data.subarray(AAD_BYTES), secret, aad.subarray(0, NONCE_BYTES), aad)
}

/** 1.1.5.5: the nonce goes last. */
function openFormer(data: Buffer, secret: Uint8Array): Uint8Array {
  const at = data.length - AAD_BYTES
  return decrypted(data.subarray(0, at), secret, data.subarray(at), undefined)
}

function decrypted(
  sealed: Buffer,
  secret: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array | undefined,
): Uint8Array {
  const at = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG_BYTES })
  if (aad) decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(at))
  return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(0, at)), decipher.final()]))
}

function refusal(message: string): MosipFailure {
  return new MosipFailure('invalid-cbeff', `envelope: ${message}`)
}
