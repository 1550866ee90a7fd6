/**
 * Asking the shards: every shard goes to its preferred replica, all shards of one node in one
 * request; what stays silent, or says less than it was asked, goes to the next replica in what is
 * left of the time. The outcome names every shard, also those that nobody answered for.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { verifyTlogProof } from '../../crypto/tlog-proof.ts'
import type { ProvenEntry, ProvenPart, ShardOutcome } from '../../protocol/answer.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { SEARCHES, searchReplies, searchRequests } from '../../protocol/message/search.ts'
import type { SearchReply } from '../../protocol/message/search.ts'
import { decodePart, partDigest, type Part } from '../../protocol/part.ts'
import { logOrigin, logVerifier, type Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import type { Clock } from '../clock.ts'
import { FIRST_REPLICA_SHARE } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'

interface Scattered {
  readonly query: ProvenEntry
  readonly payload: Uint8Array
  readonly shards: readonly number[]
  /** On the clock's time, ms. */
  readonly deadline: number
}

/** A part that was checked, with the enrolments of its candidates. */
export interface GatheredPart {
  readonly part: ProvenPart
  readonly opened: Part
  readonly enrolments: readonly ProvenEntry[]
}

export interface Gathered {
  readonly parts: readonly GatheredPart[]
  readonly outcomes: readonly ShardOutcome[]
}

/** Where one shard stands while it is being asked for. */
interface Pending {
  readonly shard: number
  readonly replicas: readonly string[]
  readonly asked: string[]
  answeredBy: string | undefined
}

export async function scatter(
  request: Scattered,
  { self, roster }: { self: string; roster: Roster },
  { mesh, clock }: { mesh: Mesh; clock: Clock },
): Promise<Gathered> {
  const pending = request.shards.map((shard): Pending => {
    return { shard, replicas: replicasOf(shard, roster), asked: [], answeredBy: undefined }
  })
  const parts: GatheredPart[] = []
  for (let wave = 0; wave < roster.replicas; wave += 1) {
    const open = pending.filter(({ answeredBy }) => answeredBy === undefined)
    const left = request.deadline - clock.now()
    if (open.length === 0 || left <= 0) break
    const isLast = wave === roster.replicas - 1
    const deadline = clock.now() + (isLast ? left : left * FIRST_REPLICA_SHARE)
    const groups = groupByReplica(open, wave)
    await Promise.all(
      [...groups].map(async ([node, group]) => {
        const found = await askNode({ ...request, deadline }, node, group, roster, self, mesh)
        if (found) parts.push(found)
      }),
    )
  }
  // Answers come in any order; what is signed must not depend on it.
  parts.sort((a, b) => (a.opened.shards[0]?.shard ?? 0) - (b.opened.shards[0]?.shard ?? 0))
  const outcomes = pending.map(({ shard, asked, answeredBy }) => ({ shard, asked, answeredBy }))
  return { parts, outcomes }
}

function groupByReplica(open: readonly Pending[], wave: number): Map<string, Pending[]> {
  const groups = new Map<string, Pending[]>()
  for (const pending of open) {
    const node = pending.replicas[wave]!
    pending.asked.push(node)
    groups.set(node, [...(groups.get(node) ?? []), pending])
  }
  return groups
}

/** A node that fails, or whose part does not hold, is a node that stayed silent. */
async function askNode(
  { query, payload, deadline }: Omit<Scattered, 'shards'>,
  node: string,
  group: readonly Pending[],
  roster: Roster,
  self: string,
  mesh: Mesh,
): Promise<GatheredPart | undefined> {
  const shards = group.map(({ shard }) => shard)
  const request = searchRequests.encode({ query, payload, shards })
  try {
    const reply = searchReplies.decode(await mesh.call(node, SEARCHES, request, { deadline }))
    const opened = checkReply(reply, { node, self, shards, query, roster })
    for (const pending of group) {
      if (opened.shards.some(({ shard }) => shard === pending.shard)) pending.answeredBy = node
    }
    return { part: reply.part, opened, enrolments: reply.enrolments }
  } catch {
    return undefined
  }
}

interface Expected {
  readonly node: string
  readonly self: string
  readonly shards: readonly number[]
  readonly query: ProvenEntry
  readonly roster: Roster
}

/**
 * What can be checked of a part before it goes into an answer; a reader of the answer checks it all
 * again, and the enrolments too.
 *
 * @throws TamgaError, or what `verifyTlogProof` throws
 */
function checkReply({ part, enrolments }: SearchReply, expected: Expected): Part {
  const { node, self, shards, query, roster } = expected
  const opened = decodePart(part.part)
  const entry = roster.nodes.find(({ name }) => name === node)
  if (!entry) throw new TamgaError('not-found', `${node} is not in the roster`)
  const { search } = part
  verifyTlogProof(
    search.entry,
    search.proof,
    logOrigin(roster.network, node),
    logVerifier(roster.network, entry),
  )
  const logged = decodeEntryOf('search', search.entry)
  const holds =
    opened.node === node &&
    search.log === node &&
    logged.asker === self &&
    equalBytes(logged.query, hashLeaf(query.entry)) &&
    equalBytes(logged.part, partDigest(part.part)) &&
    equalBytes(opened.queryId, logged.queryId) &&
    opened.shards.every(({ shard }) => shards.includes(shard)) &&
    enrolments.length === opened.candidates.length
  if (!holds) throw new TamgaError('bad-proof', `the part of ${node} does not fit the query`)
  return opened
}
