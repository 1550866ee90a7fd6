/**
 * One small life of three ledgers, over and over: each time another write to a disk goes wrong, in
 * each of the ways in which a write can, until every write of every node has.
 */
import { NO_FAULTS } from '../world/faults.ts'
import { SimulatedWorld, type Machine } from '../world/world.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { LedgerRecords, STORE } from '../scenarios/ledger-records.ts'
import { LedgerVerdict } from '../scenarios/ledger-verdict.ts'
import { SimulatedLedgers, type Living } from '../scenarios/simulated-ledgers.ts'

import type { LedgerPlan } from '../scenarios/ledger-plan.ts'
import type { DiskOperation, DiskOutcome } from '../world/disk-hook.ts'

export const OUTCOMES = ['lost', 'kept', 'crash-before', 'crash-after'] as const

/**
 * What the life is about: the logs are made and grow, are cosigned and mirrored; or a database that
 * is lost is filled again from the mirrors.
 */
export const STORIES = ['grow', 'rebuild'] as const

export type Story = (typeof STORIES)[number]

const NAMES = ['almaty', 'astana', 'shymkent'] as const
const WRITER = NAMES[0]
const LIMITS = { forMs: 120_000, eventsMax: 50_000 }

/** Between a crash and the next start, ms. */
const PAUSE_MS = 200

/** Longer than an append takes, ms. */
const APPEND_MS = 100

/** More than a package, for the story of a rebuild. */
const ENTRIES = 300

export interface StepReport {
  /** Writes that were counted; the one that went wrong is among them, if there are so many. */
  readonly operations: number
  /** What the write was that went wrong. */
  readonly hit: string | undefined
  readonly broken: readonly string[]
  readonly tail: readonly string[]
}

export interface Step {
  readonly story: Story
  /** Which write of the whole life, from 0; none if beyond its end. */
  readonly at: number
  readonly outcome: Exclude<DiskOutcome, 'ok'>
}

export async function takeStep(step: Step): Promise<StepReport> {
  return new StepLife(step).run()
}

class StepLife {
  readonly #step: Step
  readonly #world: SimulatedWorld
  readonly #ledgers: SimulatedLedgers
  readonly #records: LedgerRecords
  readonly #verdict: LedgerVerdict
  #operations = 0
  #counting = false
  #hit: string | undefined
  #entries = 0

  constructor(step: Step) {
    this.#step = step
    this.#world = new SimulatedWorld({ seed: 'steps', names: NAMES, faults: NO_FAULTS })
    const world = this.#world
    this.#ledgers = new SimulatedLedgers({ world })
    this.#records = new LedgerRecords(this.#ledgers, { world })
    this.#ledgers.records = this.#records
    this.#ledgers.onStuck = (machine, reason) => {
      this.#records.complain(`${machine.name} does not start: ${reason}`)
      return false
    }
    const modules = { world, ledgers: this.#ledgers, records: this.#records }
    this.#verdict = new LedgerVerdict(CALM_PLAN, modules)
  }

  async run(): Promise<StepReport> {
    for (const machine of this.#world.machines) {
      machine.onOperation = (operation) => this.#decide(machine, operation)
    }
    try {
      await this.#live()
    } catch (error) {
      this.#records.complain(`${String(error)}; ${this.#verdict.state()}`)
    }
    const { complaints: broken } = this.#records
    const tail = broken.length > 0 ? this.#world.clock.trace.tail() : []
    return { operations: this.#operations, hit: this.#hit, broken, tail }
  }

  async #live(): Promise<void> {
    const { machines } = this.#world
    const isGrowth = this.#step.story === 'grow'
    this.#counting = isGrowth
    for (const machine of machines) this.#ledgers.start(machine)
    this.#lookAfter()
    await this.#settle()
    await this.#append(isGrowth ? 1 : ENTRIES)
    await this.#settle()
    if (!isGrowth) {
      this.#lose(this.#world.machine(WRITER))
      this.#counting = true
      await this.#settle()
    }
    await this.#append(2)
    await this.#settle()
    this.#counting = false
    await this.#world.clock.finish(this.#verdict.check(), LIMITS)
  }

  /** The database is gone, the anchors are there. */
  #lose(machine: Machine): void {
    machine.crash()
    machine.disk(STORE).restore([])
    this.#ledgers.start(machine)
  }

  #decide(machine: Machine, operation: DiskOperation): DiskOutcome | undefined {
    if (!this.#counting) return undefined
    const at = this.#operations
    this.#operations += 1
    if (at !== this.#step.at) return undefined
    const what = operation.kind === 'batch' ? 'batch' : `${operation.kind} ${operation.name}`
    this.#hit = `${what} of ${machine.name}`
    return this.#step.outcome
  }

  async #settle(): Promise<void> {
    const isDone = (): boolean => this.#verdict.isSettled() && this.#verdict.isSafe()
    await this.#world.clock.run({ ...LIMITS, until: isDone })
  }

  /** By the writer; what comes of it is written down whenever it does. */
  async #append(count: number): Promise<void> {
    for (let entry = 0; entry < count; entry += 1) void this.#appendOne()
    await this.#world.clock.run({ ...LIMITS, forMs: APPEND_MS })
  }

  async #appendOne(): Promise<void> {
    const writer = this.#writer()
    if (!writer) return
    this.#entries += 1
    const entry = utf8(`entry ${this.#entries}`)
    try {
      const { own, cosignatures } = writer.ledger
      const index = await own.append(entry)
      this.#records.acknowledged(writer, index, entry)
      await cosignatures.wait(index, 'safe', LIMITS.forMs)
      if ((cosignatures.safe?.size ?? 0) > index) this.#records.promisedSafe(writer, index, entry)
    } catch {
      // Whoever is told that it failed is promised nothing.
    }
  }

  #writer(): Living | undefined {
    return this.#ledgers.living().find(({ name }) => name === WRITER)
  }

  #lookAfter(): void {
    const { clock, machines } = this.#world
    const round = (): void => {
      for (const machine of machines) {
        if (this.#ledgers.at(machine)?.ledger.isBroken) machine.crash()
        if (!machine.isUp) this.#ledgers.start(machine)
      }
      clock.timer(PAUSE_MS, round)
    }
    clock.timer(PAUSE_MS, round)
  }
}

/** Nobody meets any misfortune but the one of the step. */
const CALM_PLAN: LedgerPlan = {
  names: NAMES,
  scene: 'none',
  victim: WRITER,
  faults: NO_FAULTS,
  misfireProbability: 0,
  stormMs: 0,
  appends: 0,
  entriesMax: 0,
  entriesBulk: 0,
  clockJumpEveryMs: Infinity,
  clockJumpMs: { min: 0, max: 0 },
  fullEveryMs: Infinity,
  fullMs: { min: 0, max: 0 },
}

export interface StepsReport {
  /** Lives. */
  readonly steps: number
  /** Writes that went wrong, each in every way. */
  readonly writes: number
  readonly broken: readonly string[]
}

/** Every write of every story, wrong in every way. */
export async function takeAllSteps(): Promise<StepsReport> {
  const broken: string[] = []
  let steps = 0
  let writes = 0
  for (const story of STORIES) {
    for (let at = 0, isOver = false; !isOver; at += 1) {
      for (const outcome of OUTCOMES) {
        const report = await takeStep({ story, at, outcome })
        steps += 1
        isOver = report.hit === undefined
        const step = `${story}, write ${at} (${report.hit}) ${outcome}`
        broken.push(...report.broken.map((complaint) => `${step}: ${complaint}`))
      }
      if (!isOver) writes += 1
    }
  }
  return { steps, writes, broken }
}
