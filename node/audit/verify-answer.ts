/**
 * Checks an answer with nothing but the roster: offline, without a node, trusting nobody in it.
 *
 * What it proves when it returns: the officer was entitled and signed for this query; the query was
 * in the asking node's log; every part was logged by the node that gave it and is about this query;
 * every shard of the roster is accounted for, by one of its own replicas or as silent; the verdict
 * follows from the parts; every candidate's enrolment is in a log. What it does not prove: that a
 * replica really compared every template it counted.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { verifySignature } from '../../crypto/ed25519.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { verifyTlogProof } from '../../crypto/tlog-proof.ts'
import { answerBundles, answers, answerSignedBytes, verdictOf } from '../../protocol/answer.ts'
import type { Answer, AnswerBundle, ProvenEntry, ProvenPart } from '../../protocol/answer.ts'
import { authorise, authoriseEnrolment } from '../../protocol/authority.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import type { Query } from '../../protocol/entry/query.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { decodePart, mergeCandidates, partDigest } from '../../protocol/part.ts'
import type { Part, PartCandidate } from '../../protocol/part.ts'
import { logOrigin, logVerifier, type Roster, type RosterNode } from '../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import type { Statement } from '../../protocol/statement.ts'

export interface VerifiedAnswer {
  readonly answer: Answer
  readonly statement: Statement
  readonly parts: readonly Part[]
  /** Persons whose templates the parts say were compared. */
  readonly searched: number
  /** Signatures and inclusion proofs that were checked. */
  readonly checked: { readonly signatures: number; readonly inclusions: number }
}

/** @throws TamgaError `bad-proof`, `bad-signature`, `forbidden`, `malformed` or `too-large` */
export function verifyAnswer(encoded: Uint8Array, roster: Roster): VerifiedAnswer {
  const bundle = answerBundles.decode(encoded)
  const answer = answers.decode(bundle.answer)
  const asker = nodeOf(roster, answer.node)
  if (!verifySignature(asker.publicKey, answerSignedBytes(bundle.answer), bundle.signature)) {
    throw new TamgaError('bad-signature', `${answer.node} did not sign this answer`)
  }
  const query = checkQuery(bundle, answer, roster)
  const statement = authorise(query, roster)
  expect(statement.action === answer.action, 'the action is not what the officer signed for')
  const parts = bundle.parts.map((part) => checkPart(part, query, bundle.query, answer, roster))
  checkShards(answer, parts, statement, roster)
  checkCandidates(answer, parts, query.limit, statement)
  checkEnrolments(bundle, answer, roster)
  const inclusions = 1 + parts.length + bundle.enrolments.length
  return {
    answer,
    statement,
    parts,
    searched: parts
      .flatMap(({ shards }) => shards)
      .reduce((sum, { searched }) => sum + searched, 0),
    // Every inclusion hangs on a checkpoint's signature; the answer, the officer's statement and
    // the statement of every enrolment carry one each beside.
    checked: { inclusions, signatures: inclusions + 2 + bundle.enrolments.length },
  }
}

function checkQuery({ query }: AnswerBundle, answer: Answer, roster: Roster): Query {
  expect(query.log === answer.node, 'the query is in another log')
  checkIncluded(query, roster)
  const entry = decodeEntryOf('query', query.entry)
  expect(equalBytes(entry.queryId, answer.queryId), 'the query is another one')
  expect(entry.threshold === answer.threshold, 'the threshold is not what was logged')
  return entry
}

function checkPart(
  { part, search }: ProvenPart,
  { queryId, threshold }: Query,
  query: ProvenEntry,
  answer: Answer,
  roster: Roster,
): Part {
  const opened = decodePart(part)
  expect(search.log === opened.node, `a part of ${opened.node} logged by ${search.log}`)
  checkIncluded(search, roster)
  const logged = decodeEntryOf('search', search.entry)
  const holds =
    logged.asker === answer.node &&
    equalBytes(logged.part, partDigest(part)) &&
    equalBytes(logged.query, hashLeaf(query.entry)) &&
    equalBytes(logged.queryId, queryId) &&
    equalBytes(opened.queryId, queryId) &&
    opened.threshold === threshold
  expect(holds, `the part of ${opened.node} is not about this query`)
  return opened
}

