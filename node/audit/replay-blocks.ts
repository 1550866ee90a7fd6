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
import type { LogSize } from '../../protocol/identifiers.ts'
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
   * - `other-people` the part names other templates than the logs make, so that nobody can tell
   *   whose scores these are
   * - `not-replayable` somebody was erased or changed since, nobody else could be asked, or the
   *   logs that are here end before the part
   */
  readonly verdict: 'agreed' | 'differs' | 'other-people' | 'not-replayable'
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

/** @throws TamgaError what is wrong with the sample */
export async function replayBlock(
  sampled: SampledBlock,
  sample: Uint8Array,
  { people: then, roster, ask }: { people: PeopleThen; roster: Roster; ask: AskReplay },
): Promise<ReplayedBlock> {
  const { part, opened, shard, block, digests } = sampled
  const { query } = answerBundles.decode(samples.decode(sample).answer)
  const queryId = toHex(opened.queryId)
  const place = { queryId, shard, block, node: opened.node }
  const people = await then.ofBlock(sampled)
  if (!Array.isArray(people)) return { ...place, verdict: people, against: [] }
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
  const about = { ...place, against: against.map(({ node }) => node) }
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

/**
 * Whom a part had to search, as the logs make it at the part's frontier. Reads the logs once for
 * each frontier, and remembers the last: blocks of one part are best asked for one after another.
 */
export class PeopleThen {
  readonly #sources: { readonly logs: WholeLogs; readonly roster: Roster }
  #last: { key: string; people: LoggedPeople; isWhole: boolean } | undefined

  constructor(sources: { readonly logs: WholeLogs; readonly roster: Roster }) {
    this.#sources = sources
  }

  /** In the order of the template set; or why nobody can tell. */
  async ofBlock({
    opened,
    shard,
    block,
  }: SampledBlock): Promise<NamedTemplate[] | 'other-people' | 'not-replayable'> {
    const { people, isWhole } = await this.#at(opened.frontier)
    if (!isWhole) return 'not-replayable'
    const { templates } = opened.shards.find((count) => count.shard === shard)!
    if (!equalBytes(people.templates(shard).root(), templates)) return 'other-people'
    return people.inOrder(shard).slice(block * BLOCK_PEOPLE, (block + 1) * BLOCK_PEOPLE)
  }

  async #at(frontier: readonly LogSize[]) {
    const key = frontier.map(({ node, size }) => `${node} ${size}`).join('\n')
    if (this.#last?.key === key) return this.#last
    const { logs, roster } = this.#sources
    const people = new LoggedPeople({ roster })
    const read = await people.read(logs, frontier)
    const isWhole = frontier.every(({ size }, place) => read[place]!.size === size)
    this.#last = { key, people, isWhole }
    return this.#last
  }
}
