/** Travellers at posts before four nodes in this process. */
import { availableParallelism } from 'node:os'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { verifyAnswer } from '../../../node/audit/verify-answer.ts'
import { Client } from '../../../node/cli/client.ts'
import { systemClock } from '../../../node/clock.ts'
import { foundRegister } from '../../../node/demo/officials.ts'
import { stationRequest } from '../../../node/demo/station-request.ts'
import { Gateway } from '../../../node/gateway/gateway.ts'
import { EXTRACTORS } from '../../../node/limits.ts'
import { silentLogger } from '../../../node/logger.ts'
import { bodyOf } from '../../../node/post/request.ts'
import { fromBase64 } from '../../../crypto/bytes.ts'
import type { CapturedFinger } from '../../../protocol/payload.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { revocationList } from '../../../test/crypto/support/certificates.ts'
import { root } from '../../../test/protocol/document/support/chips.ts'
import { percentile } from '../percentile.ts'
import type { Measurement } from '../report.ts'
import { askAll } from '../search/asking.ts'
import {
  NETWORK,
  officials,
  rosterOf,
  startBenchNode,
  type BenchNode,
} from '../search/bench-mesh.ts'
import { addBystanders } from '../search/bystanders.ts'
import { settled } from '../search/settled.ts'
import { startBenchPost, type BenchPost } from './bench-post.ts'
import { capturedOf, passengers, type Passenger } from './passengers.ts'

export interface TravellersOptions {
  readonly folder: string
  readonly note: string
  readonly people: number
  readonly inspections: number
  readonly verifications: number
}

/** Posts that inspect at once, for how many there can be in a second. */
const BUSY_POSTS = 4

/** Posts that ask for a 1:1 at once. */
const VERIFYING_POSTS = 20

const WARM_UP = 6
const WHY = { post: 'bench', caseNumber: 'bench', legalBasis: 'bench' }

export class Travellers {
  readonly #options: TravellersOptions
  readonly #nodes: readonly BenchNode[]
  readonly #gateways: readonly Gateway[]
  readonly #extractor: Extractor
  #passengers: readonly Passenger[] = []
  #posts: readonly BenchPost[] = []

  private constructor(
    options: TravellersOptions,
    nodes: readonly BenchNode[],
    gateways: readonly Gateway[],
    extractor: Extractor,
  ) {
    this.#options = options
    this.#nodes = nodes
    this.#gateways = gateways
    this.#extractor = extractor
  }

  static async start(options: TravellersOptions): Promise<Travellers> {
    const { folder, note } = options
    const { nodes: all } = rosterOf(note)
    const nodes = await Promise.all(
      all.map(async ({ name }) => startBenchNode({ folder, note, name, isHedged: true })),
    )
    await Promise.all(nodes.map(async ({ node }) => node.ready()))
    const extractor = new Extractor({ workers: EXTRACTORS }, { clock: systemClock })
    const shared = { extractor, clock: systemClock, logger: silentLogger }
    const gateways = await Promise.all(
      nodes.map(async ({ node }) =>
        Gateway.start({ host: '127.0.0.1', port: 0 }, { node, ...shared }),
      ),
    )
    const travellers = new Travellers(options, nodes, gateways, extractor)
    await travellers.#found()
    return travellers
  }

