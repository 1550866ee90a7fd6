/** Checks with nothing but the roster that two replicas contradict each other. */
import { compareParts, disputes } from '../../protocol/dispute.ts'
import { decodePart } from '../../protocol/part.ts'
import type { Roster } from '../../protocol/roster.ts'
import { expect, verifyPart, verifyQuery } from './verify-part.ts'

export interface VerifiedDispute {
  readonly queryId: Uint8Array
  readonly shard: number
  /** One of these two did not do what it has signed. */
  readonly nodes: readonly [string, string]
  readonly about: 'scores' | 'candidates'
}

/**
 * @throws TamgaError `bad-proof` where they do not contradict each other, or that is not proven;
 *   `bad-signature`, `forbidden`, `malformed` or `too-large`; `wrong-epoch`
 */
export function verifyDispute(encoded: Uint8Array, roster: Roster): VerifiedDispute {
  const { query: proven, shard, first, second } = disputes.decode(encoded)
  const checked = verifyQuery(proven, roster)
  const { query } = checked
  const [one, two] = [first, second].map((part) => {
    // It may have happened in an epoch that is over.
    const { epoch } = decodePart(part.part)
    return verifyPart(part, checked, roster, epoch)
  })
  expect(one!.node !== two!.node, 'both parts are of one node')
  const about = compareParts(one!, two!, shard, query.limit)
  expect(about !== 'same', 'both say the same')
  expect(about !== 'incomparable', 'they did not search the same people, or with another matcher')
  return { queryId: query.queryId, shard, nodes: [one!.node, two!.node], about }
}
