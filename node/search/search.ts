/**
 * A whole search, as the node that is asked runs it: log the query, ask every shard, merge, log the
 * outcome, sign.
 * Read from top to bottom it is the life of a query.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { Signer } from '../../crypto/ed25519.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { thresholdFor } from '../../matcher/threshold.ts'
import { answerBundles, answers, answerSignedBytes, verdictOf } from '../../protocol/answer.ts'
import type { Answer, AnswerBundle, ProvenEntry } from '../../protocol/answer.ts'
import type { Authorised } from '../../protocol/authority.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import type { Outcome } from '../../protocol/entry/outcome.ts'
import type { Query } from '../../protocol/entry/query.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { QUERY_ID_BYTES } from '../../protocol/identifiers.ts'
import { CANDIDATES_MAX } from '../../protocol/limits.ts'
import { mergeCandidates, type Part, type PartCandidate } from '../../protocol/part.ts'
import { decodePayload } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import { shardOf } from '../../protocol/shards.ts'
import { decodeStatement, type SignedStatement, type Statement } from '../../protocol/statement.ts'
import type { Witnessed } from '../../protocol/quorum.ts'
import { provenRecord, type Batched, type Batcher } from '../access/batcher.ts'
import { witnessedBy } from '../audit/coverage.ts'
import type { CheckedQuery } from '../audit/verify-part.ts'
import type { Clock } from '../clock.ts'
import {
  CANDIDATES_DEFAULT,
  SEARCH_TIMEOUT_MS,
  SEARCHES_RUNNING,
  SEARCHES_WAITING,
  WITNESSED_WAIT_MS,
} from '../limits.ts'
import { pinned } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Admission } from '../registry/admission.ts'
import type { Registry } from '../registry/registry.ts'
import { AnswerTimes } from './answer-times.ts'
import { readFinger } from './fingers.ts'
import { HedgeBudget } from './hedge-budget.ts'
import { laneOf, Lanes, type Lane } from './lanes.ts'
import type { Pace } from './pace.ts'
import { scatter, type Gathered } from './scatter.ts'
import type { SecondLook } from './second-look.ts'

export interface SearchOptions {
  readonly self: string
  readonly roster: Roster
  /** Scores below it are not reported; if absent, what the matcher says for so many fingers. */
  readonly threshold?: number | undefined
  /**
   * Whether a node that is late is followed by another at once; true if absent. Otherwise only when
   * half of the time is over, or when it fails.
   */
  readonly isHedged?: boolean | undefined
}

interface SearchModules {
  readonly ledger: Ledger
  readonly batcher: Batcher
  readonly registry: Registry
  readonly admission: Admission
  readonly mesh: Mesh
  readonly signer: Signer
  readonly clock: Clock
  readonly random: Random
  readonly secondLook: SecondLook
  /** Of the gallery of this node. */
  readonly pace: Pace
}

export interface Question {
  readonly signed: SignedStatement
  /** The probe, as the officer's statement commits to it. */
  readonly payload: Uint8Array
  readonly limit?: number
  readonly timeoutMs?: number
  /** Fires when nobody waits for the answer any more: as if the time were over. */
  readonly signal?: AbortSignal
}

export interface Found {
  readonly answer: Answer
  readonly bundle: AnswerBundle
  /** How the query's own entry is covered by others' signatures. */
  readonly witnessed: Witnessed
  /** The bundle's parts, decoded. */
  readonly parts: readonly Part[]
  /** The bundle as it is kept and handed on. */
  readonly encoded: Uint8Array
}

/** A query, and where it stands in the own log. */
interface Logged extends CheckedQuery {
  /** Of its entry, or its batch's. */
  readonly index: number
  readonly batched: Batched | undefined
}

export class Search {
  readonly #options: SearchOptions
  readonly #modules: SearchModules
  readonly #lanes: Lanes
  /** One person is compared in no time, whatever else is searched for. */
  readonly #verifications: Lanes
  readonly #budget = new HedgeBudget()
  /** A verification takes a moment, a search for duplicates waits for others: each has its own. */
  readonly #times: Readonly<Record<Lane | 'verify', AnswerTimes>>

