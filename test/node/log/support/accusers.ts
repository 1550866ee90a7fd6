/** Nodes of a simulated network that do nothing but tell each other which logs have lied. */
import { Accuser } from '../../../../node/log/accuser.ts'
import { Quarantine } from '../../../../node/log/quarantine.ts'
import { silentLogger } from '../../../../node/logger.ts'
import type { Handler, Mesh } from '../../../../node/mesh/mesh.ts'
import type { Roster } from '../../../../protocol/roster.ts'
import { NO_FAULTS } from '../../../../simulations/world/faults.ts'
import type { Blame } from '../../../../simulations/world/network.ts'
import { SimulatedWorld } from '../../../../simulations/world/world.ts'
import { rosterOf } from '../../../support/history.ts'

/** Far more than anything here takes. */
const PATIENCE = { forMs: 600_000, eventsMax: 200_000 }

/** Longer than any announcement or write is on its way, ms. */
const A_WHILE_MS = 10_000

export interface AccusingNode {
  readonly mesh: Mesh
  readonly quarantine: Quarantine
  readonly accuser: Accuser
  /** Of whom it was told, in order. */
  readonly caught: readonly string[]
}

/** By node and protocol: what is answered instead of what is proper. */
type Lies = Record<string, Record<string, Handler>>

export class Accusers {
  readonly world: SimulatedWorld
  readonly #roster: Roster
  readonly #lies: Lies
  readonly #nodes = new Map<string, AccusingNode>()

  private constructor(seed: string, names: readonly string[], lies: Lies) {
    this.world = new SimulatedWorld({ seed, names, faults: NO_FAULTS })
    this.#roster = rosterOf(names)
    this.#lies = lies
  }

  static async start(seed: string, names: readonly string[], lies: Lies = {}): Promise<Accusers> {
    const accusers = new Accusers(seed, names, lies)
    for (const name of names) await accusers.boot(name)
    return accusers
  }

  get blames(): readonly Blame[] {
    return this.world.network.blames
  }

  get(name: string): AccusingNode {
    return this.#nodes.get(name)!
  }

  all(): AccusingNode[] {
    return [...this.#nodes.values()]
  }

  /** Starts a node that is down, on the disk it had. */
  async boot(name: string): Promise<AccusingNode> {
    const { mesh, clock, openStore } = this.world.machine(name).boot()
    const modules = { store: openStore('store'), logger: silentLogger }
    const quarantine = await this.run(Quarantine.open({ roster: this.#roster }, modules))
    const caught: string[] = []
    quarantine.onCaught((log) => caught.push(log))
    const lies = this.#lies[name] ?? {}
    const properly = mesh.serve.bind(mesh)
    mesh.serve = (protocol, handler) => properly(protocol, lies[protocol] ?? handler)
    const accuser = new Accuser({ quarantine, mesh, clock, logger: silentLogger })
    accuser.start()
    const node = { mesh, quarantine, accuser, caught }
    this.#nodes.set(name, node)
    return node
  }

  /** Lets time pass until `work` is done. */
  run<T>(work: Promise<T>): Promise<T> {
    return this.world.clock.finish(work, PATIENCE)
  }

  /** Lets time pass until something holds; fails if it never does. */
  until(holds: () => boolean): Promise<void> {
    return this.world.clock.run({ ...PATIENCE, until: holds })
  }

  /** Lets everything arrive that is on its way. */
  settle(): Promise<void> {
    return this.world.clock.run({ ...PATIENCE, forMs: A_WHILE_MS })
  }
}
