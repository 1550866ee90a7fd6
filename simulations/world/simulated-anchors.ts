/**
 * A disk of anchors that outlives the processes that use it, and what one process opens on it.
 *
 * The disk keeps for each anchor what its file keeps: the value, and the one before it, which
 * counts again once the newer one has rotted.
 */
import { anchorFileName } from '../../node/store/anchor-folder.ts'
import { checkAnchorValue } from '../../node/store/anchor-slot.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { drawMs, goWrong, outcomeByChance, type DiskHook } from './disk-hook.ts'

import type { Clock } from '../../node/clock.ts'
import type { Anchor, Anchors, AnchorValue } from '../../node/store/anchor.ts'
import type { DiskFaults } from './faults.ts'
import type { SeededRandom, Span } from './seeded-random.ts'

/** The newest value first; none if the anchor is damaged. */
type Slots = readonly AnchorValue[]

/** Which anchors were on a disk at one moment. */
export type AnchorImage = ReadonlyMap<string, Slots>

export class SimulatedAnchorDisk {
  #slots = new Map<string, Slots>()
  #holders = new Map<string, object>()
  /** Swaps that are written and not yet confirmed: a power cut decides what became of each. */
  #underWay = new Map<string, AnchorValue>()
  /** Stands for all processes since the last power cut. */
  #life = {}
  /** While set, every write fails and leaves nothing behind. */
  full = false

  get life(): object {
    return this.#life
  }

  /** Undefined where there is no anchor. */
  slots(name: string): Slots | undefined {
    return this.#slots.get(name)
  }

  /** Whether there is one, or is about to be. */
  isTaken(name: string): boolean {
    return this.#slots.has(name) || this.#underWay.has(name)
  }

