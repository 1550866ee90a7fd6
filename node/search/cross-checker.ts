/**
 * Compares what was enrolled at the same time at different nodes: searches for each such person of
 * the shards that this node keeps among those whom the search before the enrolment did not know of,
 * and logs whom it found. What follows from that is for the fold, at every node alike.
 *
 * Of a pair the later enrolment is searched for, by the first replica of its shard; the others step
 * in one after the other when that has not happened for a while.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { QUERY_ID_BYTES } from '../../protocol/identifiers.ts'
import { CANDIDATES_MAX } from '../../protocol/limits.ts'
import type { EnrolledRecord } from '../../protocol/pairs/pair-coverage.ts'
import { mergeCandidates } from '../../protocol/part.ts'
import { decodePayload } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import type { Clock } from '../clock.ts'
import {
  CROSS_CHECK_EVERY_MS,
  CROSS_CHECK_STEP_IN_MS as STEP_IN_MS,
  CROSS_CHECKS_MAX,
  SEARCH_TIMEOUT_MS,
  SEEN_AFTER_MS,
} from '../limits.ts'
import { pinned } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Registry } from '../registry/registry.ts'
import type { Vault } from '../vault/vault.ts'
import { AnswerTimes } from './answer-times.ts'
import { coveredBy } from './covered-by.ts'
import { enrolledBy } from './cross-admission.ts'
import { HedgeBudget } from './hedge-budget.ts'
import { scatter } from './scatter.ts'

interface CrossCheckerOptions {
  readonly self: string
  readonly roster: Roster
  /** The least score of a candidate for a probe of so many fingers. */
  readonly thresholdFor: (fingers: number) => number
}

interface CrossCheckerModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly vault: Vault
  readonly mesh: Mesh
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export class CrossChecker {
  readonly #options: CrossCheckerOptions
  readonly #modules: CrossCheckerModules
  /** When a pair of an enrolment was seen to be uncovered, or was tried in vain, by its leaf. */
  #waiting = new Map<string, number>()
  /** Since when its log does not show that it knows of an enrolment. */
  #behindSince: number | undefined
  readonly #times: AnswerTimes
  readonly #budget = new HedgeBudget()
  #cancel: (() => void) | undefined
  #working: Promise<void> | undefined
  #closed = false

  constructor(options: CrossCheckerOptions, modules: CrossCheckerModules) {
    this.#options = options
    this.#modules = modules
    this.#times = new AnswerTimes(modules)
  }

  start(): void {
    if (this.#closed) return
    this.#cancel = this.#modules.clock.timer(CROSS_CHECK_EVERY_MS, () => {
      this.#working = this.#round().then(() => this.start())
    })
  }

  /** Begins nothing more; resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#working
  }

  async #round(): Promise<void> {
    const { ledger, clock, logger } = this.#modules
    if (!ledger.own.isSigning) return
    try {
      for (const record of this.#due()) {
        if (this.#closed) return
        this.#waiting.set(toHex(record.leaf), clock.now())
        await this.#check(record)
      }
      await this.#say()
    } catch (error) {
      logger.warn('a cross-check failed', { reason: asTamgaError(error).message })
    }
  }

  /** Those that it is this node's turn to search for. */
  #due(): EnrolledRecord[] {
    const { self, roster } = this.#options
    const { registry, clock } = this.#modules
    const now = clock.now()
    const waiting = new Map<string, number>()
    const due: EnrolledRecord[] = []
    for (const record of registry.pairs.open()) {
      const rank = replicasOf(record.shard, roster).indexOf(self)
      if (rank < 0 || !this.#isLater(record)) continue
      const key = toHex(record.leaf)
      const since = this.#waiting.get(key)
      waiting.set(key, since ?? now)
      const waitMs = since === undefined && rank === 0 ? 0 : Math.max(1, rank) * STEP_IN_MS
      const isTurn = now - (since ?? now) >= waitMs
      if (isTurn && due.length < CROSS_CHECKS_MAX) due.push(record)
    }
    this.#waiting = waiting
    return due
  }

  /** Whether it is the later one of a pair that is not covered. */
  #isLater(record: EnrolledRecord): boolean {
    const { pairs } = this.#modules.registry
    for (const other of pairs.uncoveredOf(record.leaf)) {
      if (pairs.isFirst(other, record)) return true
    }
    return false
  }

  /** A search of which a shard is silent covers nothing: it is made again a while later. */
  async #check({ log, index, leaf, handle }: EnrolledRecord): Promise<void> {
    const { self, thresholdFor } = this.#options
    const roster = pinned(this.#options.roster)
    const { ledger, registry, vault, clock, random } = this.#modules
    const enrolled = registry.person(handle)
    if (!enrolled || !equalBytes(enrolled.leaf, leaf)) return
    const payload = await vault.payload(enrolled.commitment, handle)
    if (!payload) return
    const queryId = random.bytes(QUERY_ID_BYTES)
    const about = { queryId, enrolment: { log, index, leaf } }
    const statement = await enrolledBy(about, self, { roster }, { ledger, registry })
    const query = {
      type: 'cross-query' as const,
      at: ledger.now(),
      ...about,
      threshold: thresholdFor(decodePayload(payload).fingers.length),
      limit: CANDIDATES_MAX,
      frontier: registry.horizon(),
    }
    const proven = await ledger.prove(self, await ledger.own.append(encodeEntry(query)))
    const shards = Array.from({ length: roster.shards }, (_, shard) => shard)
    const deadline = clock.now() + SEARCH_TIMEOUT_MS
    const asked = { query: { proven, query, statement }, payload, shards, deadline }
    const modules = { ...this.#modules, times: this.#times, budget: this.#budget }
    const { parts, outcomes } = await scatter(
      asked,
      { roster, isHedged: false, backlogMs: 0 },
      modules,
    )
    if (outcomes.some(({ answeredBy }) => answeredBy === undefined)) return
    const opened = parts.map((part) => part.opened)
    const named = mergeCandidates(opened, CANDIDATES_MAX)
    const checked = {
      type: 'cross-check' as const,
      at: ledger.now(),
      ...about,
      query: hashLeaf(proven.entry),
      frontier: coveredBy(opened),
      candidates: named.filter((candidate) => !equalBytes(candidate.handle, handle)),
    }
    await ledger.own.append(encodeEntry(checked))
    await registry.settled()
  }

  /** Lets the others know how far this node has read, where its log would not say so. */
  async #say(): Promise<void> {
    const { self } = this.#options
    const { ledger, registry, clock } = this.#modules
    if (!registry.pairs.isBehind(self)) {
      this.#behindSince = undefined
      return
    }
    const now = clock.now()
    this.#behindSince ??= now
    if (now - this.#behindSince < SEEN_AFTER_MS) return
    const frontier = registry.frontier()
    await ledger.own.append(encodeEntry({ type: 'seen', at: ledger.now(), frontier }))
  }
}
