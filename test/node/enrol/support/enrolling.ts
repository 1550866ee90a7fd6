/** A register of three simulated nodes on which nothing goes wrong by itself, and its officer. */
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import type { Enrolled, EnrolmentRequest } from '../../../../node/enrol/enrol.ts'
import { adultApplication } from '../../../../node/demo/adult.ts'
import { silentLogger } from '../../../../node/logger.ts'
import type { Node } from '../../../../node/node.ts'
import {
  openGrant,
  signGrant,
  signRevocation,
  type Grant,
} from '../../../../protocol/credential.ts'
import { decodeEntry, type Entry } from '../../../../protocol/entry/entry.ts'
import { asTamgaError } from '../../../../protocol/errors.ts'
import type { PartCandidate } from '../../../../protocol/part.ts'
import { encodePayload, payloadDigest, type CapturedFinger } from '../../../../protocol/payload.ts'
import type { RosterNode } from '../../../../protocol/roster.ts'
import { applicationDigest, type Application } from '../../../../protocol/rules/application.ts'
import { SEED_2017 } from '../../../../protocol/rules/policies/seed-2017.ts'
import type { Policy } from '../../../../protocol/rules/policy.ts'
import { RuleRefusal } from '../../../../protocol/rules/rule-refusal.ts'
import { replicasOf, shardOf } from '../../../../protocol/shards.ts'
import { signStatement, type OfficerKey, type Statement } from '../../../../protocol/statement.ts'
import { SimulatedRegister } from '../../../../simulations/scenarios/simulated-register.ts'
import { NO_FAULTS } from '../../../../simulations/world/faults.ts'
import type { SeededRandom } from '../../../../simulations/world/seeded-random.ts'
import { SimulatedWorld } from '../../../../simulations/world/world.ts'

const NAMES = ['almaty', 'astana', 'shymkent'] as const

/** Far more than anything here takes. */
const PATIENCE = { forMs: 600_000, eventsMax: 200_000 }

export interface RequestOptions {
  readonly handle?: Uint8Array
  readonly officer?: OfficerKey
  readonly application?: Partial<Application>
  readonly statement?: Partial<Statement>
  /** Bytes to be enrolled instead of the fingers. */
  readonly payload?: Uint8Array
}

export class Enrolling {
  /** What any node has logged as an error. */
  readonly errors: string[] = []
  readonly world: SimulatedWorld
  readonly register: SimulatedRegister
  readonly #names: readonly string[]
  readonly #random: SeededRandom

  /** Use `start`. Machines beside the first ones wait for a roster of theirs. */
  constructor(seed: string, names: readonly string[], rateFactor = 1, first = names, replicas = 2) {
    this.#names = names
    this.world = new SimulatedWorld({ seed, names, faults: NO_FAULTS })
    const logger = { ...silentLogger, error: (message: string) => void this.errors.push(message) }
    const options = { shards: 6, replicas, rateFactor, first, logger }
    this.register = new SimulatedRegister(options, this)
    this.#random = this.world.random.fork('requests')
  }

  /** Under the seed's law, if no other is named. */
  static async start<E extends Enrolling>(
    this: new (
      seed: string,
      names: readonly string[],
      rateFactor?: number,
      first?: readonly string[],
      replicas?: number,
    ) => E,
    seed: string,
    policies: readonly Policy[] = [SEED_2017],
    names: readonly string[] = NAMES,
    rateFactor?: number,
    first?: readonly string[],
    replicas?: number,
  ): Promise<E> {
    const enrolling = new this(seed, names, rateFactor, first, replicas)
    enrolling.register.startAll()
    await enrolling.settle()
    await enrolling.run(enrolling.register.found(policies))
    await enrolling.settle()
    return enrolling
  }

