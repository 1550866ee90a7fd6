/**
 * Checks one node's part of an answer with nothing but the roster: for the node that merges parts,
 * and again for whoever reads the answer.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { EMPTY_ROOT, hashLeaf } from '../../crypto/hash.ts'
import { verifyTlogProof } from '../../crypto/tlog-proof.ts'
import { groupAt, verifyRecord } from '../../protocol/access-record.ts'
import type { ProvenEntry, ProvenPart, ProvenRecord } from '../../protocol/answer.ts'
import { authorise, authoriseEnrolment } from '../../protocol/authority.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import type { Query } from '../../protocol/entry/query.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { decodePart, partDigest, type Part, type PartCandidate } from '../../protocol/part.ts'
import { closedLog, holdersOf, logOf, logsOf, rosterAt } from '../../protocol/epochs.ts'
import { logOrigin, logVerifier, type Roster, type RosterNode } from '../../protocol/roster.ts'
import type { Statement } from '../../protocol/statement.ts'

/** What a part must be about: a query whose own place and officer have been checked. */
export interface CheckedQuery {
  /** The query, in the log of the node that asks. */
  readonly proven: ProvenRecord
  readonly query: Pick<Query, 'queryId' | 'threshold' | 'limit' | 'frontier'>
  readonly statement: Statement
}

interface LoggedQuery extends CheckedQuery {
  readonly query: Query
}

/**
 * A question that stands in the log, and that its officer signed and was entitled to.
 *
 * @throws TamgaError `bad-proof`, `bad-signature`, `forbidden` or `malformed`
 */
export function verifyQuery(proven: ProvenRecord, roster: Roster): LoggedQuery {
  verifyRecorded(proven, roster)
  const query = decodeEntryOf('query', proven.entry)
  const { statement } = authorise(query, roster)
  checkPost(proven, statement.post)
  return { proven, query, statement }
}

/**
 * The part, if the node that gave it has logged it for this query and holds the shards in it, and
 * what it says of its candidates hangs together.
 *
 * @throws TamgaError `bad-proof`, `malformed` or `too-large`; `wrong-epoch`: it answers for
 *   another epoch, or for one that the roster does not know
 */
export function verifyPart(
  { part, search }: ProvenPart,
  { proven, query, statement }: CheckedQuery,
  roster: Roster,
  epoch = roster.epoch,
): Part {
  const opened = decodePart(part)
  expect(search.log === opened.node, `a part of ${opened.node} logged by ${search.log}`)
  const logged = decodeEntryOf('search', search.entry)
  verifyRecorded(search, roster)
  checkPost(search, logged.asker)
  const isAbout =
    logged.asker === proven.log &&
    equalBytes(logged.part, partDigest(part)) &&
    equalBytes(logged.query, hashLeaf(proven.entry)) &&
    equalBytes(logged.queryId, query.queryId) &&
    equalBytes(opened.queryId, query.queryId) &&
    opened.threshold === query.threshold
  expect(isAbout, `the part of ${opened.node} is not about this query`)
  const counted = new Set(opened.shards.map(({ shard }) => shard))
  expect(counted.size === opened.shards.length, `${opened.node} counts a shard twice`)
  if (opened.epoch !== epoch) {
    throw new TamgaError('wrong-epoch', `${opened.node} answers for epoch ${opened.epoch}`)
  }
  const then = rosterAt(roster, epoch)
  checkFrontier(opened, query.frontier, then)
  for (const { shard, searched, scores } of opened.shards) {
    const isReplica = holdersOf(shard, then).includes(opened.node)
    expect(isReplica, `${opened.node} is no replica of shard ${shard}`)
    const isScored = !equalBytes(scores, EMPTY_ROOT)
    const isDue = statement.action !== 'verify' && searched > 0
    expect(isScored === isDue, `${opened.node} does not say what everybody of ${shard} scored`)
  }
  for (const candidate of opened.candidates) checkCandidate(candidate, opened, query, statement)
  return opened
}

