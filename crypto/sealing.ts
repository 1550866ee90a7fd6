/**
 * Sealing: templates that only the replicas of one shard can open, and that can be made unopenable.
 *
 * Each record has its own data key. The payload is encrypted under it with AES-256-GCM (NIST SP
 * 800-38D), and the data key is wrapped once per replica with NaCl's box (X25519,
 * XSalsa20-Poly1305) from an ephemeral key that is forgotten at once. The ledger holds only
 * `commitmentOf`.
 *
 * What destruction guarantees. When every copy of a record's `keys` is gone, or the box secret keys
 * that open them are, the payload is as unreachable as AES-256 is strong, also for us and also with
 * the ciphertext at hand. When every copy of its `salt` is gone too, the commitment in the ledger
 * can no longer be tested against anything: not against a kept ciphertext, and a guessed template
 * was never enough. It does not reach copies made after opening, nor backups that hold both a
 * wrapped key and the box secret key; those are erased by their holders, who say so in signed
 * receipts.
 *
 * GCM alone lets a dishonest sealer craft one ciphertext that opens to two payloads under two keys,
 * one for each replica. A block of zeros before the payload, checked on opening, closes that
 * (Albertini et al., "How to Abuse and Fix Authenticated Encryption Without Key Commitment").
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import {
  BOX_KEY_BYTES,
  BOX_NONCE_BYTES,
  BOX_OVERHEAD_BYTES,
  boxKeysFromSecret,
  closeBox,
  openBox,
  type BoxKeys,
} from './box.ts'
import { concatBytes, equalBytes, utf8 } from './bytes.ts'
import { sha256, type Hash } from './hash.ts'

export { BOX_KEY_BYTES, type BoxKeys } from './box.ts'

export type SealingErrorCode =
  | 'malformed'
  | 'recipient-count'
  | 'not-a-recipient'
  | 'unwrap'
  | 'decrypt'
  | 'key-commitment'

/** A record that cannot be sealed or opened; the message holds no key and no payload. */
export class SealingError extends Error {
  override readonly name = 'SealingError'
  readonly code: SealingErrorCode

