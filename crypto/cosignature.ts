/**
 * Cosignatures: that somebody else saw a checkpoint, found it consistent with all it had seen, and
 * when.
 *
 * Source: C2SP tlog-cosignature v1.0.1 (Ed25519, type 0x04). The line carries a 64-bit time and the
 * signature; what is signed is a header, the time and the text of the checkpoint. ML-DSA-44 (type
 * 0x06) keys are recognised, so that a policy can name them, but OpenSSL 3.0 cannot verify by them.
 */
import { concatBytes, utf8 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { SIGNATURE_BYTES, verifySignature, type Signer } from './ed25519.ts'
import { formatSignatureLine, type NoteSignature, type NoteVerifier } from './note.ts'
import { ALGORITHM_COSIGNATURE_V1, ALGORITHM_ML_DSA_44, keyIdOf, parseVkey } from './note-key.ts'

/** Length of the big-endian time before the signature. */
const TIME_BYTES = 8

export interface Cosigner {
  readonly name: string
  readonly keyId: Uint8Array
  /** Time and signature, as the line carries them. */
  cosign(text: string, timeSeconds: number): Uint8Array
}

/** Somebody whose cosignatures count, from a vkey. */
export interface CosignerKey {
  readonly name: string
  readonly keyId: Uint8Array
  readonly kind: 'ed25519' | 'ml-dsa-44'
  readonly publicKey: Uint8Array
  /** Undefined for a kind that cannot be verified here; its lines are those of a stranger. */
  readonly verifier: NoteVerifier | undefined
}

/**
 * A cosigner. One key must not serve two names: the signed bytes do not hold the name.
 *
 * @throws InvalidNoteKey `name`
 */
export function cosigner(name: string, signer: Signer): Cosigner {
  return {
    name,
    keyId: keyIdOf(name, ALGORITHM_COSIGNATURE_V1, signer.publicKey),
    cosign: (text, timeSeconds) =>
      concatBytes(bigEndian(timeSeconds), signer.sign(cosignedMessage(text, timeSeconds))),
  }
}

/**
 * The signature line, with its newline, by which `by` states the checkpoint `text` at
 * `timeSeconds`.
 *
 * Whoever calls this has made sure that the checkpoint is the log's and consistent with all it has
 * cosigned before, and has that on disk.
 *
 * @throws InvalidCheckpoint for a text that is none; RangeError for a time that is not a whole
 * number of seconds from 1970 on
 */
export function cosignCheckpoint(text: string, by: Cosigner, timeSeconds: number): string {
  parseCheckpoint(text)
  const { name, keyId } = by
  return formatSignatureLine({ name, keyId, signature: by.cosign(text, timeSeconds) })
}

/**
 * Reads the vkey of a cosigner. One of a plain note key (0x01) stands for the same key as a
 * cosigner: name and key stay, the key id becomes that of type 0x04.
 *
 * @throws InvalidNoteKey as `parseVkey`
 */
export function parseCosigner(vkey: string): CosignerKey {
  const { name, keyId, algorithm, publicKey } = parseVkey(vkey)
  if (algorithm === ALGORITHM_ML_DSA_44) {
    return { name, keyId, kind: 'ml-dsa-44', publicKey, verifier: undefined }
  }
  const verifier = cosignatureVerifier(name, publicKey)
  return { name, keyId: verifier.keyId, kind: 'ed25519', publicKey, verifier }
}

/** Verifies cosignature lines of the Ed25519 kind. @throws InvalidNoteKey `name` */
export function cosignatureVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  const keyId = keyIdOf(name, ALGORITHM_COSIGNATURE_V1, publicKey)
  return { name, keyId, verify: (text, signature) => verifies(publicKey, text, signature) }
}

/**
 * When a verified cosignature was made, seconds since 1970; undefined for bytes that are none.
 *
 * Only a verified line has a time worth reading.
 */
export function cosignatureTime({ signature }: NoteSignature): number | undefined {
  return splitCosignature(signature)?.timeSeconds
}

function verifies(publicKey: Uint8Array, text: string, bytes: Uint8Array): boolean {
  const split = splitCosignature(bytes)
  if (split === undefined) return false
  return verifySignature(publicKey, cosignedMessage(text, split.timeSeconds), split.signature)
}

/** Times beyond 2^53 s, 285 million years from now, are taken for no cosignature at all. */
function splitCosignature(
  bytes: Uint8Array,
): { timeSeconds: number; signature: Uint8Array } | undefined {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined
  const time = new DataView(bytes.buffer, bytes.byteOffset, TIME_BYTES).getBigUint64(0)
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return { timeSeconds: Number(time), signature: bytes.subarray(TIME_BYTES) }
}

function cosignedMessage(text: string, timeSeconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${timeSeconds}\n${text}`)
}

function bigEndian(timeSeconds: number): Uint8Array {
  if (!Number.isSafeInteger(timeSeconds) || timeSeconds < 0) {
    throw new RangeError(`${timeSeconds} is not a whole number of seconds from 1970 on`)
  }
  const bytes = new Uint8Array(TIME_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(timeSeconds))
  return bytes
}
