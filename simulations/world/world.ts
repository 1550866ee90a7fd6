/**
 * A whole mesh on one seed: the network, and a machine with its disks and its clock for each node.
 *
 * The world starts no node; a scenario does, with the modules that `boot` gives, and starts it
 * again after a crash. What a machine's disks hold outlives its crashes.
 */
import { faultsFromSeed, type Faults } from './faults.ts'
import { LocalClock } from './local-clock.ts'
import { SimulatedDisk, SimulatedStore, type DiskImage } from './memory-store.ts'
import { SimulatedNetwork } from './network.ts'
import { SeededRandom } from './seeded-random.ts'
import { SimulatedAnchorDisk, SimulatedAnchors, type AnchorImage } from './simulated-anchors.ts'
import { VirtualClock } from './virtual-clock.ts'

import type { Random } from '../../node/random.ts'
import type { DiskHook, OnOperation } from './disk-hook.ts'
import type { SimulatedMesh } from './simulated-mesh.ts'

export interface WorldOptions {
  readonly seed: string | number
  /** The nodes. */
  readonly names: readonly string[]
  /** What may go wrong; without it, what the seed chooses. */
  readonly faults?: Faults
}

/** What a process on a machine gets from outside. */
export interface MachineModules {
  readonly clock: LocalClock
  readonly random: Random
  readonly mesh: SimulatedMesh
  /** Opens the disk of that label, which is there from the first time on. */
  readonly openStore: (label: string) => SimulatedStore
  /** The anchors on the disk of that label, another one than a store's. */
  readonly openAnchors: (label: string) => SimulatedAnchors
}

/** What was on a machine's disks. */
export interface MachineImage {
  readonly stores: ReadonlyMap<string, DiskImage>
  readonly anchors: ReadonlyMap<string, AnchorImage>
}

export class SimulatedWorld {
  readonly seed: string
  readonly faults: Faults
  readonly clock: VirtualClock
  readonly random: SeededRandom
  readonly network: SimulatedNetwork
  readonly machines: readonly Machine[]

  constructor({ seed, names, faults = faultsFromSeed(seed) }: WorldOptions) {
    this.seed = String(seed)
    this.faults = faults
    this.clock = new VirtualClock({ seed })
    this.random = new SeededRandom(seed)
    const modules = { clock: this.clock, random: this.random.fork('network') }
    this.network = new SimulatedNetwork({ names, faults: faults.network }, modules)
    this.machines = names.map((name) => new Machine(name, this))
  }

  machine(name: string): Machine {
    const found = this.machines.find((machine) => machine.name === name)
    if (found === undefined) throw new RangeError(`there is no machine ${name}`)
    return found
  }

  /**
   * A second machine under the name of a first, with a copy of what is on the disks of that one;
   * the peers in `near` are connected to it instead. Its `crash` ends it for good.
   */
  twin(name: string, near: Iterable<string>): Machine {
    const twin = new Machine(name, this, near)
    twin.copyDisks(this.machine(name))
    return twin
  }

  /** SHA-256 over all that has happened: equal for equal seeds. */
  digest(): string {
    return this.clock.trace.digest()
  }
}

export class Machine {
  readonly name: string
  readonly #world: SimulatedWorld
  readonly #random: SeededRandom
  readonly #offsetMs: number
  readonly #disks = new Map<string, SimulatedDisk>()
  readonly #anchorDisks = new Map<string, SimulatedAnchorDisk>()
  /** Decides what becomes of each write to its disks, if set, in this life and the next. */
  onOperation: OnOperation | undefined
  readonly #near: Iterable<string> | undefined
  #clock: LocalClock | undefined
  #boots = 0

  /** @param near of a twin: who is connected to it */
  constructor(name: string, world: SimulatedWorld, near?: Iterable<string>) {
    this.name = name
    this.#world = world
    this.#near = near
    this.#random = world.random.fork(`${near ? 'twin' : 'machine'} ${name}`)
    this.#offsetMs = this.#random.between(world.faults.clock.offsetMs)
  }

  get isUp(): boolean {
    return this.#clock !== undefined
  }

  /** Sets its clock forward, or with a negative `ms` back, until it is started again. */
  shiftClock(ms: number): void {
    this.#clock?.shift(ms)
  }

  /** How often the machine has been started. */
  get boots(): number {
    return this.#boots
  }

  disk(label: string): SimulatedDisk {
    const disk = this.#disks.get(label) ?? new SimulatedDisk()
    this.#disks.set(label, disk)
    return disk
  }

  anchorDisk(label: string): SimulatedAnchorDisk {
    const disk = this.#anchorDisks.get(label) ?? new SimulatedAnchorDisk()
    this.#anchorDisks.set(label, disk)
    return disk
  }

  /** What is on all disks of `other`, in the place of what is on these. */
  copyDisks(other: Machine): void {
    this.restore(other.image())
  }

  /** A backup of all disks at one moment. */
  image(): MachineImage {
    const stores = [...this.#disks].map(([label, disk]) => [label, disk.image()] as const)
    const anchors = [...this.#anchorDisks].map(([label, disk]) => [label, disk.image()] as const)
    return { stores: new Map(stores), anchors: new Map(anchors) }
  }

  /** The backup put back, or a part of it. The machine must be down. */
  restore({ stores, anchors }: Partial<MachineImage>): void {
    for (const [label, image] of stores ?? []) this.disk(label).restore(image)
    for (const [label, image] of anchors ?? []) this.anchorDisk(label).restore(image)
  }

  /** Starts the machine, which must be down. */
  boot(): MachineModules {
    if (this.isUp) throw new RangeError(`${this.name} is up already`)
    this.#boots += 1
    const world = this.#world
    const random = this.#random.fork(`boot ${this.#boots}`)
    const clock = new LocalClock({ offsetMs: this.#offsetMs }, world)
    const mesh = this.#near
      ? world.network.joinTwin(this.name, this.#near, { clock })
      : world.network.join(this.name, { clock })
    this.#clock = clock
    const openStore = (label: string) => {
      const forked = random.fork(`disk ${label}`)
      const modules = { disk: this.disk(label), clock, random: forked, hook: this.#hook(label) }
      return new SimulatedStore(world.faults.disk, modules)
    }
    const openAnchors = (label: string) => {
      const forked = random.fork(`anchors ${label}`)
      const modules = { clock, random: forked, hook: this.#hook(label) }
      return new SimulatedAnchors(world.faults.disk, { disk: this.anchorDisk(label), ...modules })
    }
    return { clock, random, mesh, openStore, openAnchors }
  }

  /** The power goes: the process is gone at once, and with it what was not yet safely on a disk. */
  crash(): void {
    if (this.#clock === undefined) return
    this.#clock.stop()
    this.#clock = undefined
    if (this.#near) this.#world.network.crashTwin(this.name)
    else this.#world.network.crash(this.name)
    for (const [label, disk] of this.#disks) {
      const lost = disk.crash(this.#random)
      this.#world.clock.trace.note(`${this.name} crashed, ${lost} batches of ${label} lost`)
    }
    for (const [label, disk] of this.#anchorDisks) {
      for (const name of disk.crash(this.#random)) {
        this.#world.clock.trace.note(`${this.name} crashed, a swap of ${label} ${name} undecided`)
      }
    }
  }

  #hook(label: string): DiskHook {
    const ask: OnOperation = (operation) => this.onOperation?.(operation)
    return {
      label,
      ask,
      crash: () => {
        this.crash()
      },
    }
  }
}
