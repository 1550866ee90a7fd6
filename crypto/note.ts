/**
 * Signed notes: a text, a blank line, and signature lines that anybody may add to.
 *
 * Source: C2SP signed-note v1.0.0. A name and a 4-byte key id say which key a line claims to be by;
 * a line of a key that nobody here knows is kept and believed by nobody.
 */
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  toBase64,
  toHex,
  utf8,
} from './bytes.ts'
import { verifySignature, type Signer } from './ed25519.ts'
import { ALGORITHM_ED25519, isKeyName, KEY_ID_BYTES, keyIdOf, parseVkey } from './note-key.ts'

export { formatSkey, formatVkey, parseSkey, parseVkey, type NoteKey } from './note-key.ts'

export type InvalidNoteCode =
  | 'too-long'
  | 'malformed'
  | 'too-many-signatures'
  | 'ambiguous-key'
  | 'bad-signature'
  | 'not-signed'
  | 'other-text'

export class InvalidNote extends Error {
  override readonly name = 'InvalidNote'
  readonly code: InvalidNoteCode

  constructor(code: InvalidNoteCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Signature lines in one note. C2SP asks for 16 at least; Go's reader stops here. */
export const NOTE_SIGNATURES_MAX = 100

/** One note, UTF-8 bytes: 16 signatures of the longest kind (ML-DSA-44, 3.3 kB of text) fit. */
export const NOTE_BYTES_MAX = 65_536

export interface NoteSigner {
  readonly name: string
  readonly keyId: Uint8Array
  /** What the line carries behind the key id. */
  sign(text: string): Uint8Array
}

export interface NoteVerifier {
  readonly name: string
  readonly keyId: Uint8Array
  /** Never throws. */
  verify(text: string, signature: Uint8Array): boolean
}

/** One signature line. Whether it verifies is not for it to say. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

export interface OpenedNote {
  readonly text: string
  /** By a known key, and verified: one per key. */
  readonly verified: readonly NoteSignature[]
  /** By keys that were not asked about; identical lines once. */
  readonly unverified: readonly NoteSignature[]
}

/** A note signer of the plain Ed25519 kind (type 0x01). @throws InvalidNoteKey `name` */
export function noteSigner(name: string, signer: Signer): NoteSigner {
  const keyId = keyIdOf(name, ALGORITHM_ED25519, signer.publicKey)
  return { name, keyId, sign: (text) => signer.sign(utf8(text)) }
}

/** The verifier for a vkey of the plain Ed25519 kind. @throws InvalidNoteKey */
export function noteVerifier(vkey: string): NoteVerifier {
  const { name, keyId, publicKey } = parseVkey(vkey, [ALGORITHM_ED25519])
  return {
    name,
    keyId,
    verify: (text, signature) => verifySignature(publicKey, utf8(text), signature),
  }
}

/**
 * A note over `text` with one line per signer, behind the lines of `existing` that are by others.
 *
 * The lines of `existing` are passed on unverified.
 *
 * @throws InvalidNote `malformed` for a text that no note can carry, `other-text` where `existing`
 * is over something else, `too-many-signatures`, `too-long`
 */
export function signNote(text: string, signers: readonly NoteSigner[], existing?: string): string {
  checkText(text)
  const old = existing === undefined ? { text, signatures: [] } : parseNote(existing)
  if (old.text !== text)
    throw new InvalidNote('other-text', 'the existing note is over another text')
  const kept = old.signatures.filter((line) => !signers.some((signer) => isSameKey(signer, line)))
  const added = signers.map((signer) => lineBy(signer, text))
  return joinNote(text, [...kept, ...added])
}

/** `note` with further lines, those it has already left out. @throws InvalidNote as `parseNote` */
export function addSignatures(note: string, added: readonly NoteSignature[]): string {
  const { text, signatures } = parseNote(note)
  const lines = [...signatures]
  for (const line of added) if (!lines.some((known) => isSameLine(known, line))) lines.push(line)
  return joinNote(text, lines)
}

/**
 * Takes a note apart and verifies what the given keys signed.
 *
 * Strict on purpose: one line that names a known key and does not verify condemns the whole note,
 * as C2SP advises. Where strangers may add lines (cosignatures), use `parseNote` and judge each
 * alone.
 *
 * @param note text, or bytes as they came; bytes must be UTF-8
 * @throws InvalidNote `too-long`, `malformed`, `too-many-signatures`, `ambiguous-key` where two
 * verifiers share name and key id and a line is by them, `bad-signature`, `not-signed` where no
 * line is by any of the keys
 */
export function openNote(
  note: string | Uint8Array,
  verifiers: readonly NoteVerifier[],
): OpenedNote {
  const { text, signatures } = parseNote(note)
  const verified: NoteSignature[] = []
  const unverified: NoteSignature[] = []
  for (const line of signatures) {
    const [verifier, other] = verifiers.filter((candidate) => isSameKey(candidate, line))
    if (other !== undefined) {
      throw new InvalidNote('ambiguous-key', `two verifiers for ${describe(line)}`)
    }
    if (verifier === undefined) {
      if (!unverified.some((seen) => isSameLine(seen, line))) unverified.push(line)
    } else if (!verified.some((seen) => isSameKey(seen, line))) {
      if (!verifier.verify(text, line.signature)) {
        throw new InvalidNote('bad-signature', `${describe(line)} does not verify`)
      }
      verified.push(line)
    }
  }
  if (verified.length === 0) throw new InvalidNote('not-signed', 'no signature by a known key')
  return { text, verified, unverified }
}

/**
 * Takes a note apart and verifies nothing.
 *
 * @throws InvalidNote `too-long`, `malformed`, `too-many-signatures`
 */
export function parseNote(note: string | Uint8Array): {
  text: string
  signatures: NoteSignature[]
} {
  const whole = wellFormed(note)
  const split = whole.lastIndexOf('\n\n')
  if (split < 0 || !whole.endsWith('\n')) {
    throw new InvalidNote('malformed', 'no text, blank line and signatures')
  }
  const text = whole.slice(0, split + 1)
  checkText(text)
  const signatures = parseSignatureLines(whole.slice(split + 2))
  return { text, signatures }
}

/**
 * Signature lines on their own, as a witness answers with: each ends in a newline.
 *
 * @throws InvalidNote `malformed`, also for none, and `too-many-signatures`
 */
export function parseSignatureLines(lines: string): NoteSignature[] {
  const all = lines.split('\n')
  if (all.pop() !== '' || all.length === 0) {
    throw new InvalidNote('malformed', 'signature lines must each end in a newline')
  }
  if (all.length > NOTE_SIGNATURES_MAX) {
    throw new InvalidNote('too-many-signatures', `${all.length} signatures on one note`)
  }
  return all.map((line) => parseSignatureLine(line))
}

/** One line with its newline. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(concatBytes(keyId, signature))}\n`
}

/** Whether both name the same key. */
export function isSameKey(
  a: Pick<NoteSignature, 'name' | 'keyId'>,
  b: Pick<NoteSignature, 'name' | 'keyId'>,
): boolean {
  return a.name === b.name && equalBytes(a.keyId, b.keyId)
}

function lineBy(signer: NoteSigner, text: string): NoteSignature {
  return { name: signer.name, keyId: signer.keyId, signature: signer.sign(text) }
}

function isSameLine(a: NoteSignature, b: NoteSignature): boolean {
  return isSameKey(a, b) && compareBytes(a.signature, b.signature) === 0
}

function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...rest] = line.split(' ')
  if (dash !== '—' || name === undefined || encoded === undefined || rest.length > 0) {
    throw new InvalidNote('malformed', 'a line among the signatures is none')
  }
  if (!isKeyName(name)) throw new InvalidNote('malformed', 'a signature without a proper key name')
  const bytes = signatureBytes(encoded)
  if (bytes.length <= KEY_ID_BYTES) {
    throw new InvalidNote('malformed', `a signature of ${bytes.length} bytes holds no signature`)
  }
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) }
}

