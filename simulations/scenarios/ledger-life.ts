/**
 * Some seconds in the life of a few ledgers: entries are appended, cosigned and mirrored while
 * messages are lost, links break, writes fail, machines crash and one node meets a misfortune of
 * its own. Then the storm ends, and whatever was promised must be true.
 *
 * What must hold all the time is checked all the time, by `ledger-records.ts`; what must hold in
 * the end, by `ledger-verdict.ts`.
 */
import { utf8 } from '../../crypto/bytes.ts'
import { startChaos } from '../world/chaos.ts'
import { NO_FAULTS } from '../world/faults.ts'
import { SimulatedWorld, type Machine } from '../world/world.ts'
import { Mischief } from './ledger-mischief.ts'
import { ledgerPlan, type LedgerPlan, type Scene } from './ledger-plan.ts'
import { LedgerRecords, STORE } from './ledger-records.ts'
import { LedgerVerdict } from './ledger-verdict.ts'
import { ANCHORS, SimulatedLedgers, type Living } from './simulated-ledgers.ts'

import type { DiskOutcome } from '../world/disk-hook.ts'
import type { SeededRandom } from '../world/seeded-random.ts'

/** Far more than coming to order takes: a call that got lost is waited for ten seconds. */
const CALM_MS_MAX = 240_000
const EVENTS_MAX = 200_000

/** How long evidence may take to get around, ms: some rounds of asking a peer at random. */
const AGREEMENT_MS = 20_000

/** How often somebody looks after the machines, ms. */
const ROUND_MS = 300

/** How long a caller waits for an entry to be safe, ms. */
const SAFE_MS = 2_000

export interface LedgerLifeOptions {
  readonly seed: number
  /** Instead of the one that the seed chooses. */
  readonly scene?: Scene
}

export interface LedgerLifeReport {
  readonly seed: number
  readonly scene: Scene
  readonly nodes: number
  readonly checkpoints: number
  readonly acknowledged: number
  readonly safe: number
  readonly quorums: number
  readonly crashes: number
  /** Writes that failed or at which the power went. */
  readonly misfires: number
  readonly flips: number
  /** Logs that refuse to sign, that are quarantined, databases that were given up and rebuilt. */
  readonly refusals: number
  readonly quarantined: number
  readonly rebuilt: number
  /** What was held against a liar. */
  readonly blames: number
  readonly events: number
  /** Over all that has happened: equal for equal seeds. */
  readonly digest: string
  /** Invariants that do not hold; empty when all is well. */
  readonly broken: readonly string[]
  /** The last that happened, if anything is broken. */
  readonly tail: readonly string[]
}

export async function liveLedgers(options: LedgerLifeOptions): Promise<LedgerLifeReport> {
  const plan = ledgerPlan(options.seed, options.scene)
  return new LedgerLife(options.seed, plan).run()
}

class LedgerLife {
  readonly #seed: number
  readonly #plan: LedgerPlan
  readonly #world: SimulatedWorld
  readonly #ledgers: SimulatedLedgers
  readonly #records: LedgerRecords
  readonly #mischief: Mischief
  readonly #random: SeededRandom
  readonly #endings: (() => void)[] = []
  #isStorm = true
  #misfires = 0
  #rebuilt = 0
  #entries = 0

  constructor(seed: number, plan: LedgerPlan) {
    const { names, faults } = plan
    this.#seed = seed
    this.#plan = plan
    this.#world = new SimulatedWorld({ seed, names, faults })
    const world = this.#world
    this.#random = world.random.fork('life')
    this.#ledgers = new SimulatedLedgers({ world })
    this.#records = new LedgerRecords(this.#ledgers, { world })
    this.#ledgers.records = this.#records
    this.#ledgers.onStuck = (machine, reason) => this.#repair(machine, reason)
    const modules = { world, ledgers: this.#ledgers, records: this.#records }
    this.#mischief = new Mischief(plan, modules)
  }

  async run(): Promise<LedgerLifeReport> {
    const { clock, machines } = this.#world
    const { stormMs } = this.#plan
    for (const machine of machines) this.#misfire(machine)
    for (const machine of machines) this.#ledgers.start(machine)
    const chaos = startChaos(this.#world, (machine) => this.#start(machine))
    this.#endings.push(() => chaos.calm())
    this.#mischief.schedule()
    this.#schedule()
    this.#lookAfter()
    try {
      await clock.run({ forMs: stormMs, eventsMax: EVENTS_MAX })
      this.#calm()
      await this.#settle()
    } catch (error) {
      this.#records.complain(String(error))
    }
    return this.#report()
  }

  /** Who does what and when is drawn at the start, so that faults do not shift it. */
  #schedule(): void {
    const { clock } = this.#world
    const { stormMs, appends, entriesMax, entriesBulk } = this.#plan
    const random = this.#random.fork('work')
    for (let i = 0; i < appends; i += 1) {
      const count = 1 + random.integer(entriesMax) + (i === 0 ? entriesBulk : 0)
      const choice = random.next()
      clock.timer(random.between({ min: 0, max: stormMs }), () => {
        const living = this.#ledgers.living()
        const node = living[Math.floor(choice * living.length)]
        if (node) for (let entry = 0; entry < count; entry += 1) void this.#append(node)
      })
    }
    this.#nowAndThen(this.#plan.clockJumpEveryMs, () => {
      random.pick(this.#world.machines).shiftClock(random.between(this.#plan.clockJumpMs))
    })
    this.#nowAndThen(this.#plan.fullEveryMs, () => this.#fill(random))
  }