  constructor(options: SearchOptions, modules: SearchModules) {
    this.#options = options
    this.#modules = modules
    const { clock } = modules
    this.#lanes = new Lanes(SEARCHES_RUNNING, SEARCHES_WAITING, modules)
    this.#verifications = new Lanes(SEARCHES_RUNNING, SEARCHES_WAITING, { clock })
    this.#times = {
      verify: new AnswerTimes(modules),
      border: new AnswerTimes(modules),
      enrolment: new AnswerTimes(modules),
      bulk: new AnswerTimes(modules),
    }
  }

  /** The least score of a candidate for a probe of so many fingers. */
  threshold(fingers: number): number {
    return this.#options.threshold ?? thresholdFor(fingers)
  }

  /**
   * Asks all shards, or for a verification the one of the person, and answers with proofs.
   *
   * Resolves also when shards stay silent: the answer names them. When the query cannot be logged,
   * nobody is asked; when the outcome cannot, nobody is answered. Whoever is `overloaded` finds
   * that out at once: mostly before anything is done, and then it does not count against its
   * officer.
   *
   * @throws RuleRefusal; TamgaError `forbidden`, `bad-signature`, `unprocessable`, `overloaded`,
   *   `deadline`, `storage`
   */
  async ask(question: Question): Promise<Found> {
    const { signed, payload } = question
    const { action } = decodeStatement(signed.statement)
    const lanes = action === 'verify' ? this.#verifications : this.#lanes
    return this.#within({ lanes, lane: 'border' }, question, async (deadline) => {
      const authorised = await this.#modules.admission.question(signed, payload)
      return this.#search(authorised, question, deadline)
    })
  }

  /** The same for somebody who has been admitted: a statement counts against its officer once. */
  async askAs(authorised: Authorised, question: Question): Promise<Found> {
    const lane = laneOf(authorised.statement.action)
    return this.#within({ lanes: this.#lanes, lane }, question, async (deadline) => {
      return this.#search(authorised, question, deadline)
    })
  }

  /** The time runs from when it was asked, not from when there is room for it. */
  async #within(
    { lanes, lane }: { readonly lanes: Lanes; readonly lane: Lane },
    { timeoutMs = SEARCH_TIMEOUT_MS, signal }: Question,
    search: (deadline: number) => Promise<Found>,
  ): Promise<Found> {
    const deadline = this.#modules.clock.now() + timeoutMs
    return lanes.within(lane, { deadline, signal }, async () => search(deadline))
  }

  async #search(
    { statement }: Authorised,
    { signed, payload, limit = CANDIDATES_DEFAULT, signal }: Question,
    deadline: number,
  ): Promise<Found> {
    const { isHedged = true } = this.#options
    const roster = pinned(this.#options.roster)
    const threshold = this.#checkedThreshold(payload)
    const queryId = this.#modules.random.bytes(QUERY_ID_BYTES)
    const query = await this.#log(statement, signed, { queryId, threshold, limit })
    const request = { query, payload, shards: this.#shards(statement), deadline, signal }
    const { action } = statement
    const kind = action === 'verify' ? action : laneOf(action)
    const backlogMs = kind === 'verify' ? 0 : this.#modules.pace.backlogMs(kind)
    const modules = { ...this.#modules, times: this.#times[kind], budget: this.#budget }
    const gathering = scatter(request, { roster, isHedged, backlogMs }, modules)
    const gathered = await gathering.catch(async (error: unknown) => {
      // It has been asked: that nothing came of it is on record too.
      const nothing = { verdict: 'incomplete' as const, candidates: [] }
      await this.#logOutcome(query, { at: this.#modules.ledger.now(), queryId, ...nothing })
      throw error
    })
    const found = await this.#answer(query, gathered, roster)
    const { bundle, encoded } = found
    this.#modules.secondLook.consider({ query, payload, parts: gathered.parts, bundle, encoded })
    return found
  }

  /** The threshold for a probe that can be read. @throws TamgaError `unprocessable` */
  #checkedThreshold(payload: Uint8Array): number {
    const { fingers } = decodePayload(payload)
    for (const finger of fingers) readFinger(finger)
    return this.threshold(fingers.length)
  }

  async #log(
    statement: Statement,
    signed: SignedStatement,
    asked: Pick<Query, 'queryId' | 'threshold' | 'limit'>,
  ): Promise<Logged> {
    const { ledger, batcher, registry } = this.#modules
    const query: Query = {
      type: 'query',
      at: ledger.now(),
      ...signed,
      frontier: registry.horizon(),
      ...asked,
    }
    const bytes = encodeEntry(query)
    const { self } = this.#options
    // What an enrolment rests on has to be wherever the enrolment is.
    if (laneOf(statement.action) === 'enrolment') {
      const index = await ledger.own.append(bytes)
      return {
        proven: await ledger.prove(self, index),
        query,
        statement,
        index,
        batched: undefined,
      }
    }
    const batched = await batcher.add({ post: statement.post, bytes, officer: signed.officer })
    const { index } = batched
    const proven = provenRecord(batched, await ledger.prove(self, index))
    return { proven, query, statement, index, batched }
  }

  async #logOutcome(
    { proven, statement, batched }: Logged,
    found: Omit<Outcome, 'type' | 'query' | 'batch'>,
  ): Promise<void> {
    const { ledger, batcher } = this.#modules
    const { post, action } = statement
    const outcome = encodeEntry({
      type: 'outcome',
      ...found,
      query: hashLeaf(proven.entry),
      batch: batched?.index,
    })
    if (action === 'verify') await batcher.add({ post, bytes: outcome })
    else await ledger.own.append(outcome)
  }

  #shards({ action, handle }: Statement): number[] {
    const { roster } = this.#options
    if (action === 'verify' && handle) return [shardOf(handle, roster)]
    return Array.from({ length: roster.shards }, (_, shard) => shard)
  }

  async #answer(logged: Logged, { parts, outcomes }: Gathered, roster: Roster): Promise<Found> {
    const { query, statement, index, batched } = logged
    const { self } = this.#options
    const { ledger, clock, signer } = this.#modules
    const { queryId, threshold, limit } = query
    const opened = parts.map((part) => part.opened)
    // Whoever gets the proof can read all that the parts name: all of it is on record.
    const named = mergeCandidates(opened, CANDIDATES_MAX)
    const candidates = named.slice(0, limit)
    const verdict = verdictOf(candidates, threshold, outcomes)
    await this.#logOutcome(logged, { at: ledger.now(), queryId, verdict, candidates: named })
    const covered = await ledger.proveCovered(index, 'witnessed', WITNESSED_WAIT_MS)
    const answer: Answer = {
      queryId,
      node: self,
      epoch: roster.epoch,
      at: clock.now(),
      action: statement.action,
      threshold,
      verdict,
      shards: outcomes,
      candidates,
    }
    const encodedAnswer = answers.encode(answer)
    const bundle: AnswerBundle = {
      answer: encodedAnswer,
      signature: signer.sign(answerSignedBytes(encodedAnswer)),
      query: batched ? provenRecord(batched, covered) : covered,
      parts: parts.map(({ part }) => part),
      enrolments: candidates.map((candidate) => enrolmentOf(candidate, parts)),
    }
    const witnessed = witnessedBy(covered, roster)
    return { answer, bundle, witnessed, parts: opened, encoded: answerBundles.encode(bundle) }
  }
}

function enrolmentOf(candidate: PartCandidate, parts: Gathered['parts']): ProvenEntry {
  for (const { opened, enrolments } of parts) {
    const place = opened.candidates.findIndex(({ handle }) => equalBytes(handle, candidate.handle))
    if (place >= 0) return enrolments[place]!
  }
  throw new TamgaError('internal', 'a candidate of no part')
}
