/**
 * A person is erased while messages are lost, links break, machines crash and disks fail; then the
 * storm ends, and nothing that opens their records may be left anywhere.
 */
import { toHex } from '../../crypto/bytes.ts'
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import type { Node } from '../../node/node.ts'
import { decodeSlot } from '../../node/store/key-slot.ts'
import { decodeEntry } from '../../protocol/entry/entry.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { signDeed } from '../../protocol/signed-deed.ts'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import { impression } from '../people/impression.ts'
import { generatePerson } from '../people/person.ts'
import { startChaos } from '../world/chaos.ts'
import { SimulatedWorld } from '../world/world.ts'
import type { Faults } from '../world/faults.ts'
import { SimulatedRegister } from './simulated-register.ts'

const NAMES = ['almaty', 'astana', 'shymkent', 'aktobe'] as const
const HANDLE_BYTES = 16

/** How often somebody tries again what did not work, ms. */
const ATTEMPT_EVERY_MS = 2_000

const STORM_MS = 60_000
const LIMITS = { forMs: 900_000, eventsMax: 600_000 }

export interface ErasureReport {
  readonly seed: string
  readonly crashes: number
  /** Whether the storm was still there when the last receipt was logged, as far as is known. */
  readonly wasQuick: boolean
  /** What should be so and is not; empty when all is well. */
  readonly broken: readonly string[]
}

export interface ErasureOptions {
  readonly seed: number
  readonly faults?: Faults
}

export async function eraseOnce(options: ErasureOptions): Promise<ErasureReport> {
  return new ErasureStorm(new SimulatedWorld({ ...options, names: NAMES })).run()
}

class ErasureStorm {
  readonly #world: SimulatedWorld
  readonly #register: SimulatedRegister
  readonly #handle: Uint8Array
  readonly #broken: string[] = []

  constructor(world: SimulatedWorld) {
    this.#world = world
    this.#register = new SimulatedRegister({ shards: 4, replicas: 2 }, { world })
    this.#handle = world.random.fork('handle').bytes(HANDLE_BYTES)
  }

  async run(): Promise<ErasureReport> {
    const { clock, machines } = this.#world
    this.#register.startAll()
    await this.#until('start', () => this.#register.areAllUp())
    await clock.finish(this.#register.found(), LIMITS)
    await this.#settle()
    await this.#repeat(
      () => this.#isEnrolled(),
      (node) => this.#enrol(node),
    )
    await this.#settle()
    const chaos = startChaos(this.#world, (machine) => this.#register.start(machine))
    const end = clock.now() + STORM_MS
    await this.#repeat(
      () => this.#isErased(),
      (node) => this.#erase(node),
    )
    await clock.run({ forMs: Math.max(0, end - clock.now()), eventsMax: LIMITS.eventsMax })
    const wasQuick = this.#openable() === 0
    chaos.calm()
    await this.#until('destruction', () => {
      this.#register.restartBroken((node) => node.isBroken)
      return this.#isDone()
    })
    await this.#settle()
    await clock.finish(this.#check(), LIMITS)
    const crashes = machines.reduce((sum, { boots }) => sum + boots - 1, 0)
    return { seed: this.#world.seed, crashes, wasQuick, broken: this.#broken }
  }

  async #enrol(node: Node): Promise<void> {
    const random = this.#world.random.fork(`capture ${this.#world.clock.events}`)
    const person = generatePerson(this.#world.random.fork('person'), { positions: [2] })
    const fingers: CapturedFinger[] = person.fingers.map((finger) => {
      const view = impression(finger, random, { quality: 0.9 })
      return { position: view.position, template: writeIso19794v2005({ views: [view] }) }
    })
    await node.enrolment.enrol(this.#register.request('enrol', fingers, random, this.#handle))
  }

  async #erase(node: Node): Promise<void> {
    const { officers } = this.#register.officials
    const reasons = {
      network: this.#register.roster.network,
      at: this.#world.clock.now(),
      post: 'post-1',
      purpose: 'court-order' as const,
      caseNumber: this.#world.seed,
      legalBasis: 'simulation',
      handle: this.#handle,
    }
    const by = [officers.adjudicator, officers['data-protection-officer']]
    await node.acts.record(signDeed({ type: 'erasure', ground: 'court-order' }, reasons, by))
  }

  /** Tries at one node after the other, until it has worked. */
  async #repeat(holds: () => boolean, attempt: (node: Node) => Promise<void>): Promise<void> {
    const { clock, random } = this.#world
    const choice = random.fork(`attempts ${clock.events}`)
    const tryAgain = (): void => {
      if (holds()) return
      const node = this.#register.pick(choice)
      if (node) void attempt(node).catch(() => undefined)
      this.#register.restartBroken((one) => one.isBroken)
      clock.timer(ATTEMPT_EVERY_MS, tryAgain)
    }
    tryAgain()
    await this.#until('an attempt', holds)
  }

  #isEnrolled(): boolean {
    return this.#register.nodes().some(({ registry }) => registry.person(this.#handle))
  }

  #isErased(): boolean {
    const nodes = this.#register.nodes()
    return nodes.some(({ registry }) => registry.erasures.of(this.#handle) !== undefined)
  }

  #isDone(): boolean {
    const nodes = this.#register.nodes()
    return (
      nodes.length === this.#world.machines.length &&
      nodes.every(({ registry: { erasures } }) => {
        return erasures.of(this.#handle) !== undefined && erasures.due(this.#handle).length === 0
      })
    )
  }

  async #settle(): Promise<void> {
    await this.#until('convergence', () => {
      this.#register.restartBroken((node) => node.isBroken)
      const isUp = this.#register.nodes().length === this.#world.machines.length
      return isUp && this.#register.isSettled()
    })
  }

  /** Sealed records of whomever that some node could open. */
  #openable(): number {
    const slots = this.#world.machines.flatMap((machine) => machine.disk('keys').image())
    return slots.filter(([, value]) => decodeSlot(value)?.material).length
  }

  async #check(): Promise<void> {
    for (const { by, peer, code } of this.#world.network.blames) {
      this.#broken.push(`${by} holds ${code} against ${peer}, which is honest`)
    }
    if (this.#openable() > 0) this.#broken.push(`${this.#openable()} records can still be opened`)
    const replicas = replicasOf(shardOf(this.#handle, this.#register.roster), this.#register.roster)
    const said = new Map<string, number>()
    for (const { name, ledger, registry } of this.#register.nodes()) {
      if (registry.person(this.#handle)) this.#broken.push(`${name} still finds the person`)
      for (const bytes of await ledger.own.stored.entries(0, ledger.own.size)) {
        const entry = decodeEntry(bytes)
        if (entry.type !== 'destroyed') continue
        const receipt = `${name} ${toHex(entry.commitment)}`
        said.set(receipt, (said.get(receipt) ?? 0) + 1)
      }
    }
    const { enrolments } = {
      enrolments: this.#register.nodes()[0]!.registry.enrolments(this.#handle),
    }
    if (said.size !== enrolments.length * replicas.length) this.#broken.push('a receipt is lacking')
    for (const [receipt, times] of said) {
      if (times > 1) this.#broken.push(`said ${times} times: ${receipt}`)
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
