/**
 * Asking the shards: every shard goes to its preferred replica, all shards of one node in one
 * request; what stays silent, or says less than it was asked, goes to the next replica in what is
 * left of the time. The outcome names every shard, also those that nobody answered for.
 */
import type { ProvenEntry, ProvenPart, ShardOutcome } from '../../protocol/answer.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { SEARCHES, searchReplies, searchRequests } from '../../protocol/message/search.ts'
import type { Part } from '../../protocol/part.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { expect, verifyEnrolment, verifyPart, type CheckedQuery } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import { FIRST_REPLICA_SHARE } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'

interface Scattered {
  readonly query: CheckedQuery
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
  { roster }: { roster: Roster },
  { mesh, clock, ledger }: { mesh: Mesh; clock: Clock; ledger: Ledger },
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
        // Whose log contradicts itself binds itself to nothing by it.
        if (ledger.quarantine.has(node)) return
        const found = await askNode({ ...request, deadline }, node, group, roster, mesh)
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

/**
 * A node that fails, or whose part does not hold, is a node that stayed silent. Whoever reads the
 * answer checks all of it again.
 */
async function askNode(
  { query, payload, deadline }: Scattered,
  node: string,
  group: readonly Pending[],
  roster: Roster,
  mesh: Mesh,
): Promise<GatheredPart | undefined> {
  const shards = group.map(({ shard }) => shard)
  const request = searchRequests.encode({ query: query.proven, payload, shards })
  let bytes: Uint8Array
  try {
    bytes = await mesh.call(node, SEARCHES, request, { deadline })
  } catch {
    return undefined
  }
  try {
    const { part, enrolments } = searchReplies.decode(bytes)
    const opened = verifyPart(part, query, roster)
    const answered = opened.shards.map(({ shard }) => shard)
    expect(opened.node === node, `a part of ${opened.node} from ${node}`)
    expect(
      answered.every((shard) => shards.includes(shard)),
      `${node} was not asked for this`,
    )
    expect(enrolments.length === opened.candidates.length, 'a candidate has no enrolment')
    enrolments.forEach((proven, place) =>
      verifyEnrolment(proven, opened.candidates[place]!, roster),
    )
    for (const pending of group) if (answered.includes(pending.shard)) pending.answeredBy = node
    return { part, opened, enrolments }
  } catch (error) {
    mesh.blame(node, asTamgaError(error).code)
    return undefined
  }
}
