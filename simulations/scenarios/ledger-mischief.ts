/**
 * The one misfortune that a seed brings over one node of some ledgers, at its time in the storm.
 */
import { logKeys } from '../../node/log/log-keys.ts'
import { ownAnchor } from '../../node/log/ledger.ts'
import { witnessAnchor } from '../../node/log/witness.ts'
import { mayForget, mayLie, type LedgerPlan } from './ledger-plan.ts'
import { STORE, type LedgerRecords } from './ledger-records.ts'
import { ANCHORS, type SimulatedLedgers } from './simulated-ledgers.ts'

import type { SeededRandom } from '../world/seeded-random.ts'
import type { Machine, MachineImage, SimulatedWorld } from '../world/world.ts'

/** How long the machine is down while it happens, ms. */
const PAUSE_MS = 400

/** How long a node stands on the disks of another, ms. */
const STRANGE_MS = 3_000

const FLIPS_MAX = 4

interface Modules {
  readonly world: SimulatedWorld
  readonly ledgers: SimulatedLedgers
  readonly records: LedgerRecords
}

export class Mischief {
  readonly #plan: LedgerPlan
  readonly #modules: Modules
  readonly #random: SeededRandom
  readonly #victim: Machine
  /** Machines that nobody is to start meanwhile. */
  readonly held = new Set<Machine>()
  #twin: Machine | undefined
  #backup: MachineImage | undefined
  #swap: (() => void) | undefined
  flips = 0

  constructor(plan: LedgerPlan, modules: Modules) {
    this.#plan = plan
    this.#modules = modules
    this.#random = modules.world.random.fork('mischief')
    this.#victim = modules.world.machine(plan.victim)
    if (plan.scene === 'liar') {
      modules.records.lying.add(plan.victim)
      modules.ledgers.behave(this.#victim, { lies: this.#random.fork('lies') })
    }
  }

  /** The second machine under the name of the first, if there is one. */
  get twin(): Machine | undefined {
    return this.#twin
  }

  /** A backup is made early, and everything else happens in the middle of the storm. */
  schedule(): void {
    const { clock } = this.#modules.world
    const { stormMs } = this.#plan
    const soon = this.#random.between({ min: stormMs * 0.05, max: stormMs * 0.4 })
    const later = this.#random.between({ min: stormMs * 0.4, max: stormMs * 0.8 })
    clock.timer(soon, () => this.#backUp())
    clock.timer(later, () => this.#strike())
  }

  /** Whatever can be put right is put right. */
  calm(): void {
    this.#swap?.()
    if (this.#twin && this.#random.chance(0.5)) this.#twin.crash()
    this.held.clear()
  }

  /** Once there is something to back up. */
  #backUp(): void {
    const { ledgers, world } = this.#modules
    if (ledgers.isMade(this.#victim)) this.#backup = this.#victim.image()
    else world.clock.timer(PAUSE_MS, () => this.#backUp())
  }

  #strike(): void {
    const { scene, victim } = this.#plan
    const { records, world } = this.#modules
    if (scene === 'none' || scene === 'liar') return
    if (mayForget(this.#plan)) records.forgetful.add(victim)
    if (mayLie(this.#plan)) records.lying.add(victim)
    world.clock.trace.note(`${victim}: ${scene}`)
    if (scene === 'clone' || scene === 'split-view') return this.#double()
    if (scene === 'strange-disks') return this.#exchange()
    if (scene === 'bit-flips' && this.#random.chance(0.5)) return this.#flip()
    records.damaged.add(victim)
    this.#victim.crash()
    this.held.add(this.#victim)
    this.#damage()
    world.clock.timer(PAUSE_MS, () => {
      if (this.held.delete(this.#victim)) this.#modules.ledgers.start(this.#victim)
    })
  }

  /** What happens to the disks while the machine is down. */
  #damage(): void {
    const { ledgers } = this.#modules
    const victim = this.#victim
    const backup = this.#backup ?? victim.image()
    switch (this.#plan.scene) {
      case 'old-store':
        return victim.restore({ stores: backup.stores })
      case 'old-machine':
        return victim.restore(backup)
      case 'rollback':
        ledgers.behave(victim, { isRash: true })
        return victim.restore(backup)
      case 'lost-store':
        return victim.disk(STORE).restore([])
      case 'wiped':
        victim.disk(STORE).restore([])
        victim.anchorDisk(ANCHORS).restore(new Map())
        return ledgers.unmake(victim)
      case 'rotten-anchor':
        return this.#rot()
      default:
        return this.#flip()
    }
  }

  /** A second process with the same key; who is connected to which of the two changes. */
  #double(): void {
    const { world, ledgers, records } = this.#modules
    const { victim, scene, names } = this.#plan
    const others = names.filter((name) => name !== victim)
    const some = (): string[] => others.filter(() => this.#random.chance(0.5))
    const twin = world.twin(victim, some())
    this.#twin = twin
    records.copied({ name: victim, machine: this.#victim }, twin)
    ledgers.adopt(twin)
    const lies = this.#random.chance(0.3) ? { lies: this.#random.fork('lies') } : {}
    if (scene === 'split-view') ledgers.behave(twin, { isRash: true, ...lies })
    ledgers.start(twin)
    const move = (): void => {
      if (!twin.isUp) return
      world.network.moveTwin(victim, some())
      world.clock.timer(this.#random.between({ min: 500, max: 4_000 }), move)
    }
    world.clock.timer(this.#random.between({ min: 500, max: 4_000 }), move)
  }

  /** Somebody has put the disks of two machines back into the wrong ones. */
  #exchange(): void {
    const { world, ledgers } = this.#modules
    const other = this.#random.pick(world.machines.filter((machine) => machine !== this.#victim))
    const pair = [this.#victim, other] as const
    const exchange = (): void => {
      for (const machine of pair) machine.crash()
      const images = pair.map((machine) => machine.image())
      pair.forEach((machine, at) => machine.restore(images[1 - at]!))
      for (const machine of pair) ledgers.start(machine)
    }
    exchange()
    this.#swap = () => {
      this.#swap = undefined
      exchange()
    }
    world.clock.timer(STRANGE_MS, () => this.#swap?.())
  }

  #rot(): void {
    const { names, victim } = this.#plan
    const anchors = names.map((name) => (name === victim ? ownAnchor(name) : witnessAnchor(name)))
    const disk = this.#victim.anchorDisk(ANCHORS)
    const there = anchors.filter((name) => disk.slots(name))
    if (there.length > 0) disk.rot(this.#random.pick(there))
  }

  /** Of entries, tiles and whatever else there is of logs, at random. */
  #flip(): void {
    const { records } = this.#modules
    records.damaged.add(this.#plan.victim)
    const disk = this.#victim.disk(STORE)
    const keys = disk.range('log/', 'log0', Number.MAX_SAFE_INTEGER).map(([key]) => key)
    const count = 1 + this.#random.integer(FLIPS_MAX)
    const firstEntry = logKeys(this.#plan.victim).entry(0)
    const wanted = this.#random.chance(0.3) ? keys.filter((key) => key >= firstEntry) : keys
    for (let flip = 0; flip < count && wanted.length > 0; flip += 1) {
      disk.flipBit(this.#random.pick(wanted), this.#random)
      this.flips += 1
    }
  }
}