  node(place = 0): Node {
    return this.register.node(this.#names[place]!)!
  }

  /** Handles are random, like everything else that nobody names. */
  handle(): Uint8Array {
    return this.#random.bytes(16)
  }

  /** The replicas of this person's shard. */
  keepersOf(handle: Uint8Array): RosterNode[] {
    const { roster } = this.register
    const replicas = replicasOf(shardOf(handle, roster), roster)
    return replicas.map((name) => roster.nodes.find((node) => node.name === name)!)
  }

  request(fingers: readonly CapturedFinger[], options: RequestOptions = {}): EnrolmentRequest {
    const payload = options.payload ?? encodePayload({ nonce: this.#random.bytes(32), fingers })
    const modules = { clock: this.world.clock, random: this.#random }
    const application = adultApplication(fingers, modules, options.application)
    const statement: Statement = {
      network: this.register.roster.network,
      action: 'enrol',
      post: 'post-1',
      purpose: 'document-issue',
      caseNumber: 'case 1',
      legalBasis: 'duty',
      at: this.world.clock.now(),
      handle: options.handle ?? this.handle(),
      payloadDigest: payloadDigest(payload),
      deedDigest: applicationDigest(application),
      ...options.statement,
    }
    const officer = options.officer ?? this.register.officials.officers['enrolment-officer']
    return { signed: signStatement(statement, officer), payload, application }
  }

  /** Enrols at the first node, if no other is named, and waits until all nodes know. */
  async enrol(
    fingers: readonly CapturedFinger[],
    options: RequestOptions = {},
    place = 0,
  ): Promise<Enrolled> {
    const request = this.request(fingers, options)
    const enrolled = await this.run(this.node(place).enrolment.enrol(request))
    await this.settle()
    return enrolled
  }

  /** Whom a search at a border finds, the best first. */
  async found(fingers: readonly CapturedFinger[], place = 0): Promise<readonly PartCandidate[]> {
    const question = this.register.request('identify', fingers, this.#random)
    const { answer } = await this.run(this.node(place).search.ask(question))
    await this.settle()
    return answer.candidates
  }

  /** An officer who is known from now on, of the migration service if nobody else is named. */
  async appoint(name: string, said: Partial<Grant> = {}): Promise<OfficerKey> {
    const signer = signerFromSeed(this.#random.bytes(32))
    const organisation = said.organisation ?? 'migration-service'
    const granted: Grant = {
      network: this.register.roster.network,
      organisation,
      name,
      role: 'enrolment-officer',
      region: NAMES[0],
      publicKey: signer.publicKey,
      handle: undefined,
      from: 0,
      until: Number.MAX_SAFE_INTEGER,
      replaces: undefined,
      ...said,
    }
    const credential = signGrant(granted, this.register.officials.signers.get(organisation)!)
    await this.run(this.node().acts.grant(credential))
    await this.settle()
    return { signer, credential }
  }

  /** Ends a credential from that time on, and waits until all nodes know. */
  async revoke(officer: OfficerKey, from = this.world.clock.now()): Promise<void> {
    const { roster, officials } = this.register
    const { network, organisation, publicKey } = openGrant(officer.credential, roster)
    const ended = { network, organisation, publicKey, from, cause: 'misused' as const }
    const revocation = signRevocation(ended, officials.signers.get(organisation)!)
    await this.run(this.node().acts.revoke(revocation))
    await this.settle()
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
        const up = machines.filter(({ isUp }) => isUp)
        return this.register.nodes().length === up.length && this.register.isSettled()
      },
    })
    for (const { registry } of this.register.nodes()) await this.run(registry.settled())
  }

  /** Waits until all nodes that are up know that the person's record has been compared. */
  async compared(handle: Uint8Array): Promise<void> {
    const isKnown = (): boolean => {
      return this.register.nodes().every(({ registry }) => registry.lives.life(handle).isCompared)
    }
    await this.world.clock.run({ ...PATIENCE, until: isKnown })
    await this.settle()
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

  /** Lets so much time pass, ms, while all nodes are down. */
  async rest(ms: number): Promise<void> {
    for (const name of this.#names) this.crash(name)
    await this.world.clock.run({ forMs: ms, eventsMax: PATIENCE.eventsMax })
    this.register.startAll()
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
    return this.entriesOf('enrolment')
  }

  /** Of all logs. */
  async entriesOf<K extends Entry['type']>(kind: K): Promise<Extract<Entry, { type: K }>[]> {
    const entries = (await this.entries()).map(({ entry }) => entry)
    return entries.filter((entry): entry is Extract<Entry, { type: K }> => entry.type === kind)
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

/** Why something was refused: the rules' codes, or else the error's. Fails if it was not. */
export async function refusalOf(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work
  } catch (error) {
    return error instanceof RuleRefusal ? error.reasons : [asTamgaError(error).code]
  }
  throw new Error('nothing was refused')
}
