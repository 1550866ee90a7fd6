/**
 * The answer to a query, and the bundle that proves it.
 *
 * The asking node signs the answer. The bundle carries, beside it, everything that a stranger with
 * nothing but the roster needs: the query with its proof, every node's part with the proof
 * that it was logged, and the enrolment of every candidate with its proof.
 */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { recordProofShape, type RecordProof } from './record-proof.ts'
import { bytesUpTo, codec, lines, list, oneOf, optional, record, uint } from './codec.ts'
import { SCORE_MAX } from './entry/query.ts'
import { nodeShape, queryIdShape, signatureShape, timeShape } from './identifiers.ts'
import {
  ANSWER_BYTES_MAX,
  CANDIDATES_MAX,
  CHECKPOINT_BYTES_MAX,
  ENTRY_BYTES_MAX,
  REPLICAS_MAX,
  SHARDS_MAX,
} from './limits.ts'
import { candidateShape, PART_BYTES_MAX, type PartCandidate } from './part.ts'
import { ACTIONS, type Action } from './statement.ts'
import { VERDICTS, type Verdict } from './verdict.ts'

/** What became of one shard. Every shard of the roster is named. */
export interface ShardOutcome {
  readonly shard: number
  /** The replicas that were asked, in order. */
  readonly asked: readonly string[]
  /** Whose part covers it; absent when all stayed silent. */
  readonly answeredBy: string | undefined
}

export interface Answer {
  readonly queryId: Uint8Array
  readonly node: string
  /** Of the roster that it is an answer under; all parts are of the same. */
  readonly epoch: number
  readonly at: number
  readonly action: Action
  readonly threshold: number
  readonly verdict: Verdict
  readonly shards: readonly ShardOutcome[]
  /** By score descending, then handle ascending; merged from the parts. */
  readonly candidates: readonly PartCandidate[]
}

/** An entry and its C2SP tlog-proof: index, path and signed checkpoint. */
export interface ProvenEntry {
  /** The node whose log it stands in. */
  readonly log: string
  readonly entry: Uint8Array
  readonly proof: string
}

/** An entry, or an access record: then `proof` is of its batch, and the batch has the record. */
export interface ProvenRecord extends ProvenEntry {
  readonly batch?: RecordProof | undefined
}

/** A part's bytes with the `search` that commits to them. */
export interface ProvenPart {
  readonly part: Uint8Array
  readonly search: ProvenRecord
}

export interface AnswerBundle {
  /** The answer's bytes, as signed. */
  readonly answer: Uint8Array
  readonly signature: Uint8Array
  readonly query: ProvenRecord
  readonly parts: readonly ProvenPart[]
  /** One for every candidate, in their order. */
  readonly enrolments: readonly ProvenEntry[]
}

export const answers = codec(
  'answer',
  ANSWER_BYTES_MAX,
  record<Answer>({
    queryId: queryIdShape,
    node: nodeShape,
    epoch: uint(),
    at: timeShape,
    action: oneOf(...ACTIONS),
    threshold: uint(SCORE_MAX),
    verdict: oneOf(...VERDICTS),
    shards: list(
      record<ShardOutcome>({
        shard: uint(SHARDS_MAX - 1),
        asked: list(nodeShape, REPLICAS_MAX),
        answeredBy: optional(nodeShape),
      }),
      SHARDS_MAX,
    ),
    candidates: list(candidateShape, CANDIDATES_MAX),
  }),
)

const provenEntryFields = {
  log: nodeShape,
  entry: bytesUpTo(ENTRY_BYTES_MAX),
  proof: lines(CHECKPOINT_BYTES_MAX),
}

export const provenEntryShape = record<ProvenEntry>(provenEntryFields)

export const provenRecordShape = record<ProvenRecord>({
  ...provenEntryFields,
  batch: recordProofShape,
})

export const provenPartShape = record<ProvenPart>({
  part: bytesUpTo(PART_BYTES_MAX),
  search: provenRecordShape,
})

export const answerBundles = codec(
  'answer bundle',
  ANSWER_BYTES_MAX,
  record<AnswerBundle>({
    answer: bytesUpTo(ANSWER_BYTES_MAX),
    signature: signatureShape,
    query: provenRecordShape,
    // Every shard is in one part: a node that was asked twice has given two.
    parts: list(provenPartShape, SHARDS_MAX),
    enrolments: list(provenEntryShape, CANDIDATES_MAX),
  }),
)

/** What the asking node's signature covers. */
export function answerSignedBytes(encoded: Uint8Array): Uint8Array {
  return concatBytes(utf8('tamga/answer/v1\n'), encoded)
}

/** "No hit" is said only when every shard that had to be asked has answered. */
export function verdictOf(
  candidates: readonly PartCandidate[],
  threshold: number,
  shards: Answer['shards'],
): Verdict {
  if (candidates.some(({ score }) => score >= threshold)) return 'hit'
  return shards.every(({ answeredBy }) => answeredBy !== undefined) ? 'no-hit' : 'incomplete'
}