/** @throws TamgaError `bad-proof`, `bad-signature`, `forbidden` or `malformed` */
export function verifyEnrolment(
  proven: ProvenEntry,
  { handle, shard, log, index }: PartCandidate,
  roster: Roster,
): void {
  expect(proven.log === log, 'an enrolment stands in another log')
  expect(verifyIncluded(proven, roster) === BigInt(index), 'an enrolment stands elsewhere')
  const entry = decodeEntryOf('enrolment', proven.entry)
  expect(equalBytes(entry.handle, handle), 'an enrolment is of somebody else')
  expect(entry.shard === shard, 'an enrolment is of another shard')
  authoriseEnrolment(entry, log, roster)
}

/** Where the entry stands in its log. @throws TamgaError `bad-proof` */
export function verifyIncluded({ log, entry, proof }: ProvenEntry, roster: Roster): bigint {
  const verifier = logVerifier(roster.network, nodeOf(roster, log))
  try {
    const { index, checkpoint } = verifyTlogProof(
      entry,
      proof,
      logOrigin(roster.network, log),
      verifier,
    )
    checkClosed(log, checkpoint, roster)
    return index
  } catch (cause) {
    const { message } = asTamgaError(cause)
    throw new TamgaError('bad-proof', `an entry is not in the log of ${log}: ${message}`, { cause })
  }
}

/** Of a node that has left counts what stood in its log then, and nothing that it signed since. */
function checkClosed(log: string, { size, root }: OpenedCheckpoint, roster: Roster): void {
  const closed = closedLog(roster, log)
  if (!closed) return
  const isIn = size < BigInt(closed.size)
  const isLast = size === BigInt(closed.size) && equalBytes(root, closed.root)
  expect(isIn || isLast, `it was closed with ${closed.size} entries`)
}

/**
 * The same of what may be in a batch. Among whose records it is there, is for `checkPost`.
 *
 * @throws TamgaError `bad-proof`, `malformed`
 */
export function verifyRecorded({ log, entry, proof, batch }: ProvenRecord, roster: Roster): void {
  if (batch) verifyRecord(hashLeaf(entry), batch)
  verifyIncluded({ log, entry: batch?.entry ?? entry, proof }, roster)
}

/** @throws TamgaError `bad-proof`: it is in a batch, and not among the records of this post */
export function checkPost({ batch }: ProvenRecord, post: string): void {
  const found = batch && groupAt(decodeEntryOf('batch', batch.entry), batch.record)?.group
  expect(found?.post === (batch && post), `a record of ${post} among those of ${found?.post}`)
}

/** The node, or one that has left. @throws TamgaError `bad-proof` */
export function nodeOf(roster: Roster, name: string): RosterNode {
  const node = logOf(roster, name)
  if (node) return node
  throw new TamgaError('bad-proof', `${name} is not in the roster`)
}

/** Whether these are the logs of the roster, each once, in its order, the closed ones too. */
export function namesLogs(frontier: readonly { readonly node: string }[], roster: Roster): boolean {
  const logs = logsOf(roster)
  return (
    frontier.length === logs.length &&
    logs.every(({ name }, place) => frontier[place]!.node === name)
  )
}

/** @throws TamgaError `bad-proof` unless it holds */
export function expect(holds: unknown, complaint: string): asserts holds {
  if (!holds) throw new TamgaError('bad-proof', complaint)
}

/** Whoever has read less of the logs than the asker could leave out whom the asker knew. */
function checkFrontier({ node, frontier }: Part, asked: readonly LogSize[], roster: Roster): void {
  expect(
    namesLogs(frontier, roster),
    `the frontier of ${node} does not name the logs of the roster`,
  )
  const hasCome = asked.every((least) => {
    return frontier.some((one) => one.node === least.node && one.size >= least.size)
  })
  expect(hasCome, `${node} had not come as far as the query`)
}

function checkCandidate(
  { handle, shard, score, fingers }: PartCandidate,
  { node, shards }: Part,
  { threshold }: CheckedQuery['query'],
  { action, handle: claimed }: Statement,
): void {
  const isOwn = shards.some((count) => count.shard === shard)
  expect(isOwn, `${node} names a candidate of a shard it did not search`)
  expect(fingers.reduce((sum, finger) => sum + finger.score, 0) === score, 'a score is no sum')
  const isVerification = action === 'verify'
  const isClaimed = !isVerification || (claimed && equalBytes(claimed, handle))
  expect(isClaimed, 'a verification named somebody else')
  expect(isVerification || score >= threshold, 'a candidate is below the threshold')
}