  constructor(code: SealingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export const SALT_BYTES = 32
/** GCM's native nonce. Random, because a data key encrypts once. */
export const SEAL_NONCE_BYTES = 12
export const WRAP_NONCE_BYTES = BOX_NONCE_BYTES

const DATA_KEY_BYTES = 32
/** A wrapped data key: the key and Poly1305's tag. */
export const WRAPPED_BYTES = DATA_KEY_BYTES + BOX_OVERHEAD_BYTES

const TAG_BYTES = 16
/** Two AES blocks: as hard to get around as a 256-bit hash is to collide. */
const KEY_COMMITMENT_BYTES = 32

/** How much longer a ciphertext is than its payload. */
export const SEALED_OVERHEAD_BYTES = KEY_COMMITMENT_BYTES + TAG_BYTES

/** Wrapped keys in one record: the replicas of an old and of a new epoch, with room. */
export const RECIPIENTS_MAX = 32

const COMMITMENT_TAG = utf8('tamga sealed record v1\n')

/** The data key of a record, for one replica. */
export interface WrappedKey {
  /** Box public key of the replica. */
  recipient: Uint8Array
  /** Public half of the key pair that wrapped it. */
  ephemeral: Uint8Array
  nonce: Uint8Array
  wrapped: Uint8Array
}

export interface Sealed {
  /** Makes commitments to equal payloads differ, and untestable once it is destroyed. */
  salt: Uint8Array
  nonce: Uint8Array
  /** `SEALED_OVERHEAD_BYTES` longer than the payload; the last 16 bytes are GCM's tag. */
  ciphertext: Uint8Array
  keys: readonly WrappedKey[]
}

export interface SealOptions {
  /** What the record is about; opening needs the same bytes. Authenticated, not stored. */
  context: Uint8Array
  /** Fresh, unpredictable bytes that the caller owns. */
  randomBytes: (length: number) => Uint8Array
}

/** The keys of one replica. @throws SealingError `malformed` unless the seed has 32 bytes */
export function boxKeysFromSeed(seed: Uint8Array): BoxKeys {
  expectLength('seed', seed, BOX_KEY_BYTES)
  return boxKeysFromSecret(seed)
}

/**
 * Seals `payload` for each of `recipients` (box public keys).
 *
 * @throws SealingError `recipient-count` for none or more than `RECIPIENTS_MAX`, `malformed` for a
 * public key of another length or of low order
 */
export function seal(
  payload: Uint8Array,
  recipients: readonly Uint8Array[],
  { context, randomBytes }: SealOptions,
): Sealed {
  checkRecipients(recipients)
  const dataKey = randomBytes(DATA_KEY_BYTES)
  try {
    const nonce = randomBytes(SEAL_NONCE_BYTES)
    return {
      salt: randomBytes(SALT_BYTES),
      nonce,
      ciphertext: encrypt(payload, dataKey, nonce, context),
      keys: wrap(dataKey, recipients, randomBytes),
    }
  } finally {
    dataKey.fill(0)
  }
}

/**
 * The payload of `sealed`, for a holder of one of its recipients' keys.
 *
 * Trusts nothing in `sealed`. What it returns is what was sealed under this context, and what every
 * other recipient gets; that it is what the ledger names is for `commitmentOf` to say.
 *
 * @throws SealingError `malformed`, `recipient-count`, `not-a-recipient`, `unwrap`, `decrypt` (also
 * for another context) or `key-commitment`
 */
export function open(sealed: Sealed, boxKeys: BoxKeys, context: Uint8Array): Uint8Array {
  checkShape(sealed)
  const dataKey = unwrap(sealed, boxKeys)
  try {
    return decrypt(sealed, dataKey, context)
  } finally {
    dataKey.fill(0)
  }
}

/**
 * Wraps the data key of `sealed` for further replicas; neither ciphertext nor commitment changes.
 *
 * Opens the record first, so that nobody passes on a key that does not work.
 *
 * @throws SealingError as `open`
 */
export function wrapFor(
  recipients: readonly Uint8Array[],
  sealed: Sealed,
  boxKeys: BoxKeys,
  { context, randomBytes }: SealOptions,
): WrappedKey[] {
  checkRecipients(recipients)
  checkShape(sealed)
  const dataKey = unwrap(sealed, boxKeys)
  try {
    decrypt(sealed, dataKey, context).fill(0)
    return wrap(dataKey, recipients, randomBytes)
  } finally {
    dataKey.fill(0)
  }
}

/**
 * What the ledger holds of a record: SHA-256 over a domain tag, salt, nonce and ciphertext.
 *
 * The wrapped keys are not in it: replicas come and go while the ledger stays.
 *
 * @throws SealingError `malformed`: with free lengths two records could share one commitment
 */
export function commitmentOf(sealed: Omit<Sealed, 'keys'>): Hash {
  expectLength('salt', sealed.salt, SALT_BYTES)
  expectLength('nonce', sealed.nonce, SEAL_NONCE_BYTES)
  return sha256(COMMITMENT_TAG, sealed.salt, sealed.nonce, sealed.ciphertext)
}

function encrypt(
  payload: Uint8Array,
  dataKey: Uint8Array,
  nonce: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(context)
  return concatBytes(
    cipher.update(new Uint8Array(KEY_COMMITMENT_BYTES)),
    cipher.update(payload),
    cipher.final(),
    cipher.getAuthTag(),
  )
}

function decrypt(sealed: Sealed, dataKey: Uint8Array, context: Uint8Array): Uint8Array {
  const end = sealed.ciphertext.length - TAG_BYTES
  const options = { authTagLength: TAG_BYTES }
  const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.nonce, options)
  decipher.setAAD(context)
  decipher.setAuthTag(sealed.ciphertext.subarray(end))
  const padded = decipher.update(sealed.ciphertext.subarray(0, end))
  try {
    decipher.final()
  } catch (cause) {
    throw new SealingError('decrypt', 'key, context and ciphertext do not belong together', {
      cause,
    })
  }
  if (padded.subarray(0, KEY_COMMITMENT_BYTES).some((byte) => byte !== 0)) {
    throw new SealingError(
      'key-commitment',
      'the ciphertext was made to open under another key too',
    )
  }
  const payload = new Uint8Array(padded.subarray(KEY_COMMITMENT_BYTES))
  padded.fill(0)
  return payload
}

/** One ephemeral key serves all recipients of one call: to make it costs more than to use it. */
function wrap(
  dataKey: Uint8Array,
  recipients: readonly Uint8Array[],
  randomBytes: SealOptions['randomBytes'],
): WrappedKey[] {
  const ephemeral = boxKeysFromSecret(randomBytes(BOX_KEY_BYTES))
  try {
    return recipients.map((recipient) => {
      const nonce = randomBytes(WRAP_NONCE_BYTES)
      const wrapped = closeBox(dataKey, nonce, recipient, ephemeral)
      return { recipient, ephemeral: ephemeral.publicKey, nonce, wrapped }
    })
  } catch (cause) {
    throw new SealingError('malformed', 'recipient: a public key of low order', { cause })
  } finally {
    ephemeral.secretKey.fill(0)
  }
}

function unwrap(sealed: Sealed, boxKeys: BoxKeys): Uint8Array {
  const own = sealed.keys.find(({ recipient }) => equalBytes(recipient, boxKeys.publicKey))
  if (own === undefined) throw new SealingError('not-a-recipient', 'no data key for this replica')
  const dataKey = openBox(own.wrapped, own.nonce, own.ephemeral, boxKeys)
  if (dataKey === null) throw new SealingError('unwrap', 'the wrapped data key does not open')
  return dataKey
}

function checkRecipients(recipients: readonly Uint8Array[]): void {
  if (recipients.length === 0 || recipients.length > RECIPIENTS_MAX) {
    throw new SealingError('recipient-count', `cannot seal for ${recipients.length} recipients`)
  }
  for (const recipient of recipients) expectLength('recipient', recipient, BOX_KEY_BYTES)
}

function checkShape({ salt, nonce, ciphertext, keys }: Sealed): void {
  expectLength('salt', salt, SALT_BYTES)
  expectLength('nonce', nonce, SEAL_NONCE_BYTES)
  if (ciphertext.length < SEALED_OVERHEAD_BYTES) {
    throw new SealingError('malformed', `a ciphertext of ${ciphertext.length} bytes is too short`)
  }
  if (keys.length > RECIPIENTS_MAX) {
    throw new SealingError('recipient-count', `${keys.length} wrapped keys in one record`)
  }
  for (const key of keys) {
    expectLength('recipient', key.recipient, BOX_KEY_BYTES)
    expectLength('ephemeral', key.ephemeral, BOX_KEY_BYTES)
    expectLength('wrap nonce', key.nonce, WRAP_NONCE_BYTES)
    expectLength('wrapped key', key.wrapped, WRAPPED_BYTES)
  }
}

function expectLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length === length) return
  throw new SealingError('malformed', `${what}: ${bytes.length} bytes, not ${length}`)
}