  /** Takes the lock of an anchor. */
  acquire(name: string, holder: object): void {
    if (this.#holders.has(name)) throw new TamgaError('storage', `the anchor ${name} is locked`)
    this.#holders.set(name, holder)
  }

  release(name: string, holder: object): void {
    if (this.#holders.get(name) === holder) this.#holders.delete(name)
  }

  /** From here until `confirm` it may be there or not after a crash. */
  begin(name: string, next: AnchorValue): void {
    this.#underWay.set(name, next)
  }

  confirm(name: string): void {
    const next = this.#underWay.get(name)
    this.#underWay.delete(name)
    if (next) this.put(name, next)
  }

  put(name: string, next: AnchorValue): void {
    this.#slots.set(name, [next, ...(this.#slots.get(name) ?? []).slice(0, 1)])
  }

  /**
   * The machine loses power: whoever held anchors is gone, and each swap under way has happened or
   * not. Returns the names of these.
   */
  crash(random: SeededRandom): string[] {
    const names = [...this.#underWay.keys()]
    for (const name of names) {
      if (random.chance(0.5)) this.confirm(name)
    }
    this.#underWay.clear()
    this.#holders.clear()
    this.#life = {}
    return names
  }

  /** Bits flip in the newest value, silently: the one before counts again, or none at all. */
  rot(name: string): void {
    const slots = this.#slots.get(name)
    if (slots === undefined) throw new RangeError(`there is no anchor ${name}`)
    this.#slots.set(name, slots.slice(1))
  }

  /** A backup. */
  image(): AnchorImage {
    return new Map(this.#slots)
  }

  /** The backup put back, in the place of whatever is there, without a word. */
  restore(image: AnchorImage): void {
    this.#underWay.clear()
    this.#slots = new Map([...image].map(([name, slots]) => [name, slots.map(copy)]))
  }
}

export interface AnchorsModules {
  readonly disk: SimulatedAnchorDisk
  readonly clock: Clock
  readonly random: SeededRandom
  readonly hook?: DiskHook
}

/**
 * The anchors of one process. After a crash of their disk what was under way never ends, and every
 * further call rejects with `closed`.
 */
export class SimulatedAnchors implements Anchors {
  readonly #disk: SimulatedAnchorDisk
  readonly #writer: Writer

  constructor(faults: DiskFaults, modules: AnchorsModules) {
    this.#disk = modules.disk
    this.#writer = new Writer(faults, modules)
  }

  async open(name: string): Promise<Anchor> {
    anchorFileName(name)
    await this.#writer.read()
    const slots = this.#disk.slots(name)
    if (slots === undefined) throw new TamgaError('not-found', `there is no anchor ${name}`)
    const [newest] = slots
    if (newest === undefined) throw new TamgaError('storage', `the anchor ${name} is damaged`)
    return new SimulatedAnchor(name, newest, this.#disk, this.#writer)
  }

  async has(name: string): Promise<boolean> {
    anchorFileName(name)
    await this.#writer.read()
    return this.#disk.slots(name) !== undefined
  }

  /** @throws TamgaError `conflict`; `storage`: it may be there all the same */
  async create(name: string, first: AnchorValue): Promise<Anchor> {
    anchorFileName(name)
    const check = () => {
      if (!this.#disk.isTaken(name)) return
      throw new TamgaError('conflict', `there is an anchor ${name} already`)
    }
    await this.#writer.write('create', name, copy(first), check)
    return this.open(name)
  }
}

class SimulatedAnchor implements Anchor {
  readonly #name: string
  readonly #disk: SimulatedAnchorDisk
  readonly #writer: Writer
  #current: AnchorValue
  #swapping: Promise<void> | undefined
  #hasFailed = false
  #isOpen = true

  /** @throws TamgaError `storage` if it is open already */
  constructor(name: string, current: AnchorValue, disk: SimulatedAnchorDisk, writer: Writer) {
    disk.acquire(name, this)
    this.#name = name
    this.#current = current
    this.#disk = disk
    this.#writer = writer
  }

  get current(): AnchorValue {
    return this.#current
  }

  async swap(next: AnchorValue): Promise<void> {
    if (!this.#isOpen) throw new TamgaError('closed', 'the anchor is closed')
    if (this.#hasFailed) throw new TamgaError('storage', 'an earlier swap has failed')
    if (this.#swapping) throw new TamgaError('internal', 'a swap of this anchor is under way')
    this.#swapping = this.#swap(copy(next))
    try {
      await this.#swapping
    } finally {
      this.#swapping = undefined
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#swapping?.catch(() => {})
    this.#disk.release(this.#name, this)
  }

  async #swap(next: AnchorValue): Promise<void> {
    const check = () => {
      if (this.#disk.slots(this.#name)?.[0] === this.#current) return
      throw new TamgaError('conflict', `somebody else has replaced the anchor ${this.#name}`)
    }
    try {
      await this.#writer.write('swap', this.#name, next, check)
    } catch (error) {
      if (error instanceof TamgaError && error.code === 'storage') this.#hasFailed = true
      throw error
    }
    this.#current = next
  }
}

/** What all anchors of one process share: their disk, how long it takes, and what goes wrong. */
class Writer {
  readonly #faults: DiskFaults
  readonly #disk: SimulatedAnchorDisk
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #hook: DiskHook | undefined
  readonly #life: object

  constructor(faults: DiskFaults, { disk, clock, random, hook }: AnchorsModules) {
    this.#faults = faults
    this.#disk = disk
    this.#clock = clock
    this.#random = random
    this.#hook = hook
    this.#life = disk.life
  }

  async read(): Promise<void> {
    await this.#wait(this.#faults.readMs)
  }

  /** Writes `next` durably, unless `check` throws at the moment when it would be written. */
  async write(
    kind: 'create' | 'swap',
    name: string,
    next: AnchorValue,
    check: () => void,
  ): Promise<void> {
    await this.#wait(this.#faults.writeMs)
    check()
    if (this.#disk.full) throw new TamgaError('storage', 'the disk is full')
    const label = this.#hook?.label ?? ''
    const asked = this.#hook?.ask({ kind, label, name, next })
    const outcome = asked ?? outcomeByChance(this.#faults, this.#random)
    if (outcome !== 'ok') {
      const persist = () => {
        this.#disk.put(name, next)
      }
      return goWrong(outcome, persist, this.#hook?.crash)
    }
    this.#disk.begin(name, next)
    await this.#wait(this.#faults.syncMs)
    this.#disk.confirm(name)
  }

  /** Never resolves for a process that has crashed meanwhile. */
  async #wait(span: Span): Promise<void> {
    if (this.#disk.life !== this.#life) throw new TamgaError('closed', 'the process is gone')
    const ms = drawMs(span, this.#faults, this.#random)
    return new Promise((resolve) => {
      this.#clock.timer(ms, () => {
        if (this.#disk.life === this.#life) resolve()
      })
    })
  }
}

function copy(content: AnchorValue): AnchorValue {
  checkAnchorValue(content)
  const { value, staged } = content
  return { value: value.slice(), staged: staged.slice() }
}