/**
 * Every shard that had to be asked is named once, and answered for by a replica's part or not at
 * all.
 */
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
    const isReplica = !answeredBy || replicasOf(shard, roster).includes(answeredBy)
    expect(isReplica, `${answeredBy} is no replica of shard ${shard}`)
  }
}

function checkCandidates(
  answer: Answer,
  parts: readonly Part[],
  limit: number,
  { handle }: Statement,
): void {
  const { candidates, verdict, threshold, shards, action } = answer
  const merged = mergeCandidates(parts, limit)
  const isMerged =
    merged.length === candidates.length &&
    candidates.every((candidate, place) => isSame(candidate, merged[place]!))
  expect(isMerged, 'the candidates are not those of the parts')
  for (const { opened, candidate } of parts.flatMap((part) =>
    part.candidates.map((found) => ({ opened: part, candidate: found })),
  )) {
    const { shard, score, fingers } = candidate
    const isOwn = opened.shards.some((count) => count.shard === shard)
    expect(isOwn, `${opened.node} names a candidate of a shard it did not search`)
    expect(fingers.reduce((sum, finger) => sum + finger.score, 0) === score, 'a score is no sum')
    const isClaimed = action !== 'verify' || (handle && equalBytes(handle, candidate.handle))
    expect(isClaimed, 'a verification named somebody else')
    expect(action === 'verify' || score >= threshold, 'a candidate is below the threshold')
  }
  const holds = verdict === verdictOf(candidates, threshold, shards)
  expect(holds, `the verdict ${verdict} does not follow from the parts`)
}

function checkEnrolments({ enrolments }: AnswerBundle, { candidates }: Answer, roster: Roster) {
  expect(enrolments.length === candidates.length, 'a candidate comes without its enrolment')
  enrolments.forEach((proven, place) => {
    const candidate = candidates[place]!
    expect(proven.log === candidate.log, 'an enrolment stands in another log')
    const index = checkIncluded(proven, roster)
    expect(index === BigInt(candidate.index), 'an enrolment stands elsewhere in its log')
    const entry = decodeEntryOf('enrolment', proven.entry)
    expect(equalBytes(entry.handle, candidate.handle), 'an enrolment is of somebody else')
    expect(entry.shard === candidate.shard, 'an enrolment is of another shard')
    authoriseEnrolment(entry, roster)
  })
}

/** Where the entry stands in its log. */
function checkIncluded({ log, entry, proof }: ProvenEntry, roster: Roster): bigint {
  const verifier = logVerifier(roster.network, nodeOf(roster, log))
  try {
    return verifyTlogProof(entry, proof, logOrigin(roster.network, log), verifier).index
  } catch (cause) {
    const { message } = asTamgaError(cause)
    throw new TamgaError('bad-proof', `an entry is not in the log of ${log}: ${message}`, { cause })
  }
}

function nodeOf(roster: Roster, name: string): RosterNode {
  const node = roster.nodes.find((candidate) => candidate.name === name)
  if (node) return node
  throw new TamgaError('bad-proof', `${name} is not in the roster`)
}

function isSame(a: PartCandidate, b: PartCandidate): boolean {
  return (
    equalBytes(a.handle, b.handle) &&
    a.score === b.score &&
    a.shard === b.shard &&
    a.log === b.log &&
    a.index === b.index &&
    toHex(scoresOf(a)) === toHex(scoresOf(b))
  )
}

function scoresOf({ fingers }: PartCandidate): Uint8Array {
  return new Uint8Array(
    Uint32Array.from(fingers.flatMap(({ position, score }) => [position, score])).buffer,
  )
}

function expect(holds: unknown, complaint: string): asserts holds {
  if (!holds) throw new TamgaError('bad-proof', complaint)
}
