/**
 * Some minutes in the life of a register: people are enrolled and looked for while messages are
 * lost, links break and machines crash; then the storm ends, and whatever was promised must be
 * true.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { openCheckpoint } from '../../crypto/checkpoint.ts'
import { sha256 } from '../../crypto/hash.ts'
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import { batchAt } from '../../node/access/record-shelf.ts'
import { verifyAnswer } from '../../node/audit/verify-answer.ts'
import type { Node } from '../../node/node.ts'
import { keepersOf } from '../../protocol/keepers.ts'
import { SEARCHES } from '../../protocol/message/search.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { logOrigin, logVerifier } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { parseTlogProof } from '../../crypto/tlog-proof.ts'
import { impression } from '../people/impression.ts'
import { generatePerson, type Person } from '../people/person.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import { startChaos } from '../world/chaos.ts'
import { SimulatedWorld } from '../world/world.ts'
import { NO_FAULTS, type Faults } from '../world/faults.ts'
import { SimulatedRegister } from './simulated-register.ts'

/** What happens in one run: small, so that many seeds fit; faults are what the seed varies. */
const PEOPLE = 3
const QUESTIONS = 4
const STORM_MS = 60_000
const CALM_MS_MAX = 600_000
const EVENTS_MAX = 400_000

const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe', 'atyrau'] as const
const SHARDS = 5
const REPLICAS = 2

/** An entry that somebody was told is in a log, or an access record in a batch. */
interface Promised {
  readonly log: string
  readonly index: number
  readonly entry: Uint8Array
  readonly record: Uint8Array | undefined
}

export interface LifeReport {
  readonly seed: string
  readonly enrolled: number
  readonly answers: number
  readonly incomplete: number
  readonly crashes: number
  readonly events: number
  /** SHA-256 over all logs: equal for equal seeds. */
  readonly logs: string
  /** What was promised and is not so; empty when all is well. */
  readonly broken: readonly string[]
}

export interface LifeOptions {
  readonly seed: number
  readonly faults?: Faults
}

export async function liveOnce(options: LifeOptions): Promise<LifeReport> {
  const nodes = 3 + (options.seed % 3)
  const world = new SimulatedWorld({ ...options, names: NAMES.slice(0, nodes) })
  const life = new RegisterLife(world)
  return life.run()
}

class RegisterLife {
  readonly #world: SimulatedWorld
  readonly #register: SimulatedRegister
  readonly #people: Person[]
  readonly #promised: Promised[] = []
  readonly #answers: Uint8Array[] = []
  readonly #broken: string[] = []
  #enrolled = 0
  #incomplete = 0

  constructor(world: SimulatedWorld) {
    this.#world = world
    this.#register = new SimulatedRegister({ shards: SHARDS, replicas: REPLICAS }, { world })
    const random = world.random.fork('people')
    this.#people = Array.from({ length: PEOPLE }, () => generatePerson(random, { positions: [2] }))
  }

