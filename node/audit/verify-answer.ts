/**
 * Checks an answer with nothing but the roster of its epoch, or of a later one: offline, without a
 * node, trusting nobody in it.
 *
 * What it proves when it returns: the officer was entitled and signed for this query; the query was
 * in the asking node's log; every part was logged by the node that gave it and is about this query;
 * every shard of the roster is accounted for, by one of its own replicas or as silent; the verdict
 * follows from the parts; every candidate's enrolment is in a log. What it does not prove: that a
 * replica really compared every template it counted.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { verifySignature } from '../../crypto/ed25519.ts'
import { answerBundles, answers, answerSignedBytes, verdictOf } from '../../protocol/answer.ts'
import type { Answer, AnswerBundle } from '../../protocol/answer.ts'
import { rosterAt } from '../../protocol/epochs.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { mergeCandidates, type Part, type PartCandidate } from '../../protocol/part.ts'
import type { Roster } from '../../protocol/roster.ts'
import { shardOf } from '../../protocol/shards.ts'
import type { Statement } from '../../protocol/statement.ts'
import { coverageOf, type Coverage } from './coverage.ts'
import {
  expect,
  nodeOf,
  verifyEnrolment,
  verifyPart,
  verifyQuery,
  type CheckedQuery,
} from './verify-part.ts'

export interface VerifiedAnswer {
  readonly answer: Answer
  readonly statement: Statement
  readonly parts: readonly Part[]
  /** Persons whose templates the parts say were compared. */
  readonly searched: number
  /**
   * How well others' signatures cover what it rests on: whether that is enough, the reader says.
   */
  readonly coverage: Coverage
  /** Signatures and inclusion proofs that were checked. */
  readonly checked: { readonly signatures: number; readonly inclusions: number }
}

/**
 * @throws TamgaError `bad-proof`, `bad-signature`, `forbidden`, `malformed` or `too-large`;
 *   `wrong-epoch`: the roster knows nothing of the answer's epoch, or a part is of another one
 */
export function verifyAnswer(encoded: Uint8Array, roster: Roster): VerifiedAnswer {
  const bundle = answerBundles.decode(encoded)
  const answer = answers.decode(bundle.answer)
  const then = rosterAt(roster, answer.epoch)
  const asker = nodeOf(roster, answer.node)
  if (!verifySignature(asker.publicKey, answerSignedBytes(bundle.answer), bundle.signature)) {
    throw new TamgaError('bad-signature', `${answer.node} did not sign this answer`)
  }
  const query = checkQuery(bundle, answer, roster)
  const { statement } = query
  const parts = bundle.parts.map((part) => verifyPart(part, query, roster, answer.epoch))
  checkShards(answer, parts, statement, roster)
  checkCandidates(answer, parts, query.query.limit)
  expect(bundle.enrolments.length === answer.candidates.length, 'a candidate has no enrolment')
  bundle.enrolments.forEach((proven, place) => {
    verifyEnrolment(proven, answer.candidates[place]!, roster)
  })
  const inclusions = 1 + parts.length + bundle.enrolments.length
  return {
    answer,
    statement,
    parts,
    searched: parts
      .flatMap(({ shards }) => shards)
      .reduce((sum, { searched }) => sum + searched, 0),
    coverage: coverageOf(bundle, then),
    checked: { inclusions, signatures: inclusions + 2 + signaturesIn(bundle, then) },
  }
}

/**
 * Beside the checkpoints of the inclusions, and the answer's and the officer's with its credential:
 * of every enrolment its officer's and credential's, and a receipt of each replica.
 */
function signaturesIn({ enrolments }: AnswerBundle, { replicas }: Roster): number {
  return 1 + enrolments.length * (2 + replicas)
}

function checkQuery({ query: proven }: AnswerBundle, answer: Answer, roster: Roster): CheckedQuery {
  expect(proven.log === answer.node, 'the query is in another log')
  const checked = verifyQuery(proven, roster)
  const { query, statement } = checked
  expect(equalBytes(query.queryId, answer.queryId), 'the query is another one')
  expect(query.threshold === answer.threshold, 'the threshold is not what was logged')
  expect(statement.action === answer.action, 'the action is not what the officer signed for')
  return checked
}

/** Every shard that had to be asked is named once, and covered by one part or said to be silent. */
function checkShards(
  { action, shards }: Answer,
  parts: readonly Part[],
  { handle }: Statement,
  roster: Roster,
): void {
  const due =
    action === 'verify' && handle
      ? [shardOf(handle, roster)]
      : Array.from({ length: roster.shards }, (_, shard) => shard)
  const named = shards.map(({ shard }) => shard).sort((a, b) => a - b)
  const isWhole = named.length === due.length && due.every((shard, place) => named[place] === shard)
  expect(isWhole, 'the answer does not name every shard once')
  for (const { shard, answeredBy } of shards) {
    const holders = parts.filter((part) => part.shards.some((count) => count.shard === shard))
    const [holder] = holders
    expect(holders.length <= 1, `shard ${shard} is answered for twice`)
    expect(holder?.node === answeredBy, `shard ${shard} is not answered for as the answer says`)
  }
}

function checkCandidates(answer: Answer, parts: readonly Part[], limit: number): void {
  const { candidates, verdict, threshold, shards } = answer
  const merged = mergeCandidates(parts, limit)
  const isMerged =
    merged.length === candidates.length &&
    candidates.every((candidate, place) => isSame(candidate, merged[place]!))
  expect(isMerged, 'the candidates are not those of the parts')
  const holds = verdict === verdictOf(candidates, threshold, shards)
  expect(holds, `the verdict ${verdict} does not follow from the parts`)
}

function isSame(a: PartCandidate, b: PartCandidate): boolean {
  return (
    equalBytes(a.handle, b.handle) &&
    a.score === b.score &&
    a.shard === b.shard &&
    a.log === b.log &&
    a.index === b.index &&
    a.fingers.length === b.fingers.length &&
    a.fingers.every(({ position, score }, place) => {
      const other = b.fingers[place]
      return position === other?.position && score === other.score
    })
  )
}
