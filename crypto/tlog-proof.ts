/**
 * Proofs to take away: entry index, inclusion path and cosigned checkpoint in one text that can be
 * checked offline, years later, with nothing but the log's key.
 *
 * Source: C2SP tlog-proof (`c2sp.org/tlog-proof@v1`).
 */
import { equalBytes, fromBase64, toBase64 } from './bytes.ts'
import { openCheckpoint, parseDecimal, type OpenedCheckpoint } from './checkpoint.ts'
import { hashLeaf, HASH_BYTES, type Hash } from './hash.ts'
import { InvalidProof } from './merkle/invalid-proof.ts'
import { rootFromInclusion } from './merkle/inclusion.ts'
import { NOTE_BYTES_MAX, type NoteVerifier } from './note.ts'

export type InvalidTlogProofCode = 'too-long' | 'header' | 'extra' | 'index' | 'path' | 'checkpoint'

/** A text that is not a tlog-proof. */
export class InvalidTlogProof extends Error {
  override readonly name = 'InvalidTlogProof'
  readonly code: InvalidTlogProofCode

  constructor(code: InvalidTlogProofCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const HEADER = 'c2sp.org/tlog-proof@v1'

/** C2SP: a tree of 2^63 leaves has paths of 63 hashes. */
const PATH_LINES_MAX = 63

/** Extra data, bytes: what else a verifier needs for one entry; the entry itself is no longer. */
const EXTRA_BYTES_MAX = 65_536

/** One proof, characters: extra data in base64, path and checkpoint. */
const PROOF_LENGTH_MAX = NOTE_BYTES_MAX + 2 * EXTRA_BYTES_MAX

export interface TlogProof {
  /** Zero-based position of the entry. */
  index: bigint
  /** Sibling hashes, leaf to root. */
  path: readonly Hash[]
  /** The signed note, verbatim. */
  checkpoint: string
  /** What the application put beside; nothing signs it. */
  extra?: Uint8Array
}

export interface ProvenEntry {
  index: bigint
  checkpoint: OpenedCheckpoint
  extra?: Uint8Array
}

/** @throws InvalidTlogProof for what `parseTlogProof` would refuse */
export function formatTlogProof({ index, path, checkpoint, extra }: TlogProof): string {
  const extraLine = extra === undefined ? [] : [`extra ${toBase64(extra)}`]
  const hashes = path.map((hash) => toBase64(hash))
  const text = [HEADER, ...extraLine, `index ${index}`, ...hashes, '', checkpoint].join('\n')
  parseTlogProof(text)
  return text
}

/**
 * Takes a proof apart and verifies nothing.
 *
 * @throws InvalidTlogProof `too-long`, `header`, `extra`, `index`, `path` (a line that is no hash,
 * or more than 63), `checkpoint` (none)
 */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > PROOF_LENGTH_MAX) {
    throw new InvalidTlogProof('too-long', `a proof of ${text.length} characters`)
  }
  const split = text.indexOf('\n\n')
  if (split < 0) throw new InvalidTlogProof('checkpoint', 'no empty line before a checkpoint')
  const checkpoint = text.slice(split + 2)
  if (checkpoint === '') throw new InvalidTlogProof('checkpoint', 'no checkpoint')

  const [header, ...lines] = text.slice(0, split).split('\n')
  if (header !== HEADER) throw new InvalidTlogProof('header', `the first line is not ${HEADER}`)
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() ?? '') : undefined
  const index = parseIndexLine(lines.shift() ?? '')
  if (lines.length > PATH_LINES_MAX) {
    throw new InvalidTlogProof('path', `a path of ${lines.length} hashes`)
  }
  const proof = { index, path: lines.map((line) => parseHash(line)), checkpoint }
  return extra === undefined ? proof : { ...proof, extra }
}

/**
 * Returns where `entry` is in the log `origin`, if `proofText` proves it, and throws otherwise.
 *
 * Trusts `verifier` to be the log's key. Whether enough witnesses saw the checkpoint is for
 * `checkWitnesses` to say, from the `note` in what is returned. `extra` is nobody's word.
 *
 * @throws InvalidTlogProof; InvalidNote, InvalidCheckpoint from the checkpoint; InvalidProof, with
 * `root-mismatch` where the path leads to another root
 */
export function verifyTlogProof(
  entry: Uint8Array,
  proofText: string,
  origin: string,
  verifier: NoteVerifier,
): ProvenEntry {
  const { index, path, checkpoint: note, extra } = parseTlogProof(proofText)
  const checkpoint = openCheckpoint(note, origin, verifier)
  const root = rootFromInclusion(hashLeaf(entry), { index, size: checkpoint.size, path })
  if (!equalBytes(root, checkpoint.root)) {
    throw new InvalidProof('root-mismatch', `entry ${index} is not in this tree`)
  }
  return extra === undefined ? { index, checkpoint } : { index, checkpoint, extra }
}

function parseExtra(line: string): Uint8Array {
  const extra = decode(line.slice('extra '.length), 'extra')
  if (extra.length <= EXTRA_BYTES_MAX) return extra
  throw new InvalidTlogProof('extra', `extra data of ${extra.length} bytes`)
}

function parseIndexLine(line: string): bigint {
  const index = line.startsWith('index ') ? parseDecimal(line.slice('index '.length)) : undefined
  if (index !== undefined) return index
  throw new InvalidTlogProof('index', 'no line with an index below 2^64')
}

function parseHash(line: string): Hash {
  const hash = decode(line, 'path')
  if (hash.length === HASH_BYTES) return hash
  throw new InvalidTlogProof('path', `a hash of ${hash.length} bytes`)
}

function decode(text: string, code: InvalidTlogProofCode): Uint8Array {
  try {
    return fromBase64(text)
  } catch (cause) {
    throw new InvalidTlogProof(code, 'not base64', { cause })
  }
}