  async #append(node: Living): Promise<void> {
    const { ledger } = node
    this.#entries += 1
    const entry = utf8(`entry ${this.#entries} of ${node.name}`)
    try {
      const index = await ledger.own.append(entry)
      this.#records.acknowledged(node, index, entry)
      await ledger.cosignatures.wait(index, 'safe', SAFE_MS)
      if ((ledger.cosignatures.safe?.size ?? 0) <= index) return
      this.#records.promisedSafe(node, index, entry)
    } catch {
      // Whoever is told that it failed is promised nothing.
    }
  }

  /** A disk is full for a while. */
  #fill(random: SeededRandom): void {
    const machine = random.pick(this.#world.machines)
    const disks = [machine.disk(STORE), machine.anchorDisk(ANCHORS)]
    const full = random.chance(0.5) ? disks : [random.pick(disks)]
    for (const disk of full) disk.full = true
    const relieve = (): void => {
      for (const disk of full) disk.full = false
    }
    this.#world.clock.timer(random.between(this.#plan.fullMs), relieve)
    this.#endings.push(relieve)
  }

  #misfire(machine: Machine): void {
    const random = this.#random.fork(`misfires ${machine.name}`)
    const { misfireProbability } = this.#plan
    const outcomes: DiskOutcome[] = ['lost', 'kept', 'crash-before', 'crash-after']
    machine.onOperation = () => {
      if (!random.chance(misfireProbability)) return undefined
      this.#misfires += 1
      return random.pick(outcomes)
    }
    this.#endings.push(() => {
      machine.onOperation = undefined
    })
  }

  /** Somebody starts again what has crashed, or whose disk has failed, after a while. */
  #lookAfter(): void {
    const { clock, machines } = this.#world
    const random = this.#random.fork('rounds')
    const round = (): void => {
      const { twin } = this.#mischief
      for (const machine of twin ? [...machines, twin] : machines) {
        const isTurn = !this.#isStorm || random.chance(0.4)
        if (isTurn) this.#tend(machine)
      }
      clock.timer(ROUND_MS, round)
    }
    clock.timer(ROUND_MS, round)
  }

  #tend(machine: Machine): void {
    if (this.#ledgers.at(machine)?.ledger.isBroken) machine.crash()
    const isGone = machine === this.#mischief.twin && !this.#isStorm
    if (!machine.isUp && !isGone) this.#start(machine)
  }

  #start(machine: Machine): void {
    if (machine.isUp || this.#mischief.held.has(machine)) return
    this.#ledgers.start(machine)
  }

  /** A database that cannot be opened is given up, and filled again from the others. */
  #repair(machine: Machine, reason: string): boolean {
    const { scene } = this.#plan
    const isFull = machine.disk(STORE).full || machine.anchorDisk(ANCHORS).full
    if (scene === 'strange-disks' || isFull) return true
    if (!this.#records.damaged.has(machine.name)) {
      this.#records.complain(`${machine.name} does not start: ${reason}`)
    }
    machine.disk(STORE).restore([])
    this.#rebuilt += 1
    return true
  }

  #calm(): void {
    const { network } = this.#world
    this.#isStorm = false
    for (const end of this.#endings) end()
    network.heal()
    network.faults = NO_FAULTS.network
    this.#mischief.calm()
  }

  async #settle(): Promise<void> {
    const { clock } = this.#world
    const modules = { world: this.#world, ledgers: this.#ledgers, records: this.#records }
    const verdict = new LedgerVerdict(this.#plan, modules)
    const limits = { forMs: CALM_MS_MAX, eventsMax: EVENTS_MAX }
    try {
      await clock.run({ ...limits, until: () => verdict.isSettled() })
    } catch (error) {
      this.#records.complain(`no order: ${String(error)}; ${verdict.state()}`)
    }
    const last = verdict.signing().map(async (node) => this.#append(node))
    await clock.finish(Promise.all(last), limits)
    try {
      await clock.run({ ...limits, until: () => verdict.isSettled() && verdict.isSafe() })
    } catch (error) {
      this.#records.complain(`not safe: ${String(error)}; ${verdict.state()}`)
    }
    const agreed = { ...limits, forMs: AGREEMENT_MS, until: () => verdict.isAgreed() }
    await clock.run(agreed).catch(() => undefined)
    await clock.finish(verdict.check(), limits)
  }

  /** Calls back at times with an exponential distribution, until the storm ends. */
  #nowAndThen(meanMs: number, then: () => void): void {
    if (meanMs === Infinity) return
    const random = this.#random.fork(`every ${meanMs}`)
    const wait = (): void => {
      this.#world.clock.timer(-meanMs * Math.log(1 - random.next()), () => {
        if (!this.#isStorm) return
        then()
        wait()
      })
    }
    wait()
  }

  #report(): LedgerLifeReport {
    const living = this.#ledgers.living()
    const { complaints, counts } = this.#records
    const { scene, names } = this.#plan
    const caught = new Set(living.flatMap(({ ledger }) => ledger.quarantine.logs()))
    return {
      seed: this.#seed,
      scene,
      nodes: names.length,
      ...counts,
      crashes: this.#world.machines.reduce((sum, { boots }) => sum + boots - 1, 0),
      misfires: this.#misfires,
      flips: this.#mischief.flips,
      refusals: living.filter(({ ledger }) => ledger.own.refusal !== undefined).length,
      quarantined: caught.size,
      rebuilt: this.#rebuilt,
      blames: this.#world.network.blames.length,
      events: this.#world.clock.events,
      digest: this.#world.digest(),
      broken: complaints,
      tail: complaints.length > 0 ? this.#world.clock.trace.tail() : [],
    }
  }
}
