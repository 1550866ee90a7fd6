/**
 * Replays of past queries: some people of a shard are compared with the probe again, and what comes
 * out is signed. Only for the node that asked the query, with the probe that its officer signed
 * for: nobody is compared with anything that they were not compared with before.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import type { Signer } from '../../crypto/ed25519.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import type { Gallery } from '../../matcher/gallery/gallery.ts'
import { MATCHER_BUILD } from '../../matcher/build.ts'
import { authorise } from '../../protocol/authority.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { replayRequests, REPLAYS, type ReplayRequest } from '../../protocol/message/replay.ts'
import { decodePayload, payloadDigest } from '../../protocol/payload.ts'
import { peopleDigest, signedReplays, signReplay } from '../../protocol/replay.ts'
import type { NamedTemplate, SignedReplay } from '../../protocol/replay.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { SEARCH_TIMEOUT_MS, SEARCHES_RUNNING, SEARCHES_WAITING } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Registry } from '../registry/registry.ts'
import { packFingers } from './fingers.ts'
import { Lanes } from './lanes.ts'
import { provenQuestion } from './proven-question.ts'
import type { Samples } from './samples.ts'
import type { ShardKeeper } from './shard-keeper.ts'

interface ReplayerOptions {
  readonly self: string
  readonly roster: Roster
}

interface ReplayerModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly keeper: ShardKeeper
  readonly gallery: Gallery
  readonly samples: Samples
  readonly mesh: Mesh
  readonly signer: Signer
  readonly clock: Clock
}

/** What an auditor wants to see again of a query that was drawn here. */
export interface Wanted {
  /** In hexadecimal. */
  readonly queryId: string
  readonly node: string
  readonly shard: number
  readonly people: readonly NamedTemplate[]
}

export class Replayer {
  readonly #options: ReplayerOptions
  readonly #modules: ReplayerModules
  readonly #lanes: Lanes

  constructor(options: ReplayerOptions, modules: ReplayerModules) {
    this.#options = options
    this.#modules = modules
    this.#lanes = new Lanes(SEARCHES_RUNNING, SEARCHES_WAITING, modules)
  }

  start(): void {
    this.#modules.mesh.serve(REPLAYS, async (bytes, call) => {
      const request = replayRequests.decode(bytes)
      return this.#lanes.within('bulk', call, async () => {
        return signedReplays.encode(await this.#replay(request, call.from))
      })
    })
  }

  /**
   * Asks a node for it, with the probe that is kept here.
   *
   * @throws TamgaError `not-found`: the query was not drawn here, or is not kept any more; and what
   *   the node refuses it with
   */
  async ask({ queryId, node, shard, people }: Wanted): Promise<Uint8Array> {
    const sample = this.#modules.samples.get(queryId)
    if (!sample) throw new TamgaError('not-found', 'the probe of this query is not kept here')
    const { query, payload } = sample
    const { clock, mesh } = this.#modules
    const request = replayRequests.encode({ query, payload, shard, people })
    return mesh.call(node, REPLAYS, request, { deadline: clock.now() + SEARCH_TIMEOUT_MS })
  }

  async #replay(request: ReplayRequest, from: string): Promise<SignedReplay> {
    const { query: proven, payload, shard, people } = request
    const { self, roster } = this.#options
    const { gallery, signer, clock } = this.#modules
    const query = provenQuestion(proven, from, this.#options, this.#modules)
    if (query.type !== 'query') throw new TamgaError('malformed', `no question: ${query.type}`)
    const { statement } = authorise(query, roster)
    if (!equalBytes(statement.payloadDigest!, payloadDigest(payload))) {
      throw new TamgaError('bad-proof', 'the probe is not the one that the officer signed for')
    }
    const here = people.filter((one) => this.#isHere(one, shard))
    const about = {
      node: self,
      at: clock.now(),
      query: hashLeaf(proven.entry),
      shard,
      people: peopleDigest(people),
      matcher: MATCHER_BUILD,
    }
    if (people.length === 0 || here.length < people.length) {
      const missing = people.length - here.length
      return signReplay({ ...about, missing, digest: undefined }, signer)
    }
    const { digests } = await gallery.search({
      fingers: packFingers(decodePayload(payload)),
      shards: [shard],
      among: people.map(({ handle }) => toHex(handle)),
      threshold: query.threshold,
      limit: query.limit,
      isSwapTried: statement.action === 'update',
      priority: 'bulk',
      withDigests: true,
    })
    return signReplay({ ...about, missing: 0, digest: digests![0]!.blocks[0] }, signer)
  }

  /** Whether the person is searched here, and by this enrolment. */
  #isHere({ handle, commitment }: NamedTemplate, shard: number): boolean {
    const { registry, keeper, gallery } = this.#modules
    const enrolled = registry.person(handle)
    return (
      keeper.isComplete(shard) &&
      enrolled?.shard === shard &&
      equalBytes(enrolled.commitment, commitment) &&
      gallery.has(toHex(handle))
    )
  }
}