  async *figures(): AsyncGenerator<Measurement> {
    const { inspections, verifications } = this.#options
    await askAll({ count: WARM_UP, atOnce: 1 }, async (i) => this.#inspect(i, 0))
    const alone: number[] = []
    await askAll({ count: inspections, atOnce: 1 }, async (i) => {
      alone.push(await this.#inspect(i, 0))
    })
    yield { name: 'inspection_p50_ms', value: percentile(alone, 0.5), unit: 'ms' }
    yield { name: 'inspection_p95_ms', value: percentile(alone, 0.95), unit: 'ms' }
    const { perSecond } = await askAll({ count: inspections, atOnce: BUSY_POSTS }, async (i) => {
      return this.#inspect(i, i % BUSY_POSTS)
    })
    yield { name: 'inspections_per_s', value: perSecond, unit: '/s' }
    const live: CapturedFinger[][] = []
    for (const { images } of this.#passengers) live.push(await capturedOf(images, this.#extractor))
    const verify = async (i: number) => this.#verify(i, live[i % live.length]!)
    const busy = await askAll({ count: verifications, atOnce: VERIFYING_POSTS }, verify)
    yield { name: 'verify_p50_ms_20_posts', value: percentile(busy.ms, 0.5), unit: 'ms' }
    const value = percentile(busy.ms, 0.95)
    yield { name: 'verify_p95_ms_20_posts', value, unit: 'ms', baseline: 1_000 }
    yield { name: 'verifications_per_s', value: busy.perSecond, unit: '/s' }
  }

  async close(): Promise<void> {
    for (const post of this.#posts) await post.close()
    for (const gateway of this.#gateways) await gateway.close()
    await this.#extractor.close()
    for (const { node } of this.#nodes) await node.close()
  }

  async #found(): Promise<void> {
    const { folder, note, people } = this.#options
    const [first] = this.#nodes as [BenchNode]
    const about = { network: NETWORK, policies: [SEED_2017] }
    await foundRegister(first.node, about, officials, { clock: systemClock })
    await settled(this.#nodes.map(({ node }) => node))
    this.#passengers = await passengers(this.#extractor)
    for (const [place, { handle, fingers }] of this.#passengers.entries()) {
      const enrolment = stationRequest({ action: 'enrol', fingers, handle, ...WHY }, ABOUT)
      await this.#node(place).enrolment.enrol(enrolment)
    }
    const galleries = new Map(this.#nodes.map(({ node, gallery }) => [node.name, gallery]))
    const others = people - this.#passengers.length
    await addBystanders(
      { people: others, threads: availableParallelism(), roster: rosterOf(note) },
      { galleries },
    )
    await settled(this.#nodes.map(({ node }) => node))
    const urls = new Map(this.#gateways.map(({ url }, place) => [this.#node(place).name, url]))
    const names = Array.from({ length: BUSY_POSTS }, (_, place) => `travellers-${place}`)
    const extractor = this.#extractor
    this.#posts = await Promise.all(
      names.map(async (name) => startBenchPost({ name, folder, note, urls, extractor })),
    )
    const trusted = {
      authorities: [{ name: 'authority.cer', bytes: root.certificate.raw }],
      revocations: [{ name: 'authority.crl', bytes: revocationList(root) }],
    }
    for (const { post } of this.#posts) await post.caches.keepTrust(trusted)
  }

  /** Ms from the images to the verdict; then the officer decides, for which nobody waits. */
  async #inspect(place: number, at: number): Promise<number> {
    const { handle, zone, files, images } = this.#passengers[place % this.#passengers.length]!
    const { post } = this.#posts[at]!
    const officer = officials.officers['border-officer']
    const started = performance.now()
    const fingers = await capturedOf(images, this.#extractor)
    const about = { profile: 'counter', caseNumber: 'bench', liveness: 'live' } as const
    const seen = await post.inspect(
      { ...about, handle, zone, files, fingers, isSearched: false },
      officer,
    )
    const ms = performance.now() - started
    if (seen.verdict !== 'successful' || seen.node === undefined) {
      throw new TamgaError('internal', `an inspection came to ${JSON.stringify(seen)}`)
    }
    await post.decide(seen.id, { decision: 'admitted', reason: '' }, officer)
    return ms
  }

  /** Over HTTP, and checked as a post does. */
  async #verify(place: number, fingers: readonly CapturedFinger[]): Promise<void> {
    const { handle } = this.#passengers[place % this.#passengers.length]!
    const { url } = this.#gateways[place % this.#gateways.length]!
    const request = stationRequest({ action: 'verify', fingers, handle, ...WHY }, ABOUT)
    const { proof } = await new Client({ url }).verify(bodyOf(request))
    const { answer } = verifyAnswer(fromBase64(proof), rosterOf(this.#options.note))
    if (answer.verdict !== 'hit') throw new TamgaError('internal', 'somebody is not themselves')
  }

  #node(place: number) {
    return this.#nodes[place % this.#nodes.length]!.node
  }
}

const ABOUT = { network: NETWORK, officials }
