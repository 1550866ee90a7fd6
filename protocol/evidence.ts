/**
 * Evidence that a log's key has signed two histories. Whoever has the roster can check it, and
 * needs neither the log nor anybody's word.
 *
 * Two kinds convict. Two checkpoints of one size with different roots do so by themselves. Two of
 * different sizes do with a prefix: a root for the smaller size from which a consistency proof
 * (RFC 9162 §2.1.4) leads to the larger checkpoint, and which is not the smaller checkpoint's. The
 * prefix may come from anybody: were the larger tree really the smaller one grown, such a proof
 * would be a collision of SHA-256. So a log that only ever grew cannot be convicted, whoever lies.
 *
 * The same pair makes the same bytes wherever it is found: of each note only the line of the log's
 * own key is kept, the smaller tree comes first, and of one size the lower root.
 */
import { compareBytes, equalBytes } from '../crypto/bytes.ts'
import { openCheckpoint, parseCheckpoint, type OpenedCheckpoint } from '../crypto/checkpoint.ts'
import type { Hash } from '../crypto/hash.ts'
import { verifyConsistency } from '../crypto/merkle/consistency.ts'
import { formatSignatureLine, InvalidNote, isSameKey, parseNote } from '../crypto/note.ts'
import type { NoteVerifier } from '../crypto/note.ts'
import { codec, lines, list, optional, record } from './codec.ts'
import { TamgaError } from './errors.ts'
import { digestShape, nodeShape } from './identifiers.ts'
import { CHECKPOINT_BYTES_MAX, NAME_BYTES_MAX, PROOF_HASHES_MAX } from './limits.ts'
import { logOf } from './epochs.ts'
import { logOrigin, logVerifier, type Roster } from './roster.ts'

/** A digest in MessagePack, bytes: two stand before it. */
const DIGEST_BYTES = 34

/** One evidence, bytes: two of the longest checkpoints, the longest proof, a name, their heads. */
export const EVIDENCE_BYTES_MAX =
  2 * CHECKPOINT_BYTES_MAX + (PROOF_HASHES_MAX + 1) * DIGEST_BYTES + NAME_BYTES_MAX + 64

export interface Prefix {
  /** What the larger tree's root was at the smaller size. */
  readonly root: Hash
  /** From there to the larger checkpoint. */
  readonly proof: readonly Hash[]
}

export interface Evidence {
  /** The node whose log it is. */
  readonly log: string
  /** Signed notes of checkpoints: the smaller tree, or of one size the one with the lower root. */
  readonly first: string
  readonly second: string
  /** Where the sizes differ. */
  readonly prefix: Prefix | undefined
}

/** Two trees of one size, or a larger one that does not begin with the smaller. */
export const EVIDENCE_KINDS = ['same-size', 'other-beginning'] as const

export type EvidenceKind = (typeof EVIDENCE_KINDS)[number]

/** Evidence that was verified. */
export interface Conviction {
  readonly log: string
  readonly kind: EvidenceKind
  readonly first: OpenedCheckpoint
  readonly second: OpenedCheckpoint
  readonly prefix: Prefix | undefined
  /** The evidence in its one encoding, to be kept and passed on. */
  readonly encoded: Uint8Array
}

/** What somebody has found, in any order and with any further signatures. */
export interface Contradiction {
  readonly log: string
  readonly notes: readonly [string, string]
  /** Not looked at where the sizes are the same. */
  readonly prefix?: Prefix
}

export const evidences = codec(
  'evidence',
  EVIDENCE_BYTES_MAX,
  record<Evidence>({
    log: nodeShape,
    first: lines(CHECKPOINT_BYTES_MAX),
    second: lines(CHECKPOINT_BYTES_MAX),
    prefix: optional(
      record<Prefix>({ root: digestShape, proof: list(digestShape, PROOF_HASHES_MAX) }),
    ),
  }),
)

/**
 * Puts a contradiction into its one form. Whether it is one is for `verifyEvidence` to say.
 *
 * @param verifier the log's key
 * @throws TamgaError `bad-signature` where that key has not signed both, `malformed`
 */
