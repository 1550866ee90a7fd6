/**
 * Random blocks of people of a past query, compared again by all replicas of their shard and held
 * against what the query's parts have committed to.
 *
 * Trusts the logs that it is given, and nobody's word: the answer is verified, the people of a
 * block and their order are those of the logs at the part's own frontier, and every replay is
 * signed. A replica that confirms another's lie shares it.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { answerBundles } from '../../protocol/answer.ts'
import type { ProvenPart } from '../../protocol/answer.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { decodePart, type Part } from '../../protocol/part.ts'
import { openReplay, peopleDigest, replayEvidences } from '../../protocol/replay.ts'
import type { NamedTemplate, Replay, SignedReplay } from '../../protocol/replay.ts'
import type { Roster } from '../../protocol/roster.ts'
import { samples } from '../../protocol/sample.ts'
import { BLOCK_PEOPLE, blocksOf, proveBlock, scoresRoot } from '../../protocol/score-tree.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { LoggedPeople } from './logged-people.ts'
import type { WholeLogs } from './replay.ts'
import { verifyAnswer } from './verify-answer.ts'
import { expect } from './verify-part.ts'

/** Asks a node, by way of the one that asked the query, to compare people again. */
export type AskReplay = (wanted: {
  readonly queryId: string
  readonly node: string
  readonly shard: number
  readonly people: readonly NamedTemplate[]
}) => Promise<SignedReplay>

/** One block of the sample's answer, wherever it is. */
export interface SampledBlock {
  readonly part: ProvenPart
  readonly opened: Part
  readonly shard: number
  readonly block: number
  /** Of the shard's blocks. */
  readonly digests: readonly Uint8Array[]
}

export interface ReplayedBlock {
  readonly queryId: string
  readonly shard: number
  readonly block: number
  /** Whose part it is of. */
  readonly node: string
  /**
   * - `agreed` every replica that could say so scores as the part does, another than its node too
   * - `differs` one does not
   * - `not-replayable` somebody was erased or changed since, or nobody else could be asked
   */
  readonly verdict: 'agreed' | 'differs' | 'not-replayable'
  /** Those that score otherwise: where it is the part's own node, it contradicts itself. */
  readonly against: readonly string[]
  /** If it differs: what `verifyReplay` takes. */
  readonly evidence?: Uint8Array
}

/** All blocks of a sample whose nodes have opened them. @throws TamgaError: not what was signed */
export function blocksOfSample(encoded: Uint8Array, roster: Roster): SampledBlock[] {
  const { answer, scores } = samples.decode(encoded)
  verifyAnswer(answer, roster)
  return answerBundles.decode(answer).parts.flatMap((part) => {
    const opened = decodePart(part.part)
    return opened.shards.flatMap(({ shard, searched, scores: root }) => {
      const digests = scores.find((one) => one.shard === shard)?.digests
      if (!digests) return []
      const isOf = digests.length === blocksOf(searched) && equalBytes(scoresRoot(digests), root)
      expect(isOf, `the opened scores of shard ${shard} are not those of its part`)
      return digests.map((_, block) => ({ part, opened, shard, block, digests }))
    })
  })
}

/**
 * @throws TamgaError `bad-proof`: the logs make other templates than the part names, or end before
 *   it; what is wrong with the sample
 */
export async function replayBlock(
  sampled: SampledBlock,
  sample: Uint8Array,
  { logs, roster, ask }: { logs: WholeLogs; roster: Roster; ask: AskReplay },
): Promise<ReplayedBlock> {
  const { part, opened, shard, block, digests } = sampled
  const { query } = answerBundles.decode(samples.decode(sample).answer)
  const people = await peopleOf(sampled, logs, roster)
  const queryId = toHex(opened.queryId)
  const signed: SignedReplay[] = []
  const said: Replay[] = []
  for (const node of replicasOf(shard, roster)) {
    try {
      const reply = await ask({ queryId, node, shard, people })
      const replay = openReplay(reply, (name) => keyOf(name, roster))
      const about = { query: hashLeaf(query.entry), shard, people: peopleDigest(people) }
      expect(replay.node === node && isAbout(replay, about), `${node} replayed something else`)
      if (replay.digest === undefined || replay.matcher !== opened.matcher) continue
      signed.push(reply)
      said.push(replay)
    } catch (error) {
      if (asTamgaError(error).code === 'internal') throw error
    }
  }
  const against = said.filter(({ digest }) => !equalBytes(digest!, digests[block]!))
  const about = { queryId, shard, block, node: opened.node, against: against.map(nameOf) }
  if (against.length === 0) {
    const isAgreed = said.some(({ node }) => node !== opened.node)
    return { ...about, verdict: isAgreed ? 'agreed' : 'not-replayable' }
  }
  const proven = await proveBlock(digests, block)
  const encoded = { query, part, shard, block: proven, people, replays: signed }
  return { ...about, verdict: 'differs', evidence: replayEvidences.encode(encoded) }
}

/** That a share of all blocks is false shows in so many of them. */
export function detection(share: number, blocks: number): number {
  return 1 - (1 - share) ** blocks
}

async function peopleOf(
  { opened, shard, block }: SampledBlock,
  logs: WholeLogs,
  roster: Roster,
): Promise<NamedTemplate[]> {
  const people = new LoggedPeople({ roster })
  await people.read(logs, opened.frontier)
  const { templates } = opened.shards.find((count) => count.shard === shard)!
  const isSame = equalBytes(people.templates(shard).root(), templates)
  expect(isSame, `the logs make other templates of shard ${shard} than the part names`)
  const all = people.inOrder(shard)
  return all.slice(block * BLOCK_PEOPLE, (block + 1) * BLOCK_PEOPLE)
}

export function isAbout(
  replay: Replay,
  { query, shard, people }: Pick<Replay, 'query' | 'shard' | 'people'>,
): boolean {
  return (
    replay.shard === shard && equalBytes(replay.query, query) && equalBytes(replay.people, people)
  )
}

export function keyOf(node: string, roster: Roster): Uint8Array | undefined {
  return roster.nodes.find(({ name }) => name === node)?.publicKey
}

function nameOf({ node }: Replay): string {
  return node
}