  async run(): Promise<LifeReport> {
    const { clock } = this.#world
    this.#register.startAll()
    await this.#until('start', () => this.#register.areAllUp())
    await clock.finish(this.#register.found(), { forMs: CALM_MS_MAX, eventsMax: EVENTS_MAX })
    await this.#settle()
    const chaos = startChaos(this.#world, (machine) => this.#register.start(machine))
    this.#schedule()
    await clock.run({ forMs: STORM_MS, eventsMax: EVENTS_MAX })
    chaos.calm()
    await this.#settle()
    await this.#checkSilence()
    await this.#settle()
    await this.#check()
    return this.#report()
  }

  /** Who does what and when is drawn at the start, so that faults do not shift it. */
  #schedule(): void {
    const { clock, random } = this.#world
    const work = random.fork('work')
    for (const person of this.#people) {
      const handle = work.bytes(16)
      const fingers = this.#capture(person)
      const attempt = (): void => void this.#enrol(handle, fingers, work)
      clock.timer(work.between({ min: 0, max: STORM_MS / 2 }), attempt)
    }
    for (let i = 0; i < QUESTIONS; i += 1) {
      const person = work.pick(this.#people)
      const ask = (): void => void this.#identify(this.#register.pick(work), this.#capture(person))
      clock.timer(work.between({ min: 0, max: STORM_MS }), ask)
    }
  }

  async #enrol(handle: Uint8Array, fingers: readonly CapturedFinger[], random: SeededRandom) {
    const node = this.#register.pick(random)
    if (!node) return
    const request = this.#register.request('enrol', fingers, random, handle)
    try {
      const { entry, index } = await node.enrolment.enrol(request)
      this.#promised.push({ log: entry.log, index, entry: entry.entry, record: undefined })
      this.#enrolled += 1
    } catch {
      // Whoever is told that it failed is promised nothing.
    }
  }

  async #identify(
    node: Node | undefined,
    fingers: readonly CapturedFinger[],
  ): Promise<Uint8Array | undefined> {
    if (!node) return undefined
    try {
      const random = this.#world.random.fork(`question ${this.#world.clock.events}`)
      const found = await node.search.ask(this.#register.request('identify', fingers, random))
      this.#answers.push(found.encoded)
      if (found.answer.verdict === 'incomplete') this.#incomplete += 1
      const { query, parts } = found.bundle
      for (const { log, entry, proof, batch } of [query, ...parts.map(({ search }) => search)]) {
        const index = Number(parseTlogProof(proof).index)
        const record = batch && entry
        this.#promised.push({ log, index, entry: batch?.entry ?? entry, record })
      }
      return found.encoded
    } catch {
      return undefined
    }
  }

  /** Lets all nodes come up and have all logs, and the access records that each keeps. */
  async #settle(): Promise<void> {
    await this.#until('convergence', () => {
      this.#register.restartBroken((node) => node.isBroken)
      const nodes = this.#register.nodes()
      if (nodes.length < this.#world.machines.length) return false
      const sizes = new Map(nodes.map(({ name, ledger }) => [name, ledger.own.size]))
      return nodes.every(({ registry }) =>
        registry.frontier().every(({ node, size }) => {
          return size === sizes.get(node) && registry.records.isWhole(node, size)
        }),
      )
    })
  }

  /** Two nodes stop answering searches: what only they hold must be named, and nothing else. */
  async #checkSilence(): Promise<void> {
    const { network, clock } = this.#world
    // From here on a replica that is silent is one of the two.
    network.faults = NO_FAULTS.network
    const [first, second] = replicasOf(0, this.#register.roster)
    const ends = [first!, second!].map((name) => network.silence(name, SEARCHES))
    const asker = this.#register.nodes().find(({ name }) => name !== first && name !== second)
    const question = this.#identify(asker, this.#capture(this.#people[0]!))
    const encoded = await clock.finish(question, { forMs: CALM_MS_MAX, eventsMax: EVENTS_MAX })
    for (const end of ends) end()
    // A disk may still fail, and then the query or its outcome is not in the log.
    if (!encoded && asker?.isBroken) return
    if (!encoded) return this.#fail('a question to a healthy node got no answer')
    const { answer } = verifyAnswer(encoded, this.#register.roster)
    const silent = answer.shards.filter(({ answeredBy }) => answeredBy === undefined)
    const named = silent.map(({ shard }) => shard)
    if (!named.includes(0)) this.#fail('a shard whose replicas are silent is not named')
    const isSilent = (name: string): boolean => name === first || name === second
    const wronged = named.find((shard) => {
      return !replicasOf(shard, this.#register.roster).every(isSilent)
    })
    const { stallProbability, failureProbability } = this.#world.faults.disk
    const isPunctual = stallProbability === 0 && failureProbability === 0
    if (wronged !== undefined && isPunctual) this.#fail(`shard ${wronged} is named without reason`)
    if (answer.verdict === 'no-hit') this.#fail('"no hit" while a shard is silent')
  }

  async #check(): Promise<void> {
    const { clock } = this.#world
    await clock.finish(this.#checkAll(), { forMs: CALM_MS_MAX, eventsMax: EVENTS_MAX })
  }

  async #checkAll(): Promise<void> {
    const nodes = this.#register.nodes()
    for (const { by, peer, code } of this.#world.network.blames) {
      this.#fail(`${by} holds ${code} against ${peer}, which is honest`)
    }
    for (const { log, note } of this.#register.seen) await this.#checkAppendOnly(log, note)
    for (const promised of this.#promised) {
      for (const node of nodes) await this.#checkKept(node, promised)
    }
    for (const encoded of this.#answers) {
      try {
        verifyAnswer(encoded, this.#register.roster)
      } catch (error) {
        this.#fail(`an answer does not verify: ${String(error)}`)
      }
    }
  }

  /** Every checkpoint ever shown is a prefix of the log as it is now. */
  async #checkAppendOnly(log: string, note: string): Promise<void> {
    const { network, nodes } = this.#register.roster
    const verifier = logVerifier(
      network,
      nodes.find(({ name }) => name === log)!,
    )
    const { size, root } = openCheckpoint(note, logOrigin(network, log), verifier)
    const now = await this.#register.node(log)!.ledger.own.stored.rootAt(Number(size))
    if (!equalBytes(now, root)) this.#fail(`${log} is not append-only at ${size}`)
  }

  async #checkKept(node: Node, { log, index, entry, record }: Promised): Promise<void> {
    const kept = await node.ledger
      .stored(log)
      .entry(index)
      .catch(() => undefined)
    if (!kept || !equalBytes(kept, entry)) {
      this.#fail(`entry ${index} of ${log} is not what ${node.name} has`)
      return
    }
    if (!record || !keepersOf(log, this.#register.roster).includes(node.name)) return
    const records = await node.shelf.get(await batchAt(node.ledger.stored(log), index))
    if (records?.some((one) => equalBytes(one, record))) return
    this.#fail(`${node.name} does not keep a record of batch ${index} of ${log}`)
  }

  #report(): LifeReport {
    const roots = this.#register.nodes().map(({ ledger }) => ledger.own.stored.root)
    return {
      seed: this.#world.seed,
      enrolled: this.#enrolled,
      answers: this.#answers.length,
      incomplete: this.#incomplete,
      crashes: this.#world.machines.reduce((sum, { boots }) => sum + boots - 1, 0),
      events: this.#world.clock.events,
      logs: toHex(sha256(...roots)),
      broken: this.#broken,
    }
  }

  #capture(person: Person): readonly CapturedFinger[] {
    const random = this.#world.random.fork(`capture ${this.#world.clock.events}`)
    return person.fingers.map((finger) => {
      const view = impression(finger, random, { quality: 0.9 })
      return { position: view.position, template: writeIso19794v2005({ views: [view] }) }
    })
  }

  #fail(complaint: string): void {
    this.#broken.push(complaint)
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    try {
      await this.#world.clock.run({ until: holds, forMs: CALM_MS_MAX, eventsMax: EVENTS_MAX })
    } catch (error) {
      this.#fail(`${what}: ${String(error)}; ${this.#register.state()}`)
    }
  }
}
