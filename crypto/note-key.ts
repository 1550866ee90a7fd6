/**
 * Keys of signed notes in their text forms: `name+id+key` to verify with, `PRIVATE+KEY+name+id+key`
 * to sign with.
 *
 * Source: C2SP signed-note v1.0.0 (names, key ids, types, verifier keys); the signer form is Go's
 * (golang.org/x/mod/sumdb/note).
 */
import { concatBytes, equalBytes, fromBase64, toBase64, toHex, utf8 } from './bytes.ts'
import { PUBLIC_KEY_BYTES, SEED_BYTES, signerFromSeed } from './ed25519.ts'
import { sha256 } from './hash.ts'

export type InvalidNoteKeyCode = 'malformed' | 'name' | 'algorithm' | 'key-length' | 'key-id'

/** A key text that is none; the message repeats no part of a secret one. */
export class InvalidNoteKey extends Error {
  override readonly name = 'InvalidNoteKey'
  readonly code: InvalidNoteKeyCode

  constructor(code: InvalidNoteKeyCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Signature types of C2SP signed-note that we know. */
export const ALGORITHM_ED25519 = 0x01
export const ALGORITHM_COSIGNATURE_V1 = 0x04
export const ALGORITHM_ML_DSA_44 = 0x06

export const KEY_ID_BYTES = 4

/** One key text, characters: an ML-DSA-44 key has 1,752 in base64; the rest is room for a name. */
const KEY_TEXT_LENGTH_MAX = 4_096

const ML_DSA_44_KEY_BYTES = 1_312

const KEY_BYTES = new Map([
  [ALGORITHM_ED25519, PUBLIC_KEY_BYTES],
  [ALGORITHM_COSIGNATURE_V1, PUBLIC_KEY_BYTES],
  [ALGORITHM_ML_DSA_44, ML_DSA_44_KEY_BYTES],
])

const SKEY_PREFIX = 'PRIVATE+KEY+'

/** A public key with the name and the type that it signs notes under. */
export interface NoteKey {
  readonly name: string
  readonly keyId: Uint8Array
  readonly algorithm: number
  readonly publicKey: Uint8Array
}

/** Whether `name` may name a key: not empty, no Unicode space, no plus sign. */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.isWellFormed() && !/[\p{White_Space}\p{Cc}+]/u.test(name)
}

/**
 * The first four bytes of SHA-256 over name, newline, type and key: an identifier, not a proof.
 *
 * @throws InvalidNoteKey `name`
 */
export function keyIdOf(name: string, algorithm: number, publicKey: Uint8Array): Uint8Array {
  if (!isKeyName(name))
    throw new InvalidNoteKey('name', 'a key name is empty, or has space or plus')
  const typed = concatBytes(Uint8Array.of(algorithm), publicKey)
  return sha256(utf8(`${name}\n`), typed).slice(0, KEY_ID_BYTES)
}

/** The vkey of a public key. @throws InvalidNoteKey `name`, `algorithm`, `key-length` */
export function formatVkey(
  name: string,
  publicKey: Uint8Array,
  algorithm: number = ALGORITHM_ED25519,
): string {
  checkKeyLength(algorithm, publicKey)
  const keyId = keyIdOf(name, algorithm, publicKey)
  return keyText(name, keyId, algorithm, publicKey)
}

/**
 * Takes a vkey apart.
 *
 * @param algorithms which types the caller has a use for; all that are known if left out
 * @throws InvalidNoteKey `malformed`, `name`, `algorithm`, `key-length`, or `key-id` where the id
 * is not that of the key
 */
export function parseVkey(
  vkey: string,
  algorithms: readonly number[] = [...KEY_BYTES.keys()],
): NoteKey {
  const { name, keyId, algorithm, key } = splitKeyText(vkey)
  if (!algorithms.includes(algorithm)) {
    throw new InvalidNoteKey('algorithm', `signature type ${algorithm} is not for here`)
  }
  checkKeyLength(algorithm, key)
  if (!equalBytes(keyId, keyIdOf(name, algorithm, key))) {
    throw new InvalidNoteKey('key-id', `the id in the text is not that of the key of ${name}`)
  }
  return { name, keyId, algorithm, publicKey: key }
}

/** The skey of an Ed25519 seed. It is the secret: keep it as one. @throws InvalidNoteKey `name` */
export function formatSkey(name: string, seed: Uint8Array): string {
  const keyId = keyIdOf(name, ALGORITHM_ED25519, signerFromSeed(seed).publicKey)
  return SKEY_PREFIX + keyText(name, keyId, ALGORITHM_ED25519, seed)
}

/**
 * Takes an skey apart.
 *
 * @throws InvalidNoteKey `malformed`, `name`, `algorithm`, `key-length`, `key-id`
 */
export function parseSkey(skey: string): { name: string; keyId: Uint8Array; seed: Uint8Array } {
  if (!skey.startsWith(SKEY_PREFIX)) {
    throw new InvalidNoteKey('malformed', `a signer key starts with ${SKEY_PREFIX}`)
  }
  const { name, keyId, algorithm, key } = splitKeyText(skey.slice(SKEY_PREFIX.length))
  if (algorithm !== ALGORITHM_ED25519) {
    throw new InvalidNoteKey('algorithm', `signer keys are Ed25519, not of type ${algorithm}`)
  }
  if (key.length !== SEED_BYTES) {
    throw new InvalidNoteKey('key-length', `a seed has ${SEED_BYTES} bytes, not ${key.length}`)
  }
  if (!equalBytes(keyId, keyIdOf(name, algorithm, signerFromSeed(key).publicKey))) {
    throw new InvalidNoteKey('key-id', `the id in the text is not that of the key of ${name}`)
  }
  return { name, keyId, seed: key }
}

function splitKeyText(text: string): {
  name: string
  keyId: Uint8Array
  algorithm: number
  key: Uint8Array
} {
  if (text.length > KEY_TEXT_LENGTH_MAX) {
    throw new InvalidNoteKey('malformed', `a key text of ${text.length} characters`)
  }
  const [, name, id, encoded] = /^([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]*)$/.exec(text) ?? []
  if (name === undefined || id === undefined || encoded === undefined) {
    throw new InvalidNoteKey('malformed', 'a key text is a name, eight hex digits and base64')
  }
  const [algorithm, ...key] = keyBytes(encoded)
  if (algorithm === undefined) throw new InvalidNoteKey('malformed', 'a key text without a key')
  const keyId = Uint8Array.from(Buffer.from(id, 'hex'))
  return { name, keyId, algorithm, key: Uint8Array.from(key) }
}

function keyBytes(encoded: string): Uint8Array {
  try {
    return fromBase64(encoded)
  } catch (cause) {
    throw new InvalidNoteKey('malformed', 'the key is not base64', { cause })
  }
}

function keyText(name: string, keyId: Uint8Array, algorithm: number, key: Uint8Array): string {
  return `${name}+${toHex(keyId)}+${toBase64(concatBytes(Uint8Array.of(algorithm), key))}`
}

function checkKeyLength(algorithm: number, key: Uint8Array): void {
  const length = KEY_BYTES.get(algorithm)
  if (length === undefined) {
    throw new InvalidNoteKey('algorithm', `signature type ${algorithm} is not known`)
  }
  if (key.length === length) return
  throw new InvalidNoteKey(
    'key-length',
    `a key of type ${algorithm} has ${length} bytes, not ${key.length}`,
  )
}
