/**
 * A disk that outlives the processes that use it, and the store that one process opens on it.
 *
 * The disk keeps the order of what was written: a power cut may lose the latest batches that no
 * durable one followed, never one from the middle. What else disks do (flip a bit, come back from
 * an old backup, fill up) is done to it by name.
 */
import { TamgaError } from '../../protocol/errors.ts'
import { drawMs, goWrong, outcomeByChance, type DiskHook } from './disk-hook.ts'
import { SortedMap } from './sorted-map.ts'

import type { Clock } from '../../node/clock.ts'
import type { Store, StoreOp } from '../../node/store/store.ts'
import type { DiskFaults } from './faults.ts'
import type { SeededRandom, Span } from './seeded-random.ts'

/** Batches that a power cut may lose at most; older ones the system has written back by itself. */
const UNSYNCED_BATCHES_MAX = 4_096

/** Batches that may wait in one store: more means that nobody waits for any of them. */
const QUEUED_BATCHES_MAX = 65_536

/** Longest key, characters. */
const KEY_CHARACTERS_MAX = 512

type Before = readonly [key: string, value: Uint8Array | undefined]

/** What was on a disk at one moment. */
export type DiskImage = readonly (readonly [key: string, value: Uint8Array])[]

export class SimulatedDisk {
  #entries = new SortedMap<Uint8Array>()
  /** What each unsynced batch replaced, oldest batch first. */
  #unsynced: Before[][] = []
  #holder: object | undefined
  /** While set, every batch fails and leaves nothing behind. */
  full = false

  /** Keys on the disk. */
  get size(): number {
    return this.#entries.size
  }

