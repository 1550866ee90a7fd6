/** All nodes in this process: what they do in a second, and what it costs. */
import { availableParallelism } from 'node:os'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import { systemClock } from '../../../node/clock.ts'
import { foundRegister } from '../../../node/demo/officials.ts'
import type { Node } from '../../../node/node.ts'
import { systemRandom } from '../../../node/random.ts'
import { packFingers } from '../../../node/search/fingers.ts'
import { CANDIDATES_DEFAULT } from '../../../node/limits.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { decodePayload } from '../../../protocol/payload.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { generatePerson, type Person } from '../../people/person.ts'
import { SeededRandom } from '../../world/seeded-random.ts'
import { captured } from '../captured.ts'
import { median } from '../median.ts'
import { percentile } from '../percentile.ts'
import type { Measurement } from '../report.ts'
import { askAll, askUntilAnswered } from './asking.ts'
import { NETWORK, officials, rosterOf, startBenchNode, type BenchNode } from './bench-mesh.ts'
import { addBystanders, WHOLE_SHARD } from './bystanders.ts'
import { settled } from './settled.ts'

export interface Sizes {
  readonly people: number
  /** Of them, those who are enrolled; as many again are enrolled for the measure. */
  readonly enrolled: number
  /** For each number of askers, at least. */
  readonly queries: number
  /** Over the mesh and in one gallery. */
  readonly searches: number
  /** While a node stands still. */
  readonly afterStall: number
}

const ASKERS = [1, 8, 64] as const
const VERIFIERS = 8
const REGISTRARS = 4

/** Questions that are not counted: compilers and answer times warm up. */
const WARM_UP = 24

const ABOUT = { network: NETWORK, officials }

interface Enrolled {
  readonly person: Person
  readonly handle: Uint8Array
}

interface Taken {
  readonly ms: number
  /** Of all threads. */
  readonly cpuMs: number
}

export class BenchedMesh {
  readonly #sizes: Sizes
  readonly #roster: Roster
  readonly #started: readonly BenchNode[]
  readonly #counter: { bytes: number }
  readonly #whole: WorkerGallery
  readonly #random = new SeededRandom('bench search')
  readonly #enrolled: Enrolled[] = []

  private constructor(
    sizes: Sizes,
    roster: Roster,
    started: readonly BenchNode[],
    counter: { bytes: number },
  ) {
    this.#sizes = sizes
    this.#roster = roster
    this.#started = started
    this.#counter = counter
    this.#whole = new WorkerGallery({ workers: availableParallelism() })
  }

  static async start(
    options: Sizes & { readonly folder: string; readonly note: string },
  ): Promise<BenchedMesh> {
    const { folder, note } = options
    const roster = rosterOf(note)
    const counter = { bytes: 0 }
    const started = await Promise.all(
      roster.nodes.map(({ name }) =>
        startBenchNode({ folder, note, name, isHedged: true }, counter),
      ),
    )
    const mesh = new BenchedMesh(options, roster, started, counter)
    await mesh.#found()
    return mesh
  }

