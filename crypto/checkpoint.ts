/**
 * Checkpoints: what a log says its tree is, as text, and the signed note around it.
 *
 * Source: C2SP tlog-checkpoint v1.0.0. Three lines (origin, size in decimal, root in base64), then
 * extension lines; we write none and keep those of others, because cosignatures cover them.
 */
import { equalBytes, fromBase64, toBase64 } from './bytes.ts'
import { EMPTY_ROOT, HASH_BYTES, type Hash } from './hash.ts'
import { openNote, signNote, type NoteSigner, type NoteVerifier } from './note.ts'

export type InvalidCheckpointCode = 'malformed' | 'origin' | 'size' | 'root' | 'extension'

export class InvalidCheckpoint extends Error {
  override readonly name = 'InvalidCheckpoint'
  readonly code: InvalidCheckpointCode

  constructor(code: InvalidCheckpointCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A size is an unsigned 64-bit number. */
const SIZE_LIMIT = 1n << 64n

/** Zero, or up to 20 digits of which the first is not zero: `SIZE_LIMIT` has 20. */
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/

export interface Checkpoint {
  /** Name of the log, unique for ever. */
  origin: string
  /** Number of leaves. */
  size: bigint
  /** Root of the tree of the first `size` leaves. */
  root: Hash
  /** Further lines without their newlines. */
  extensions: readonly string[]
}

/** A checkpoint whose log signature was verified, with the note that proves it. */
export type OpenedCheckpoint = Checkpoint & { note: string }

/** The text that is signed. @throws InvalidCheckpoint for what `parseCheckpoint` would refuse */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  const lines = [origin, size.toString(), toBase64(root), ...extensions]
  const text = `${lines.join('\n')}\n`
  const read = parseCheckpoint(text)
  if (read.origin === origin && read.extensions.length === extensions.length) return text
  throw new InvalidCheckpoint('malformed', 'a newline inside a line')
}

/**
 * Reads the text of a checkpoint. Who says so, and whether it is true, is not looked at.
 *
 * @throws InvalidCheckpoint `malformed`, `origin` (empty), `size` (not the one decimal spelling of
 * a number below 2^64), `root` (not 32 bytes, or not the empty root at size 0), `extension` (empty)
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...extensions] = text.split('\n')
  if (origin === undefined || size === undefined || root === undefined || extensions.pop() !== '') {
    throw new InvalidCheckpoint('malformed', 'a checkpoint is three lines or more, each ended')
  }
  if (origin === '') throw new InvalidCheckpoint('origin', 'a checkpoint without an origin')
  if (extensions.includes('')) throw new InvalidCheckpoint('extension', 'an empty extension line')
  const checkpoint = { origin, size: parseSize(size), root: parseRoot(root), extensions }
  if (checkpoint.size > 0n || equalBytes(checkpoint.root, EMPTY_ROOT)) return checkpoint
  throw new InvalidCheckpoint('root', 'an empty tree has one root only')
}

/** The signed note of a checkpoint. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  return signNote(formatCheckpoint(checkpoint), [signer])
}

/**
 * The checkpoint in `note`, if it is by the log `origin`.
 *
 * Trusts `verifier` to be that log's key. Cosignatures are not looked at.
 *
 * @throws InvalidNote as `openNote`; InvalidCheckpoint as `parseCheckpoint`, and `origin` where the
 * text speaks of another log
 */
export function openCheckpoint(
  note: string,
  origin: string,
  verifier: NoteVerifier,
): OpenedCheckpoint {
  const checkpoint = parseCheckpoint(openNote(note, [verifier]).text)
  if (checkpoint.origin === origin) return { ...checkpoint, note }
  throw new InvalidCheckpoint('origin', `a checkpoint of ${checkpoint.origin}, not of ${origin}`)
}

/** A number below 2^64 in its one decimal spelling, or undefined. */
export function parseDecimal(text: string): bigint | undefined {
  if (!DECIMAL.test(text)) return undefined
  const number = BigInt(text)
  return number < SIZE_LIMIT ? number : undefined
}

function parseSize(text: string): bigint {
  const size = parseDecimal(text)
  if (size !== undefined) return size
  throw new InvalidCheckpoint('size', 'the size is not a decimal number below 2^64')
}

function parseRoot(text: string): Hash {
  try {
    const root = fromBase64(text)
    if (root.length === HASH_BYTES) return root
    throw new InvalidCheckpoint('root', `a root of ${root.length} bytes`)
  } catch (cause) {
    if (cause instanceof InvalidCheckpoint) throw cause
    throw new InvalidCheckpoint('root', 'the root is not base64', { cause })
  }
}
