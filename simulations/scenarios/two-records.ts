/**
 * One person is enrolled at two nodes in the same moment, under two handles, and then the nodes
 * lose sight of each other. When they are back, one record must stand and the other be suspended
 * with a case, at every node alike, and the logs must show that everybody was compared.
 */
import { toHex } from '../../crypto/bytes.ts'
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import { Joiner } from '../../node/audit/joiner.ts'
import { PairCheck } from '../../node/audit/pair-check.ts'
import { Remarks } from '../../node/audit/remarks.ts'
import type { Node } from '../../node/node.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { impression } from '../people/impression.ts'
import { generatePerson } from '../people/person.ts'
import { startChaos } from '../world/chaos.ts'
import { NO_FAULTS, type Faults } from '../world/faults.ts'
import { SimulatedWorld } from '../world/world.ts'
import { SimulatedRegister } from './simulated-register.ts'

const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe'] as const
const HANDLE_BYTES = 16
const APART_MS = 30_000
const LIMITS = { forMs: 900_000, eventsMax: 600_000 }

export interface TwoRecordsReport {
  readonly seed: string
  /** How many of the two were enrolled before anybody knew of the other. */
  readonly enrolled: number
  /** How each stands, at every node the same. */
  readonly statuses: readonly string[]
  readonly crossChecks: number
  /** What should be so and is not; empty when all is well. */
  readonly broken: readonly string[]
}

export interface TwoRecordsOptions {
  readonly seed: number
  /** While the nodes are apart; none if absent. */
  readonly faults?: Faults
}

export async function enrolTwice({
  seed,
  faults = NO_FAULTS,
}: TwoRecordsOptions): Promise<TwoRecordsReport> {
  return new TwoRecords(new SimulatedWorld({ seed, names: NAMES, faults })).run()
}

class TwoRecords {
  readonly #world: SimulatedWorld
  readonly #register: SimulatedRegister
  readonly #handles: readonly Uint8Array[]
  readonly #broken: string[] = []

  constructor(world: SimulatedWorld) {
    this.#world = world
    this.#register = new SimulatedRegister({ shards: 4, replicas: 2 }, { world })
    const random = world.random.fork('handles')
    this.#handles = [random.bytes(HANDLE_BYTES), random.bytes(HANDLE_BYTES)]
  }

  async run(): Promise<TwoRecordsReport> {
    const { clock, network } = this.#world
    this.#register.startAll()
    await this.#until('start', () => this.#register.areAllUp())
    await clock.finish(this.#register.found(), LIMITS)
    await this.#until('founding', () => this.#isSettled())
    await clock.finish(this.#enrolBoth(), LIMITS)
    const chaos = startChaos(this.#world, (machine) => this.#register.start(machine))
    const [first, second, ...others] = NAMES
    network.partition([[first], [second, ...others]])
    await clock.run({ forMs: APART_MS, eventsMax: LIMITS.eventsMax })
    chaos.calm()
    network.heal()
    await this.#until('comparison', () => this.#isSettled() && this.#isCompared())
    const enrolled = this.#handles.filter((handle) => this.#someone().registry.person(handle))
    const statuses = this.#statuses()
    const crossChecks = this.#someone().registry.entries.get('cross-check') ?? 0
    await clock.finish(this.#audit(), LIMITS)
    const broken = this.#broken
    return { seed: this.#world.seed, enrolled: enrolled.length, statuses, crossChecks, broken }
  }

  /** Neither search can know of the other enrolment: it is not logged yet. */
  async #enrolBoth(): Promise<void> {
    const [one, other] = this.#register.nodes()
    const person = generatePerson(this.#world.random.fork('person'), { positions: [2] })
    await Promise.all(
      [one!, other!].map(async (node, place) => {
        const random = this.#world.random.fork(`capture ${place}`)
        const fingers: CapturedFinger[] = person.fingers.map((finger) => {
          const view = impression(finger, random, { quality: 0.9 })
          return { position: view.position, template: writeIso19794v2005({ views: [view] }) }
        })
        const request = this.#register.request('enrol', fingers, random, this.#handles[place])
        await node.enrolment.enrol(request).catch(() => undefined)
      }),
    )
  }

  #someone(): Node {
    return this.#register.nodes()[0]!
  }

  #isSettled(): boolean {
    return this.#register.areAllUp() && this.#register.isSettled()
  }

  #isCompared(): boolean {
    return this.#register.nodes().every(({ registry: { pairs } }) => {
      return pairs.open().next().done === true && pairs.uncovered().next().done === true
    })
  }

  #statuses(): string[] {
    const said = this.#register.nodes().map(({ name, registry }) => {
      return this.#handles.map((handle) => {
        const { status, case: last } = registry.lives.life(handle)
        const found = last && registry.cases.file(last.id)
        if (status === 'suspended' && found?.resolution !== 'open') {
          this.#broken.push(`${name} has suspended somebody without an open case`)
        }
        return status
      })
    })
    if (new Set(said.map((statuses) => statuses.join())).size > 1) {
      this.#broken.push(`the nodes differ: ${said.map((statuses) => statuses.join()).join('; ')}`)
    }
    return said[0]!
  }

  /** As an auditor reads the logs of one node. */
  async #audit(): Promise<void> {
    const { roster } = this.#register
    const remarks = new Remarks()
    const joiner = new Joiner({ roster })
    const pairs = new PairCheck({ roster, arePairsDemanded: true }, { remarks })
    const { ledger } = this.#someone()
    for (const { name } of roster.nodes) {
      const entries = await ledger.stored(name).entries(0, ledger.size(name))
      for (const [index, bytes] of entries.entries()) pairs.take(joiner.join(name, index, bytes))
    }
    const { uncovered } = pairs.finish()
    if (uncovered > 0) this.#broken.push(`${uncovered} pairs were not compared`)
    for (const { by, peer, code } of this.#world.network.blames) {
      this.#broken.push(`${by} holds ${code} against ${peer}, which is honest`)
    }
    for (const handle of this.#handles) {
      const life = this.#someone().registry.lives.life(handle)
      if (life.history.length > 1) this.#broken.push(`something else of ${toHex(handle)}`)
    }
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    try {
      await this.#world.clock.run({ ...LIMITS, until: holds })
    } catch (error) {
      this.#broken.push(`${what}: ${String(error)}; ${this.#register.state()}`)
    }
  }
}
