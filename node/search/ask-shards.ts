/** One node is asked for some shards, and what it answers is checked. */
import { asTamgaError } from '../../protocol/errors.ts'
import { SEARCHES, searchReplies, searchRequests } from '../../protocol/message/search.ts'
import type { Roster } from '../../protocol/roster.ts'
import { expect, verifyEnrolment, verifyPart, type CheckedQuery } from '../audit/verify-part.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { GatheredPart } from './cover.ts'

export interface ShardsAsked {
  readonly node: string
  readonly shards: readonly number[]
  readonly query: CheckedQuery
  readonly payload: Uint8Array
  /** On the clock's time, ms. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/**
 * A part of the node that holds. Whoever reads the answer checks all of it again.
 *
 * @throws TamgaError what the node refused it with, or what is wrong with its part, which is held
 *   against it
 */
export async function askShards(
  asked: ShardsAsked,
  { roster, mesh }: { roster: Roster; mesh: Mesh },
): Promise<GatheredPart> {
  const { node, shards, query, payload, deadline, signal } = asked
  const request = searchRequests.encode({
    query: query.proven,
    payload,
    shards,
    epoch: roster.epoch,
  })
  const bytes = await mesh.call(node, SEARCHES, request, {
    deadline,
    ...(signal ? { signal } : {}),
  })
  try {
    return checkedReply(bytes, asked, roster)
  } catch (error) {
    mesh.blame(node, asTamgaError(error).code)
    throw error
  }
}

/** @throws TamgaError `bad-proof`, `bad-signature`, `forbidden`, `malformed` or `too-large` */
function checkedReply(
  bytes: Uint8Array,
  { node, shards, query }: ShardsAsked,
  roster: Roster,
): GatheredPart {
  const { part, enrolments } = searchReplies.decode(bytes)
  const opened = verifyPart(part, query, roster)
  const answered = opened.shards.map(({ shard }) => shard)
  expect(opened.node === node, `a part of ${opened.node} from ${node}`)
  expect(answered.length > 0, `${node} answered for nothing`)
  const wasAsked = answered.every((shard) => shards.includes(shard))
  expect(wasAsked, `${node} was not asked for this`)
  expect(enrolments.length === opened.candidates.length, 'a candidate has no enrolment')
  enrolments.forEach((proven, place) => verifyEnrolment(proven, opened.candidates[place]!, roster))
  return { part, opened, enrolments }
}
