/**
 * A block of people of a past query, compared again: what another node says that they scored, and
 * what shows that a part said otherwise.
 */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { sha256 } from '../crypto/hash.ts'
import { provenPartShape, provenRecordShape, type ProvenPart, type ProvenRecord } from './answer.ts'
import { bytesUpTo, codec, list, optional, record, text, uint } from './codec.ts'
import { TamgaError } from './errors.ts'
import { digestShape, handleShape, nodeShape, signatureShape, timeShape } from './identifiers.ts'
import {
  CHECKPOINT_BYTES_MAX,
  ENTRY_BYTES_MAX,
  REPLICAS_MAX,
  SHARDS_MAX,
  TEXT_BYTES_MAX,
} from './limits.ts'
import { PART_BYTES_MAX } from './part.ts'
import { BLOCK_PEOPLE, provenBlockShape, type ProvenBlock } from './score-tree.ts'

/** An enrolment by which somebody is found. */
export interface NamedTemplate {
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
}

export const namedTemplatesShape = list(
  record<NamedTemplate>({ handle: handleShape, commitment: digestShape }),
  BLOCK_PEOPLE,
)

export interface Replay {
  readonly node: string
  readonly at: number
  /** Leaf hash of the query's bytes: a record in a batch, or an entry, of the asking node's log. */
  readonly query: Uint8Array
  readonly shard: number
  /** `peopleDigest` of whom it was asked about. */
  readonly people: Uint8Array
  readonly matcher: string
  /** How many of them are not searched at this node: erased since, or changed. */
  readonly missing: number
  /** Of their scores, as in a search; absent where anybody is missing. */
  readonly digest: Uint8Array | undefined
}

/** A replay's bytes, and its node's signature. */
export interface SignedReplay {
  readonly replay: Uint8Array
  readonly signature: Uint8Array
}

/** A replay, bytes: a name, a matcher and some digests. */
const REPLAY_BYTES_MAX = 1_024

const replays = codec(
  'replay',
  REPLAY_BYTES_MAX,
  record<Replay>({
    node: nodeShape,
    at: timeShape,
    query: digestShape,
    shard: uint(SHARDS_MAX - 1),
    people: digestShape,
    matcher: text(TEXT_BYTES_MAX),
    missing: uint(BLOCK_PEOPLE),
    digest: optional(digestShape),
  }),
)

const signedReplayShape = record<SignedReplay>({
  replay: bytesUpTo(REPLAY_BYTES_MAX),
  signature: signatureShape,
})

export const signedReplays = codec('signed replay', 2 * REPLAY_BYTES_MAX, signedReplayShape)

/** A part, one block of it, and what others say of the same block. */
export interface ReplayEvidence {
  readonly query: ProvenRecord
  readonly part: ProvenPart
  readonly shard: number
  readonly block: ProvenBlock
  readonly people: readonly NamedTemplate[]
  readonly replays: readonly SignedReplay[]
}

/** Two records with batches and proofs, a part, 256 people, a path and each replica's replay. */
const EVIDENCE_BYTES_MAX =
  2 * (2 * ENTRY_BYTES_MAX + CHECKPOINT_BYTES_MAX) + PART_BYTES_MAX + 65_536

export const replayEvidences = codec(
  'replay evidence',
  EVIDENCE_BYTES_MAX,
  record<ReplayEvidence>({
    query: provenRecordShape,
    part: provenPartShape,
    shard: uint(SHARDS_MAX - 1),
    block: provenBlockShape,
    people: namedTemplatesShape,
    replays: list(signedReplayShape, REPLICAS_MAX),
  }),
)

export function signReplay(replay: Replay, signer: Signer): SignedReplay {
  const encoded = replays.encode(replay)
  return { replay: encoded, signature: signer.sign(signedBytes(encoded)) }
}

/**
 * @param keyOf the key of a node, if the roster has it
 * @throws TamgaError `malformed`, `too-large` or `bad-signature`
 */
export function openReplay(
  { replay, signature }: SignedReplay,
  keyOf: (node: string) => Uint8Array | undefined,
): Replay {
  const opened = replays.decode(replay)
  const key = keyOf(opened.node)
  if (key && verifySignature(key, signedBytes(replay), signature)) return opened
  throw new TamgaError('bad-signature', `${opened.node} did not sign this replay`)
}

/** Of people in their order. */
export function peopleDigest(people: readonly NamedTemplate[]): Uint8Array {
  const all = people.flatMap(({ handle, commitment }) => [handle, commitment])
  return sha256(concatBytes(utf8('tamga/replayed-people/v1\n'), ...all))
}

function signedBytes(encoded: Uint8Array): Uint8Array {
  return concatBytes(utf8('tamga/replay/v1\n'), encoded)
}