function signatureBytes(encoded: string): Uint8Array {
  try {
    return fromBase64(encoded)
  } catch (cause) {
    throw new InvalidNote('malformed', 'a signature is not base64', { cause })
  }
}

/** The note as text, once it is known to be short enough, UTF-8 and free of control characters. */
function wellFormed(note: string | Uint8Array): string {
  if (note.length > NOTE_BYTES_MAX || Buffer.byteLength(note) > NOTE_BYTES_MAX) {
    throw new InvalidNote('too-long', `a note of more than ${NOTE_BYTES_MAX} bytes`)
  }
  const text = typeof note === 'string' ? note : decode(note)
  if (!text.isWellFormed() || hasControlCharacter(text)) {
    throw new InvalidNote('malformed', 'control characters or lone surrogates')
  }
  return text
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new InvalidNote('malformed', 'not UTF-8', { cause })
  }
}

function checkText(text: string): void {
  if (text.endsWith('\n') && text.isWellFormed() && !hasControlCharacter(text)) return
  throw new InvalidNote('malformed', 'a text must end in a newline and hold no control characters')
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 && unit !== 0x0a) return true
  }
  return false
}

function joinNote(text: string, signatures: readonly NoteSignature[]): string {
  if (signatures.length > NOTE_SIGNATURES_MAX) {
    throw new InvalidNote('too-many-signatures', `${signatures.length} signatures on one note`)
  }
  const note = `${text}\n${signatures.map((line) => formatSignatureLine(line)).join('')}`
  return wellFormed(note)
}

function describe({ name, keyId }: NoteSignature): string {
  return `${name}+${toHex(keyId)}`
}
