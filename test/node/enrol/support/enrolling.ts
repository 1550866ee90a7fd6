/** A register of three simulated nodes on which nothing goes wrong by itself, and its officer. */
import { signerFromSeed, type Signer } from '../../../../crypto/ed25519.ts'
import type { EnrolmentRequest } from '../../../../node/enrol/enrol.ts'
import type { Node } from '../../../../node/node.ts'
import { decodeEntry, type Entry } from '../../../../protocol/entry/entry.ts'
import { encodePayload, payloadDigest, type CapturedFinger } from '../../../../protocol/payload.ts'
import { signStatement, type Statement } from '../../../../protocol/statement.ts'
import { SimulatedRegister } from '../../../../simulations/scenarios/simulated-register.ts'
import { NO_FAULTS } from '../../../../simulations/world/faults.ts'
import type { SeededRandom } from '../../../../simulations/world/seeded-random.ts'
import { SimulatedWorld } from '../../../../simulations/world/world.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const

/** Far more than anything here takes. */
const PATIENCE = { forMs: 600_000, eventsMax: 200_000 }

export interface RequestOptions {
  readonly handle?: Uint8Array
  readonly officer?: Signer
  readonly statement?: Partial<Statement>
  /** Bytes to be enrolled instead of the fingers. */
  readonly payload?: Uint8Array
}

export class Enrolling {
  readonly world: SimulatedWorld
  readonly register: SimulatedRegister
  readonly #random: SeededRandom

  private constructor(seed: string) {
    this.world = new SimulatedWorld({ seed, names: NAMES, faults: NO_FAULTS })
    this.register = new SimulatedRegister({ shards: 6, replicas: 2 }, this)
    this.#random = this.world.random.fork('requests')
  }

  static async start(seed: string): Promise<Enrolling> {
    const enrolling = new Enrolling(seed)
    enrolling.register.startAll()
    await enrolling.settle()
    return enrolling
  }

  node(place = 0): Node {
    return this.register.node(NAMES[place]!)!
  }

  /** Handles are random, like everything else that nobody names. */
  handle(): Uint8Array {
    return this.#random.bytes(16)
  }

  request(fingers: readonly CapturedFinger[], options: RequestOptions = {}): EnrolmentRequest {
    const payload = options.payload ?? encodePayload({ nonce: this.#random.bytes(32), fingers })
    const statement: Statement = {
      network: this.register.roster.network,
      action: 'enrol',
      purpose: 'register',
      caseNumber: 'case 1',
      legalBasis: 'duty',
      at: this.world.clock.now(),
      handle: options.handle ?? this.handle(),
      payloadDigest: payloadDigest(payload),
      ...options.statement,
    }
    const officer = options.officer ?? signerFromSeed(this.register.officerSeed)
    return { signed: signStatement(statement, officer), payload }
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.world.clock.finish(work, PATIENCE)
  }

  /** Waits until all nodes that are up have folded all that they have written. */
  async settle(): Promise<void> {
    const { clock, machines } = this.world
    await clock.run({
      ...PATIENCE,
      until: () => {
        const nodes = this.register.nodes()
        const sizes = new Map(nodes.map(({ name, ledger }) => [name, ledger.own.size]))
        return (
          nodes.length === machines.filter(({ isUp }) => isUp).length &&
          nodes.every(({ registry }) => {
            return registry.frontier().every(({ node, size }) => size >= (sizes.get(node) ?? 0))
          })
        )
      },
    })
    for (const { registry } of this.register.nodes()) await this.run(registry.settled())
  }

  crash(name: string): void {
    const machine = this.world.machine(name)
    machine.crash()
    this.register.forget(machine)
  }

  async restart(name: string): Promise<void> {
    this.register.start(this.world.machine(name))
    await this.settle()
  }

  /** All entries of all logs, as their writers have them. */
  async entries(): Promise<{ bytes: Uint8Array; entry: Entry }[]> {
    const all = []
    for (const { ledger } of this.register.nodes()) {
      const { stored, size } = ledger.own
      for (const bytes of await this.run(stored.entries(0, size))) {
        all.push({ bytes, entry: decodeEntry(bytes) })
      }
    }
    return all
  }

  async enrolments(): Promise<Entry[]> {
    const entries = (await this.entries()).map(({ entry }) => entry)
    return entries.filter(({ type }) => type === 'enrolment')
  }

  /** Everything that is on any disk. */
  stored(): { key: string; value: Uint8Array }[] {
    return this.world.machines.flatMap((machine) => {
      return machine
        .disk('store')
        .image()
        .map(([key, value]) => ({ key, value }))
    })
  }
}