export function evidenceOf(
  { log, notes, prefix }: Contradiction,
  verifier: NoteVerifier,
): Evidence {
  const [a, b] = notes.map((note) => bare(note, verifier)) as [Bare, Bare]
  const [first, second] = isInOrder(a, b) ? [a, b] : [b, a]
  const isSameSize = first.size === second.size
  return {
    log,
    first: first.note,
    second: second.note,
    prefix: isSameSize ? undefined : prefix,
  }
}

/**
 * Returns if the log's key, as the roster has it, signed two histories. Trusts the roster alone.
 *
 * @throws TamgaError `bad-proof` where the two do not contradict each other, or that is not proven;
 *   `bad-signature`; `malformed`, also for what is not in its one form; `too-large`; `not-found`
 *   where the roster has no such log
 */
export function verifyEvidence(evidence: Uint8Array | Evidence, roster: Roster): Conviction {
  const given = evidence instanceof Uint8Array ? evidence : evidences.encode(evidence)
  const value = evidences.decode(given)
  const { log, prefix } = value
  const node = logOf(roster, log)
  if (!node) throw new TamgaError('not-found', `the roster has no log of ${log}`)
  const verifier = logVerifier(roster.network, node)
  const origin = logOrigin(roster.network, log)
  const first = opened(value.first, origin, verifier)
  const second = opened(value.second, origin, verifier)
  if (!isInOrder(first, second)) throw malformed('the checkpoints are in the wrong order')
  const kind = convict(first, second, prefix)
  return { log, kind, first, second, prefix, encoded: evidences.encode(value) }
}

/** What kind of evidence it is, if it is any. */
function convict(
  first: OpenedCheckpoint,
  second: OpenedCheckpoint,
  prefix: Prefix | undefined,
): EvidenceKind {
  if (first.size === second.size) {
    if (prefix) throw malformed('a prefix between trees of one size')
    if (!equalBytes(first.root, second.root)) return 'same-size'
    throw new TamgaError('bad-proof', 'evidence: both checkpoints are of one tree')
  }
  if (first.size === 0n) throw new TamgaError('bad-proof', 'evidence: every tree begins empty')
  if (!prefix) throw new TamgaError('bad-proof', 'evidence: nothing proves that the trees differ')
  if (equalBytes(first.root, prefix.root)) {
    throw new TamgaError('bad-proof', 'evidence: the larger tree begins with the smaller one')
  }
  const { root, proof } = prefix
  const sizes = { size1: first.size, size2: second.size }
  try {
    verifyConsistency({ ...sizes, root1: root, root2: second.root, proof })
  } catch (cause) {
    const complaint = 'evidence: the larger tree has no such beginning'
    throw new TamgaError('bad-proof', complaint, { cause })
  }
  return 'other-beginning'
}

function opened(note: string, origin: string, verifier: NoteVerifier): OpenedCheckpoint {
  if (bare(note, verifier).note !== note) throw malformed("a note with others' signatures")
  try {
    return openCheckpoint(note, origin, verifier)
  } catch (cause) {
    throw new TamgaError('malformed', 'evidence: a checkpoint of another log', { cause })
  }
}

interface Bare {
  readonly note: string
  readonly size: bigint
  readonly root: Hash
}

/** The note with the first line of the log's key that verifies, and no other. */
function bare(note: string, verifier: NoteVerifier): Bare {
  try {
    const { text, signatures } = parseNote(note)
    const own = signatures.find(
      (line) => isSameKey(line, verifier) && verifier.verify(text, line.signature),
    )
    if (!own) throw new InvalidNote('not-signed', 'no signature by the key of the log')
    const { size, root } = parseCheckpoint(text)
    return { note: `${text}\n${formatSignatureLine(own)}`, size, root }
  } catch (cause) {
    const isUnsigned = cause instanceof InvalidNote && cause.code === 'not-signed'
    const code = isUnsigned ? 'bad-signature' : 'malformed'
    const complaint = cause instanceof Error ? cause.message : String(cause)
    throw new TamgaError(code, `evidence: ${complaint}`, { cause })
  }
}

function isInOrder(a: Bare, b: Bare): boolean {
  return a.size === b.size ? compareBytes(a.root, b.root) <= 0 : a.size < b.size
}

function malformed(complaint: string): TamgaError {
  return new TamgaError('malformed', `evidence: ${complaint}`)
}
