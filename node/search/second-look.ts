/**
 * One query in a hundred is asked twice. When it has been answered, the nodes that gave its parts
 * are told to open the scores that they have committed to, and the other replicas are asked the
 * same; whoever contradicts is put on record. The query is then kept for auditors to replay.
 *
 * Which queries these are is drawn here, after the parts have come and by what no other node knows:
 * a node that does not do its work cannot do it only where somebody looks.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { answers } from '../../protocol/answer.ts'
import type { AnswerBundle } from '../../protocol/answer.ts'
import { compareParts, type Comparison } from '../../protocol/dispute.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { scoresReplies, scoresRequests, SCORES } from '../../protocol/message/scores.ts'
import type { OpenedScores } from '../../protocol/message/scores.ts'
import { partDigest } from '../../protocol/part.ts'
import type { Roster } from '../../protocol/roster.ts'
import { blocksOf, scoresRoot } from '../../protocol/score-tree.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { expect, type CheckedQuery } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import { SEARCH_TIMEOUT_MS, SECOND_LOOKS_MAX } from '../limits.ts'
import { pinned } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import { askShards } from './ask-shards.ts'
import type { GatheredPart } from './cover.ts'
import type { Disputes } from './disputes.ts'
import type { Samples } from './samples.ts'

interface SecondLookOptions {
  readonly roster: Roster
  /** Of all queries, 0 to 1. */
  readonly share: number
}

interface SecondLookModules {
  readonly mesh: Mesh
  readonly ledger: Ledger
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly disputes: Disputes
  readonly samples: Samples
}

/** A query that has been answered. */
export interface Answered {
  readonly query: CheckedQuery
  readonly payload: Uint8Array
  readonly parts: readonly GatheredPart[]
  readonly bundle: AnswerBundle
  readonly encoded: Uint8Array
}

/** What came of it, since the node was started. */
export interface SecondLooks {
  readonly drawn: number
  /** Drawn while enough others were being looked at. */
  readonly passedOver: number
  /** Parts whose scores were not opened as they had been committed to. */
  readonly unopened: number
  /** Shards of drawn queries, by what two replicas said of them. */
  readonly shards: Readonly<Record<Comparison | 'silent', number>>
}

/** Bytes that decide whether a query is drawn. */
const DRAW_BYTES = 4

export class SecondLook {
  readonly #options: SecondLookOptions
  readonly #modules: SecondLookModules
  readonly #working = new Set<Promise<void>>()
  readonly #shards = { same: 0, incomparable: 0, scores: 0, candidates: 0, silent: 0 }
  #drawn = 0
  #passedOver = 0
  #unopened = 0
  #isClosed = false

  constructor(options: SecondLookOptions, modules: SecondLookModules) {
    this.#options = options
    this.#modules = modules
  }

  get counts(): SecondLooks {
    return {
      drawn: this.#drawn,
      passedOver: this.#passedOver,
      unopened: this.#unopened,
      shards: { ...this.#shards },
    }
  }

  /** Nobody waits for what comes of it: the answer has been given. */
  consider(answered: Answered): void {
    if (this.#isClosed || !this.#isDrawn()) return
    this.#drawn += 1
    if (this.#working.size >= SECOND_LOOKS_MAX) {
      this.#passedOver += 1
      return
    }
    const work = this.#look(answered)
      .catch((error: unknown) => {
        const { message: reason } = asTamgaError(error)
        this.#modules.logger.error('a second look failed', { reason })
      })
      .finally(() => this.#working.delete(work))
    this.#working.add(work)
  }

  /** Resolves when what was under way is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#working)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.settled()
    this.#modules.samples.close()
  }

  #isDrawn(): boolean {
    const { share } = this.#options
    if (share === 0) return false
    const drawn = new DataView(this.#modules.random.bytes(DRAW_BYTES).slice().buffer)
    return drawn.getUint32(0) < share * 2 ** (8 * DRAW_BYTES)
  }

  async #look(answered: Answered): Promise<void> {
    const deadline = this.#modules.clock.now() + SEARCH_TIMEOUT_MS
    const { parts, query, payload, bundle, encoded: answer } = answered
    const { action } = query.statement
    const opened = await Promise.all(
      parts.map(async (part) => (action === 'verify' ? [] : this.#open(part, deadline))),
    )
    const said = answers.decode(bundle.answer)
    const scores = opened.flat()
    this.#modules.samples.add({ answer, scores, said, query: query.proven, payload })
    await this.#askAgain(answered, deadline)
  }

  /** Nothing of a part that its node does not open. */
  async #open({ part, opened }: GatheredPart, deadline: number): Promise<readonly OpenedScores[]> {
    const { mesh, logger } = this.#modules
    const request = scoresRequests.encode({ part: partDigest(part.part) })
    try {
      const scores = scoresReplies.decode(
        await mesh.call(opened.node, SCORES, request, { deadline }),
      )
      expect(isOf(scores, opened), `${opened.node} opened other scores`)
      return scores
    } catch (error) {
      this.#unopened += 1
      const reason = asTamgaError(error).message
      logger.warn('the scores of a part were not opened', { node: opened.node, reason })
      return []
    }
  }

  async #askAgain({ query, payload, parts }: Answered, deadline: number): Promise<void> {
    const roster = pinned(this.#options.roster)
    const { mesh } = this.#modules
    for (const [node, asked] of this.#others(parts)) {
      const shards = [...asked.keys()]
      try {
        const second = await askShards({ node, shards, query, payload, deadline }, { roster, mesh })
        for (const [shard, first] of asked) await this.#compare(query, shard, first, second)
      } catch (error) {
        this.#shards.silent += shards.length
        const reason = asTamgaError(error).message
        this.#modules.logger.warn('a replica was not heard a second time', { node, reason })
      }
    }
  }

  async #compare(
    { proven, query }: CheckedQuery,
    shard: number,
    first: GatheredPart,
    second: GatheredPart,
  ): Promise<void> {
    const found = compareParts(first.opened, second.opened, shard, query.limit)
    this.#shards[found] += 1
    if (found === 'same' || found === 'incomparable') return
    await this.#modules.disputes.add({
      query: proven,
      shard,
      first: first.part,
      second: second.part,
    })
  }

  /** For every shard another replica than the one that has answered, by node. */
  #others(parts: readonly GatheredPart[]): Map<string, Map<number, GatheredPart>> {
    const { ledger } = this.#modules
    const others = new Map<string, Map<number, GatheredPart>>()
    for (const part of parts) {
      for (const { shard } of part.opened.shards) {
        const node = replicasOf(shard, this.#options.roster).find((replica) => {
          return replica !== part.opened.node && !ledger.quarantine.has(replica)
        })
        if (node === undefined) continue
        others.set(node, (others.get(node) ?? new Map()).set(shard, part))
      }
    }
    return others
  }
}

/** Whether these are the scores that the part commits to. */
function isOf(scores: readonly OpenedScores[], { shards }: GatheredPart['opened']): boolean {
  return (
    scores.length === shards.length &&
    shards.every(({ shard, searched, scores: root }, place) => {
      const { shard: other, digests } = scores[place]!
      const isWhole = digests.length === blocksOf(searched)
      return other === shard && isWhole && equalBytes(scoresRoot(digests), root)
    })
  )
}
