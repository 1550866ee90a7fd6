/**
 * One node's part of an answer: which shards it searched, how many templates stood there, what it
 * found. The node commits to these bytes in its log before it hands them out.
 */
import { sha256 } from '../crypto/hash.ts'
import { compareBytes, utf8 } from '../crypto/bytes.ts'
import { codec, list, record, text, uint, type Shape } from './codec.ts'
import { SCORE_MAX } from './entry/query.ts'
import {
  digestShape,
  frontierShape,
  handleShape,
  nodeShape,
  queryIdShape,
  timeShape,
  type LogSize,
} from './identifiers.ts'
import { CANDIDATES_MAX, FINGERS_MAX, SHARDS_MAX, TEXT_BYTES_MAX } from './limits.ts'

/** A part, bytes: every shard counted, every candidate with ten fingers, a full frontier. */
export const PART_BYTES_MAX = 131_072

export interface FingerScore {
  /**
   * Of the probe's finger; of the other hand's in the search of an update where the prints fit
   * better with left and right exchanged.
   */
  readonly position: number
  readonly score: number
}

export interface PartCandidate {
  readonly handle: Uint8Array
  readonly shard: number
  /** Sum over the fingers. Comparable only between answers of one matcher build. */
  readonly score: number
  readonly fingers: readonly FingerScore[]
  /** Where the enrolment stands that put this person here. */
  readonly log: string
  readonly index: number
}

export interface ShardCount {
  readonly shard: number
  /** Persons whose templates were compared. */
  readonly searched: number
  /** Root of the shard's `TemplateSet` at the frontier. */
  readonly templates: Uint8Array
  /**
   * Root of the first-stage scores of all of them: `scoresRoot`. Of no block where the query was
   * about one person alone: that one's score stands with the candidate.
   */
  readonly scores: Uint8Array
}

export interface Part {
  readonly queryId: Uint8Array
  readonly node: string
  /** In which it was asked: it answers for the shards that it may hold in that one. */
  readonly epoch: number
  readonly at: number
  readonly threshold: number
  /** Which scoring it was: another build may give other scores. */
  readonly matcher: string
  /** How much of each log the searched gallery had taken in. */
  readonly frontier: readonly LogSize[]
  readonly shards: readonly ShardCount[]
  /** By score descending, then handle ascending. */
  readonly candidates: readonly PartCandidate[]
}

const score = uint(SCORE_MAX)
const shard = uint(SHARDS_MAX - 1)

export const fingerScoresShape: Shape<readonly FingerScore[]> = list(
  record<FingerScore>({ position: uint(10), score }),
  FINGERS_MAX,
)

export const candidateShape: Shape<PartCandidate> = record<PartCandidate>({
  handle: handleShape,
  shard,
  score,
  fingers: fingerScoresShape,
  log: nodeShape,
  index: uint(),
})

const partCodec = codec(
  'part',
  PART_BYTES_MAX,
  record<Part>({
    queryId: queryIdShape,
    node: nodeShape,
    epoch: uint(),
    at: timeShape,
    threshold: score,
    matcher: text(TEXT_BYTES_MAX),
    frontier: frontierShape,
    shards: list(
      record<ShardCount>({
        shard,
        searched: uint(),
        templates: digestShape,
        scores: digestShape,
      }),
      SHARDS_MAX,
    ),
    candidates: list(candidateShape, CANDIDATES_MAX),
  }),
)

export const encodePart = partCodec.encode
export const decodePart = partCodec.decode

/** What the `search` entry commits to. */
export function partDigest(encoded: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/part/v1\n'), encoded)
}

/** The best of all parts: by score descending, then handle ascending. */
export function mergeCandidates(parts: readonly Part[], limit: number): PartCandidate[] {
  const all = parts.flatMap(({ candidates }) => candidates)
  all.sort((a, b) => b.score - a.score || compareBytes(a.handle, b.handle))
  return all.slice(0, limit)
}