  /** In the order of the letters, but for what needs a node in another process. */
  async *figures(): AsyncGenerator<Measurement> {
    await askAll({ count: WARM_UP, atOnce: 1 }, async (i) => this.#identify(i))
    yield* await this.#overhead()
    yield* await this.#queries()
    yield* await this.#verifications()
    yield* await this.#cost('query', this.#sizes.searches, async (i) => this.#identify(i))
    yield* await this.#cost('verification', this.#sizes.searches, async (i) => this.#verify(i))
    yield* await this.#enrolments()
  }

  async close(): Promise<void> {
    await this.#whole.close()
    for (const { node } of this.#started) await node.close()
  }

  async #found(): Promise<void> {
    await Promise.all(this.#nodes.map(async (node) => node.ready()))
    const about = { network: NETWORK, policies: [SEED_2017] }
    await foundRegister(this.#node(0), about, officials, { clock: systemClock })
    await settled(this.#nodes)
    for (let i = 0; i < this.#sizes.enrolled; i += 1) await this.#enrol(i)
    const people = this.#sizes.people - this.#sizes.enrolled
    const galleries = new Map(this.#started.map(({ node, gallery }) => [node.name, gallery]))
    await addBystanders(
      { people, threads: availableParallelism(), roster: this.#roster },
      { galleries, whole: this.#whole },
    )
    await settled(this.#nodes)
  }

  /**
   * The same probes over the mesh and in one gallery, in turns. Processor time beside: what else
   * the machine has to do does not show in it.
   */
  async #overhead(): Promise<Measurement[]> {
    const overMesh: Taken[] = []
    const bare: Taken[] = []
    const shards = [WHOLE_SHARD]
    for (let i = 0; i < this.#sizes.searches; i += 1) {
      const request = this.#question(i)
      const fingers = packFingers(decodePayload(request.payload))
      const { search } = this.#node(i)
      const threshold = search.threshold(fingers.length)
      const about = { fingers, shards, threshold, limit: CANDIDATES_DEFAULT }
      overMesh.push(await taken(async () => search.ask(request)))
      bare.push(await taken(async () => this.#whole.search(about)))
    }
    const of = (all: readonly Taken[], what: keyof Taken) => median(all.map((one) => one[what]))
    const ratio = (what: keyof Taken) => of(overMesh, what) / of(bare, what)
    return [
      { name: 'identify_ms_p50', value: of(overMesh, 'ms'), unit: 'ms' },
      { name: 'bare_search_ms_p50', value: of(bare, 'ms'), unit: 'ms' },
      { name: 'overhead_ratio', value: ratio('ms'), unit: '', baseline: 1.3 },
      { name: 'identify_cpu_ms_p50', value: of(overMesh, 'cpuMs'), unit: 'ms' },
      { name: 'bare_search_cpu_ms_p50', value: of(bare, 'cpuMs'), unit: 'ms' },
      { name: 'overhead_cpu_ratio', value: ratio('cpuMs'), unit: '' },
    ]
  }

  async #queries(): Promise<Measurement[]> {
    const rows: Measurement[] = []
    for (const atOnce of ASKERS) {
      const count = Math.max(this.#sizes.queries, 2 * atOnce)
      const questions = Array.from({ length: count }, (_, i) => this.#question(i))
      let incomplete = 0
      let refused = 0
      const answered: number[] = []
      const before = this.#nodes.map(sizeOf)
      const { perSecond } = await askAll({ count, atOnce }, async (i) => {
        const { found, ms, refusals } = await askUntilAnswered(this.#node(i), questions[i]!)
        answered.push(ms)
        refused += refusals
        if (found.answer.verdict === 'incomplete') incomplete += 1
      })
      rows.push({ name: `queries_per_s_${atOnce}`, value: perSecond, unit: '/s' })
      for (const share of [50, 95, 99]) {
        const value = percentile(answered, share / 100)
        rows.push({ name: `p${share}_ms_${atOnce}`, value, unit: 'ms' })
      }
      const unit = `of ${count}`
      rows.push({ name: `incomplete_${atOnce}`, value: incomplete, unit })
      rows.push({ name: `refused_${atOnce}`, value: refused, unit: 'times' })
      const value = median(await this.#batches(before))
      rows.push({ name: `records_per_batch_p50_${atOnce}`, value, unit: '' })
    }
    return rows
  }

  /** Records in each batch that the nodes have logged since their logs had these sizes. */
  async #batches(before: readonly number[]): Promise<number[]> {
    const logged = this.#nodes.map(async (node, i) => {
      const entries = await node.ledger.own.stored.entries(before[i]!, sizeOf(node))
      return entries.map((bytes) => decodeEntry(bytes))
    })
    return (await Promise.all(logged)).flat().flatMap((entry) => {
      if (entry.type !== 'batch') return []
      return entry.groups.reduce((sum, { count }) => sum + count, 0)
    })
  }

  async #verifications(): Promise<Measurement[]> {
    const count = this.#sizes.queries
    const questions = Array.from({ length: 2 * count }, (_, i) => this.#claim(i))
    const ask = async (i: number) => this.#node(i).search.ask(questions[i]!)
    const { ms } = await askAll({ count, atOnce: 1 }, ask)
    const { perSecond } = await askAll({ count, atOnce: VERIFIERS }, async (i) => ask(count + i))
    return [
      { name: 'verify_p95_ms', value: percentile(ms, 0.95), unit: 'ms' },
      { name: `verifications_per_s_${VERIFIERS}`, value: perSecond, unit: '/s' },
    ]
  }

  async #enrolments(): Promise<Measurement[]> {
    const { enrolled } = this.#sizes
    let perSecond = 0
    const rows = await this.#cost(
      'enrolment',
      enrolled,
      async () => {
        const asked = await askAll({ count: enrolled, atOnce: REGISTRARS }, async (i) =>
          this.#enrol(i),
        )
        perSecond = asked.perSecond
      },
      1,
    )
    return [{ name: 'enrolments_per_s', value: perSecond, unit: '/s' }, ...rows]
  }

  /**
   * What `count` of these cost on the wire, in all logs, and of all nodes' processors, until every
   * node has all of it.
   */
  async #cost(
    what: string,
    count: number,
    act: (place: number) => Promise<unknown>,
    times = count,
  ): Promise<Measurement[]> {
    await settled(this.#nodes)
    const before = { wire: this.#counter.bytes, sizes: this.#nodes.map((node) => sizeOf(node)) }
    const { cpuMs } = await taken(async () => {
      await askAll({ count: times, atOnce: 1 }, act)
      await settled(this.#nodes)
    })
    const logged = this.#nodes.map(async (node, i) => {
      const entries = await node.ledger.own.stored.entries(before.sizes[i]!, sizeOf(node))
      return entries.reduce((sum, entry) => sum + entry.length, 0)
    })
    const ledger = (await Promise.all(logged)).reduce((sum, bytes) => sum + bytes, 0)
    const wire = this.#counter.bytes - before.wire
    return [
      { name: `bytes_per_${what}`, value: Math.round(wire / count), unit: 'B' },
      { name: `ledger_bytes_per_${what}`, value: Math.round(ledger / count), unit: 'B' },
      { name: `cpu_ms_per_${what}`, value: cpuMs / count, unit: 'ms' },
    ]
  }

  async #enrol(place: number): Promise<void> {
    const person = generatePerson(this.#random)
    const handle = systemRandom.bytes(HANDLE_BYTES)
    const request = captured({ action: 'enrol', person, handle }, ABOUT, this.#random)
    await this.#node(place).enrolment.enrol(request)
    this.#enrolled.push({ person, handle })
  }

  async #identify(place: number): Promise<void> {
    await this.#node(place).search.ask(this.#question(place))
  }

  async #verify(place: number): Promise<void> {
    await this.#node(place).search.ask(this.#claim(place))
  }

  #claim(place: number) {
    return captured({ action: 'verify', ...this.#anybody(place) }, ABOUT, this.#random)
  }

  #question(place: number) {
    const { person } = this.#anybody(place)
    return captured({ action: 'identify', person }, ABOUT, this.#random)
  }

  #anybody(place: number): Enrolled {
    return this.#enrolled[place % this.#enrolled.length]!
  }

  get #nodes(): Node[] {
    return this.#started.map(({ node }) => node)
  }

  #node(place: number): Node {
    return this.#started[place % this.#started.length]!.node
  }
}

async function taken(work: () => Promise<unknown>): Promise<Taken> {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - started, cpuMs: (user + system) / 1_000 }
}

function sizeOf(node: Node): number {
  return node.ledger.own.size
}
