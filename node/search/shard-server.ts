/**
 * One node's part of a search: checks that the query is logged and the officer entitled, searches
 * its own shards, logs what it found, and only then answers.
 */
import { equalBytes, fromHex, toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { GalleryError } from '../../matcher/gallery/gallery.ts'
import type { Gallery, GalleryFinger, SearchResult } from '../../matcher/gallery/gallery.ts'
import { shortlistOf } from '../../matcher/gallery/shortlist.ts'
import { MATCHER_BUILD } from '../../matcher/build.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import { authorise, checkFresh } from '../../protocol/authority.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import type { Query } from '../../protocol/entry/query.ts'
import { logsOf, rosterAt } from '../../protocol/epochs.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import { scoresReplies, scoresRequests, SCORES } from '../../protocol/message/scores.ts'
import { searchReplies, searchRequests, SEARCHES } from '../../protocol/message/search.ts'
import type { SearchRequest } from '../../protocol/message/search.ts'
import { encodePart, partDigest, type PartCandidate } from '../../protocol/part.ts'
import { decodePayload, payloadDigest } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import { scoresRoot } from '../../protocol/score-tree.ts'
import type { Statement } from '../../protocol/statement.ts'
import { provenRecord, type Batcher } from '../access/batcher.ts'
import type { Clock } from '../clock.ts'
import { SEARCHES_RUNNING, SEARCHES_WAITING, WITNESSED_WAIT_MS } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Call, Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'
import { enrolledBy } from './cross-admission.ts'
import { packFingers } from './fingers.ts'
import { KeptScores } from './kept-scores.ts'
import { laneOf, Lanes, type Lane } from './lanes.ts'
import type { Pace } from './pace.ts'
import { provenQuestion } from './proven-question.ts'
import type { ShardKeeper } from './shard-keeper.ts'

export interface ShardServerOptions {
  readonly self: string
  readonly roster: Roster
}

interface ShardServerModules {
  readonly ledger: Ledger
  readonly batcher: Batcher
  readonly registry: Registry
  readonly keeper: ShardKeeper
  readonly gallery: Gallery
  readonly pace: Pace
  readonly mesh: Mesh
  readonly clock: Clock
}

/** What a question says that an officer signed for, and one for a cross-check. */
type Asked = Pick<Query, 'queryId' | 'threshold' | 'limit' | 'frontier'>

interface Probe {
  readonly query: Asked
  readonly leaf: Uint8Array
  readonly statement: Statement
  readonly fingers: readonly GalleryFinger[]
  readonly lane: Lane
}

export class ShardServer {
  readonly #options: ShardServerOptions
  readonly #modules: ShardServerModules
  readonly #lanes: Lanes
  readonly #scores = new KeptScores()

  constructor(options: ShardServerOptions, modules: ShardServerModules) {
    this.#options = options
    this.#modules = modules
    this.#lanes = new Lanes(SEARCHES_RUNNING, SEARCHES_WAITING, { clock: modules.clock })
  }

  start(): void {
    this.#modules.mesh.serve(SEARCHES, async (bytes, call) => {
      const request = searchRequests.decode(bytes)
      // Whoever waits for a log to arrive keeps nobody else from searching.
      const probe = await this.#admit(request, call)
      const search = async (): Promise<Uint8Array> => this.#serve(probe, request, call)
      return this.#lanes.within(probe.lane, call, search)
    })
    this.#modules.mesh.serve(SCORES, async (bytes, { from }) => {
      const scores = this.#scores.of(scoresRequests.decode(bytes).part, from)
      if (scores) return scoresReplies.encode(scores)
      throw new TamgaError('not-found', 'the scores of this part are not kept')
    })
  }

  async #serve(probe: Probe, request: SearchRequest, call: Call): Promise<Uint8Array> {
    const { shards: asked, epoch } = request
    const { ledger, batcher, keeper, registry, clock } = this.#modules
    const { frontier, templates, found } = await registry.between(() => {
      checkWanted(call, clock)
      const shards = asked.filter((shard) => keeper.isComplete(shard))
      if (shards.length === 0) {
        throw new TamgaError('not-found', 'none of these shards is whole here')
      }
      // In one go: a search is of the people who are here when it is asked for.
      return {
        frontier: this.#frontierIn(epoch),
        templates: new Map(shards.map((shard) => [shard, keeper.templates(shard)])),
        found: { result: this.#search(probe, shards, call) },
      }
    })
    const result = await found.result
    // Nothing is logged of a search whose answer nobody reads.
    checkWanted(call, clock)
    const candidates = this.#candidates(result)
    const scores = result.digests!.map(({ shard, blocks }) => ({ shard, digests: blocks }))
    const roots = new Map(scores.map(({ shard, digests }) => [shard, scoresRoot(digests)]))
    const part = encodePart({
      queryId: probe.query.queryId,
      node: this.#options.self,
      epoch,
      at: clock.now(),
      threshold: probe.query.threshold,
      matcher: MATCHER_BUILD,
      frontier,
      shards: result.shards.map(({ shard, searched }) => {
        return { shard, searched, templates: templates.get(shard)!, scores: roots.get(shard)! }
      }),
      candidates,
    })
    this.#scores.keep(partDigest(part), { asker: call.from, scores })
    const record = encodeEntry({
      type: 'search',
      at: ledger.now(),
      queryId: probe.query.queryId,
      asker: call.from,
      query: probe.leaf,
      part: partDigest(part),
    })
    const batched = await batcher.add({ post: call.from, bytes: record })
    const waitMs = Math.min(WITNESSED_WAIT_MS, (call.deadline - clock.now()) / 4)
    const covered = await ledger.proveCovered(batched.index, 'witnessed', waitMs)
    const search = provenRecord(batched, covered)
    const enrolments = await this.#enrolments(candidates)
    return searchReplies.encode({ part: { part, search }, enrolments })
  }

  /**
   * How far the logs of an epoch are read. One that is over can still be answered for as long as
   * nobody was enrolled in the log of a node that it does not have.
   *
   * @throws TamgaError `wrong-epoch`
   */
  #frontierIn(epoch: number): LogSize[] {
    const { registry } = this.#modules
    const names = new Set(logsOf(rosterAt(this.#options.roster, epoch)).map(({ name }) => name))
    const isNew = registry.horizon().some(({ node, size }) => size > 0 && !names.has(node))
    if (isNew) throw new TamgaError('wrong-epoch', `epoch ${epoch} is over`)
    const sizes = new Map(registry.frontier().map(({ node, size }) => [node, size]))
    return [...names].map((node) => ({ node, size: sizes.get(node) ?? 0 }))
  }

  /** Everything that must hold before a template is touched. */
  async #admit({ query: proven, payload }: SearchRequest, call: Call): Promise<Probe> {
    const { from } = call
    const { roster } = this.#options
    const { clock, registry } = this.#modules
    checkWanted(call, clock)
    const query = provenQuestion(proven, from, this.#options, this.#modules)
    const leaf = hashLeaf(proven.entry)
    if (query.type === 'cross-query') {
      await whileWanted(registry.reach(query.frontier, call.deadline), call)
      const statement = await enrolledBy(query, from, this.#options, this.#modules)
      return { query, leaf, statement, fingers: probeOf(statement, payload), lane: 'bulk' }
    }
    if (query.type !== 'query') throw new TamgaError('malformed', `no question: ${query.type}`)
    const { statement } = authorise(query, roster)
    checkFresh(statement, clock.now())
    const fingers = probeOf(statement, payload)
    await whileWanted(registry.reach(query.frontier, call.deadline), call)
    registry.credentials.check(query, statement.at)
    return { query, leaf, statement, fingers, lane: laneOf(statement.action) }
  }

  async #search(
    { query, statement, fingers, lane }: Probe,
    shards: readonly number[],
    { deadline, signal }: Call,
  ): Promise<SearchResult> {
    const { gallery, pace, clock } = this.#modules
    const only = statement.action === 'verify' ? statement.handle : undefined
    const controller = new AbortController()
    const stop = (): void => controller.abort()
    let isHopeless = false
    const refuse = (): void => {
      isHopeless = true
      stop()
    }
    const cancel = clock.timer(deadline - clock.now(), stop)
    signal.addEventListener('abort', stop)
    try {
      const request = {
        fingers,
        shards,
        threshold: query.threshold,
        limit: query.limit,
        shortlist: shortlistOf(this.#options.roster.shards, fingers.length),
        priority: lane,
        // One person is compared in no time: nobody waits for it behind whole searches.
        due: only ? 0 : deadline,
        // Of a person who is there it can be told whether their hands were taken for each other.
        isSwapTried: statement.action === 'update',
        withDigests: true,
        signal: controller.signal,
        ...(only ? { only: toHex(only) } : {}),
      }
      const search = async (): Promise<SearchResult> => gallery.search(request)
      return await (only ? search() : pace.of({ priority: lane, deadline, refuse }, search))
    } catch (cause) {
      if (isHopeless) {
        throw new TamgaError('overloaded', 'searches that are due sooner need all of its time')
      }
      throw cause instanceof GalleryError ? asGalleryFailure(cause) : cause
    } finally {
      cancel()
      signal.removeEventListener('abort', stop)
    }
  }

  #candidates({ candidates }: SearchResult): PartCandidate[] {
    return candidates.flatMap(({ id, shard, score, fingers }) => {
      const handle = fromHex(id)
      const enrolled = this.#modules.registry.person(handle)
      if (!enrolled) return []
      const { log, index } = enrolled
      return [{ handle, shard, score, fingers: [...fingers], log, index }]
    })
  }

  async #enrolments(candidates: readonly PartCandidate[]): Promise<ProvenEntry[]> {
    return Promise.all(
      candidates.map(async ({ log, index }) => this.#modules.ledger.prove(log, index)),
    )
  }
}

/** @throws TamgaError `bad-proof`: not what was signed for; `malformed`, `unprocessable` */
function probeOf({ payloadDigest: digest }: Statement, payload: Uint8Array): GalleryFinger[] {
  if (!equalBytes(digest!, payloadDigest(payload))) {
    throw new TamgaError('bad-proof', 'the probe is not the one that the officer signed for')
  }
  return packFingers(decodePayload(payload))
}

/** @throws TamgaError `deadline` */
function checkWanted({ deadline, signal }: Call, clock: Clock): void {
  if (signal.aborted) throw new TamgaError('deadline', 'the asker has given up')
  if (clock.now() >= deadline) throw new TamgaError('deadline', 'too late to search')
}

/** What `work` comes to, unless the asker gives up before. @throws TamgaError `deadline` */
async function whileWanted<T>(work: Promise<T>, { signal }: Call): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(new TamgaError('deadline', 'the asker has given up'))
    const end = (): void => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(end)
  })
}

function asGalleryFailure(cause: GalleryError): TamgaError {
  const codes = {
    aborted: 'deadline',
    busy: 'overloaded',
    closed: 'closed',
    'invalid-request': 'unprocessable',
  } as const
  const code = codes[cause.code as keyof typeof codes] ?? 'internal'
  return new TamgaError(code, `the gallery: ${cause.message}`, { cause })
}
