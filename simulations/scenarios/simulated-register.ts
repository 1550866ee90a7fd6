/**
 * A register in a simulated world: production nodes on simulated machines, started again after
 * every crash, with everything that they acknowledge written down from outside.
 */
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { formatVkey, noteSigner } from '../../crypto/note.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import { Node, nodeKeys } from '../../node/node.ts'
import { silentLogger } from '../../node/logger.ts'
import { signRoster, type Roster } from '../../protocol/roster.ts'
import { ACTIONS } from '../../protocol/statement.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import type { Machine, SimulatedWorld } from '../world/world.ts'

const SEED_BYTES = 32
const NETWORK = 'simulated.registry.kz'
const AUTHORITY = `${NETWORK}/authority`
const STORE = 'store'

/** How long a machine stands still after a start that failed, ms. */
const RETRY_MS = 1_000

export interface SimulatedRegisterOptions {
  readonly shards: number
  readonly replicas: number
}

/** A checkpoint that a node has let out of its hands. */
export interface SeenCheckpoint {
  readonly log: string
  readonly note: string
}

export class SimulatedRegister {
  readonly world: SimulatedWorld
  readonly roster: Roster
  readonly officerSeed: Uint8Array
  /** Every checkpoint that any log has ever shown, in order. */
  readonly seen: SeenCheckpoint[] = []
  readonly #note: string
  readonly #authority: string
  readonly #seeds: ReadonlyMap<string, Uint8Array>
  readonly #nodes = new Map<string, Node>()

  constructor(
    { shards, replicas }: SimulatedRegisterOptions,
    { world }: { world: SimulatedWorld },
  ) {
    const random = world.random.fork('register')
    const names = world.machines.map(({ name }) => name)
    const authority = signerFromSeed(random.bytes(SEED_BYTES))
    this.world = world
    this.#seeds = new Map(names.map((name) => [name, random.bytes(SEED_BYTES)]))
    this.officerSeed = random.bytes(SEED_BYTES)
    const officer = signerFromSeed(this.officerSeed).publicKey
    this.roster = {
      network: NETWORK,
      epoch: 1,
      shards,
      replicas,
      nodes: names.map((name) => {
        const { signer, box } = nodeKeys(this.#seeds.get(name)!)
        const address = `/memory/${name}`
        return { name, publicKey: signer.publicKey, boxKey: box.publicKey, address }
      }),
      officers: [{ name: 'officer', publicKey: officer, may: ACTIONS }],
    }
    this.#note = signRoster(this.roster, noteSigner(AUTHORITY, authority))
    this.#authority = formatVkey(AUTHORITY, authority.publicKey)
  }

  /** The nodes that are up and have finished starting. */
  nodes(): Node[] {
    return this.world.machines.flatMap(({ name }) => this.#nodes.get(name) ?? [])
  }

  node(name: string): Node | undefined {
    return this.#nodes.get(name)
  }

  /** Starts the node of a machine that is down; after a failed start, again a little later. */
  start(machine: Machine): void {
    this.#nodes.delete(machine.name)
    const boot = machine.boots + 1
    const { openStore, ...modules } = machine.boot()
    const gallery = new MemoryGallery()
    const node = Node.start(
      {
        name: machine.name,
        roster: this.#note,
        authority: this.#authority,
        seed: this.#seeds.get(machine.name)!,
      },
      { ...modules, store: openStore(STORE), gallery, logger: silentLogger },
    )
    node.then(
      (started) => {
        if (machine.boots === boot && machine.isUp) this.#watch(machine.name, started)
      },
      () => {
        this.world.clock.timer(RETRY_MS, () => {
          if (machine.boots !== boot || !machine.isUp) return
          machine.crash()
          this.start(machine)
        })
      },
    )
  }

  startAll(): void {
    for (const machine of this.world.machines) this.start(machine)
  }

  /** The machine is down: its node is not to be asked any more. */
  forget(machine: Machine): void {
    this.#nodes.delete(machine.name)
  }

  /** Nodes whose disk has failed take no more entries: somebody comes and restarts them. */
  restartBroken(isBroken: (node: Node) => boolean): void {
    for (const machine of this.world.machines) {
      const node = this.#nodes.get(machine.name)
      if (!node || !machine.isUp || !isBroken(node)) continue
      machine.crash()
      this.start(machine)
    }
  }

  /** Who has what, for a report of what went wrong. */
  state(): string {
    const lines = this.world.machines.map(({ name, isUp }) => {
      const node = this.#nodes.get(name)
      if (!node) return `${name} ${isUp ? 'is starting' : 'is down'}`
      const folded = node.registry.frontier().map(({ size }) => size)
      const held = node.ledger.frontier().map(({ size }) => size)
      return `${name} folded ${folded.join(' ')} of ${held.join(' ')}`
    })
    return lines.join('; ')
  }

  pick(random: SeededRandom): Node | undefined {
    const up = this.nodes().filter(({ name }) => this.world.machine(name).isUp)
    return up.length > 0 ? random.pick(up) : undefined
  }

  #watch(name: string, node: Node): void {
    const { own } = node.ledger
    const note = (): void => {
      this.seen.push({ log: name, note: own.checkpoint })
    }
    note()
    own.onGrown(note)
    this.#nodes.set(name, node)
  }
}
