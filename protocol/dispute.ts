/**
 * Two replicas of a shard that were asked the same, had the same people, and say otherwise: at
 * least one of them did not do what it signed. Which one, a replay of a block of people shows.
 *
 * Both parts stand in the logs of their nodes, so that neither can take its own back, and whoever
 * has the roster can see by themselves that they contradict each other.
 */
import { concatBytes, equalBytes, toHex, utf8 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'
import { provenPartShape, provenRecordShape, type ProvenPart, type ProvenRecord } from './answer.ts'
import { codec, record, uint } from './codec.ts'
import { ENTRY_BYTES_MAX, CHECKPOINT_BYTES_MAX, SHARDS_MAX } from './limits.ts'
import { PART_BYTES_MAX, type Part } from './part.ts'

/** Three records with their batches and proofs, and two parts. */
const DISPUTE_BYTES_MAX =
  3 * (2 * ENTRY_BYTES_MAX + CHECKPOINT_BYTES_MAX) + 2 * PART_BYTES_MAX + 1_024

export interface Dispute {
  readonly query: ProvenRecord
  readonly shard: number
  readonly first: ProvenPart
  readonly second: ProvenPart
}

export const disputes = codec(
  'dispute',
  DISPUTE_BYTES_MAX,
  record<Dispute>({
    query: provenRecordShape,
    shard: uint(SHARDS_MAX - 1),
    first: provenPartShape,
    second: provenPartShape,
  }),
)

/**
 * - `same` they say the same of the shard
 * - `incomparable` they had other people, or another matcher: either may be right
 * - `scores` the same people scored otherwise, in the first stage
 * - `candidates` they name others, or with other scores
 */
export type Comparison = 'same' | 'incomparable' | 'scores' | 'candidates'

/** What two parts about one query say of a shard. @param limit the query's: longer lists are cut */
export function compareParts(one: Part, two: Part, shard: number, limit: number): Comparison {
  const [a, b] = [one, two].map(({ shards }) => shards.find((count) => count.shard === shard))
  if (!a || !b || one.matcher !== two.matcher) return 'incomparable'
  if (!equalBytes(a.templates, b.templates)) return 'incomparable'
  if (a.searched !== b.searched || !equalBytes(a.scores, b.scores)) return 'scores'
  // Of those whom a cut list leaves out nothing is known.
  const least = Math.max(cutAt(one, limit), cutAt(two, limit))
  const isSame = equalBytes(namedOf(one, shard, least), namedOf(two, shard, least))
  return isSame ? 'same' : 'candidates'
}

/** At or below this score somebody may have been left out. */
function cutAt({ candidates }: Part, limit: number): number {
  return candidates.length < limit ? -1 : candidates.at(-1)!.score
}

function namedOf({ candidates }: Part, shard: number, least: number): Uint8Array {
  const named = candidates.filter((candidate) => {
    return candidate.shard === shard && candidate.score > least
  })
  const lines = named.map(({ handle, score, fingers }) => {
    const each = fingers.map((finger) => `${finger.position} ${finger.score}`)
    return utf8([toHex(handle), score, ...each].join(' '))
  })
  return sha256(concatBytes(...lines.flatMap((line) => [line, utf8('\n')])))
}