  /** Takes the lock that a database directory has, for as long as `holder` lives. */
  acquire(holder: object): void {
    if (this.#holder !== undefined) throw new TamgaError('storage', 'the disk is locked')
    this.#holder = holder
  }

  isHeldBy(holder: object): boolean {
    return this.#holder === holder
  }

  release(holder: object): void {
    if (this.#holder === holder) this.#holder = undefined
  }

  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.slice()
  }

  range(from: string, to: string, limit: number): [key: string, value: Uint8Array][] {
    return this.#entries.range(from, to, limit).map(([key, value]) => [key, value.slice()])
  }

  apply(ops: readonly StoreOp[]): void {
    const before: Before[] = ops.map(({ key }) => [key, this.#entries.get(key)])
    for (const op of ops) this.#put(op.key, op.type === 'put' ? op.value.slice() : undefined)
    this.#unsynced.push(before)
    if (this.#unsynced.length > UNSYNCED_BATCHES_MAX) this.#unsynced.shift()
  }

  /** From here on a power cut loses nothing of what is there now. */
  sync(): void {
    this.#unsynced = []
  }

  /**
   * The machine loses power: whoever held the disk is gone, and some of the unsynced batches, the
   * latest ones, with it. Returns how many batches are lost.
   */
  crash(random: SeededRandom): number {
    this.#holder = undefined
    const lost = random.integer(this.#unsynced.length + 1)
    for (let count = 0; count < lost; count += 1) {
      const before = this.#unsynced.pop() ?? []
      // Backwards: a batch may name a key twice, and the first mention knows the oldest value.
      for (const [key, value] of [...before].reverse()) this.#put(key, value)
    }
    this.sync()
    return lost
  }

  /** Flips one bit of the value of `key`, silently. */
  flipBit(key: string, random: SeededRandom): void {
    const value = this.get(key)
    if (value === undefined || value.length === 0) throw new RangeError(`no bits under ${key}`)
    const position = random.integer(value.length)
    value[position] = (value[position] ?? 0) ^ (1 << random.integer(8))
    this.#put(key, value)
  }

  /** A backup. */
  image(): DiskImage {
    return [...this.#entries.entries()].map(([key, value]) => [key, value.slice()] as const)
  }

  /** The backup put back: everything since is gone, without a word. */
  restore(image: DiskImage): void {
    this.#entries = new SortedMap()
    for (const [key, value] of image) this.#entries.set(key, value.slice())
    this.sync()
  }

  #put(key: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#entries.delete(key)
    else this.#entries.set(key, value)
  }
}

export interface StoreModules {
  readonly disk: SimulatedDisk
  readonly clock: Clock
  readonly random: SeededRandom
  readonly hook?: DiskHook
}

/**
 * One process's store. Batches happen one after the other, in the order of the calls. After a crash
 * of its disk what was under way never ends, and every further call rejects with `closed`.
 */
export class SimulatedStore implements Store {
  readonly #faults: DiskFaults
  readonly #disk: SimulatedDisk
  readonly #clock: Clock
  readonly #random: SeededRandom
  readonly #hook: DiskHook | undefined
  #tail: Promise<void> = Promise.resolve()
  #queued = 0
  #isOpen = true
  #hasFailed = false

  /** @throws TamgaError `storage` if another store holds the disk */
  constructor(faults: DiskFaults, { disk, clock, random, hook }: StoreModules) {
    disk.acquire(this)
    this.#faults = faults
    this.#disk = disk
    this.#clock = clock
    this.#random = random
    this.#hook = hook
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.#check()
    await this.#wait(this.#faults.readMs)
    return this.#disk.get(key)
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    this.#check()
    const asked = [...keys]
    await this.#wait(this.#faults.readMs)
    return asked.map((key) => this.#disk.get(key))
  }

  async range(from: string, to: string, limit: number): Promise<[string, Uint8Array][]> {
    this.#check()
    await this.#wait(this.#faults.readMs)
    return this.#disk.range(from, to, limit)
  }

  async batch(ops: readonly StoreOp[], { durable }: { durable: boolean }): Promise<void> {
    this.#check()
    if (this.#queued >= QUEUED_BATCHES_MAX) {
      throw new TamgaError('storage', `${QUEUED_BATCHES_MAX} batches are waiting`)
    }
    for (const { key } of ops) checkKey(key)
    const taken = ops.map((op) => (op.type === 'put' ? { ...op, value: op.value.slice() } : op))
    this.#queued += 1
    const work = this.#tail.then(() => this.#write(taken, durable))
    const next = () => {
      this.#queued -= 1
    }
    this.#tail = work.then(next, next)
    return work
  }

  /** Waits for the batches under way; what was not durable can still be lost with the power. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#tail
    this.#disk.release(this)
  }

  async #write(ops: readonly StoreOp[], durable: boolean): Promise<void> {
    await this.#wait(this.#faults.writeMs)
    if (this.#hasFailed) throw new TamgaError('storage', 'an earlier write has failed')
    if (this.#disk.full) throw new TamgaError('storage', 'the disk is full')
    const label = this.#hook?.label ?? ''
    const asked = this.#hook?.ask({ kind: 'batch', label, ops, durable })
    const outcome = asked ?? outcomeByChance(this.#faults, this.#random)
    if (outcome !== 'ok') {
      this.#hasFailed = true
      const persist = () => {
        this.#disk.apply(ops)
        if (asked && durable) this.#disk.sync()
      }
      return goWrong(outcome, persist, this.#hook?.crash)
    }
    this.#disk.apply(ops)
    if (!durable) return
    await this.#wait(this.#faults.syncMs)
    this.#disk.sync()
  }

  #check(): void {
    if (!this.#isOpen || !this.#disk.isHeldBy(this)) {
      throw new TamgaError('closed', 'the store is closed')
    }
  }

  /** Never resolves for a process that has crashed meanwhile. */
  #wait(span: Span): Promise<void> {
    const ms = drawMs(span, this.#faults, this.#random)
    return new Promise((resolve) => {
      this.#clock.timer(ms, () => {
        if (this.#disk.isHeldBy(this)) resolve()
      })
    })
  }
}

/** Refuses the keys that the real store refuses. */
function checkKey(key: string): void {
  if (key.length <= KEY_CHARACTERS_MAX && /^[ -~]+$/.test(key)) return
  throw new TamgaError('internal', `a key of ${key.length} characters is empty, long or not ASCII`)
}
