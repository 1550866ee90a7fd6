/**
 * Checks with nothing but the roster that a node's part commits to scores of a block of people that
 * others, or the node itself, sign otherwise. Whether these are the people of that block the logs
 * say, at the part's frontier.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { decodePart } from '../../protocol/part.ts'
import { openReplay, peopleDigest, replayEvidences } from '../../protocol/replay.ts'
import type { Roster } from '../../protocol/roster.ts'
import { blocksOf, isInTree } from '../../protocol/score-tree.ts'
import { isAbout, keyOf } from './replay-blocks.ts'
import { expect, verifyPart, verifyQuery } from './verify-part.ts'

export interface VerifiedReplay {
  readonly queryId: Uint8Array
  /** Whose part it is. */
  readonly node: string
  readonly shard: number
  readonly block: number
  /** Who scores the block as the part does, and who does not. */
  readonly alike: readonly string[]
  readonly against: readonly string[]
}

/**
 * @throws TamgaError `bad-proof` where nobody says otherwise, or that is not proven;
 *   `bad-signature`, `forbidden`, `malformed` or `too-large`; `wrong-epoch`
 */
export function verifyReplay(encoded: Uint8Array, roster: Roster): VerifiedReplay {
  const { query: proven, part, shard, block, people, replays } = replayEvidences.decode(encoded)
  const checked = verifyQuery(proven, roster)
  const { query } = checked
  // It may have happened in an epoch that is over.
  const { epoch } = decodePart(part.part)
  const opened = verifyPart(part, checked, roster, epoch)
  const count = opened.shards.find((one) => one.shard === shard)
  expect(count, `${opened.node} did not search shard ${shard}`)
  const isOf = block.blocks === blocksOf(count.searched) && isInTree(block, count.scores)
  expect(isOf, 'the part does not commit to this block')
  const about = { query: hashLeaf(proven.entry), shard, people: peopleDigest(people) }
  const said = replays.map((signed) => {
    const replay = openReplay(signed, (name) => keyOf(name, roster))
    expect(isAbout(replay, about), `${replay.node} replayed something else`)
    expect(replay.matcher === opened.matcher, `${replay.node} has another matcher`)
    expect(replay.digest, `${replay.node} could not replay it`)
    return { node: replay.node, isAlike: equalBytes(replay.digest, block.digest) }
  })
  const against = said.filter(({ isAlike }) => !isAlike).map(({ node }) => node)
  const alike = said.filter(({ isAlike }) => isAlike).map(({ node }) => node)
  expect(against.length > 0, 'nobody says otherwise')
  return { queryId: query.queryId, node: opened.node, shard, block: block.block, alike, against }
}
