/** A disk of a test's own, and a store that fails when it is told to. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AnchorFolder } from '../../../../node/store/anchor-folder.ts'
import { LevelStore } from '../../../../node/store/level-store.ts'
import type { Store, StoreOp } from '../../../../node/store/store.ts'
import { TamgaError, type ErrorCode } from '../../../../protocol/errors.ts'
import { FaultyAnchors, type Fault } from './faulty-anchors.ts'

/** More keys than any test writes. */
const ALL = 1_000_000

/** Outlives the stores and anchors that are opened on it, one after the other. */
export class TestDisk {
  readonly #folder: string
  readonly anchors: FaultyAnchors
  #store: LevelStore | undefined

  private constructor(folder: string) {
    this.#folder = folder
    this.anchors = new FaultyAnchors(new AnchorFolder(this.folder('anchors')))
  }

  static async create(): Promise<TestDisk> {
    return new TestDisk(await mkdtemp(join(tmpdir(), 'tamga-log-')))
  }

  /** Where the store or the anchors are. */
  folder(what: 'store' | 'anchors'): string {
    return join(this.#folder, what)
  }

  /** Opens the store, after closing all that was open: a restart. */
  async open(): Promise<LevelStore> {
    await this.close()
    this.#store = await LevelStore.open(this.folder('store'))
    return this.#store
  }

  async close(): Promise<void> {
    await this.anchors.release()
    await this.#store?.close()
    this.#store = undefined
  }

  /** Another disk with the same on it. Closes all that is open. */
  async copy(): Promise<TestDisk> {
    await this.close()
    const copy = await TestDisk.create()
    await cp(this.#folder, copy.#folder, { recursive: true })
    return copy
  }

  /** Replaces the store or the anchors by another disk's. Closes all that is open on both. */
  async takeFrom(other: TestDisk, what: 'store' | 'anchors'): Promise<void> {
    await this.close()
    await other.close()
    await rm(this.folder(what), { recursive: true })
    await cp(other.folder(what), this.folder(what), { recursive: true })
  }

  async remove(): Promise<void> {
    await this.close()
    await rm(this.#folder, { recursive: true })
  }
}

/** Hands everything to another store, unless a test says otherwise. */
export class FaultyStore implements Store {
  readonly #store: Store
  readonly durable: boolean[] = []
  #fault: Fault | undefined
  #gate: Promise<void> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
  }

  /** The next batch is reported as failed, and is there or not; later ones work. */
  failNext(fault: Fault): void {
    this.#fault = fault
  }

  /** Batches are not written until the returned function is called. */
  hold(): () => void {
    const opens: (() => void)[] = []
    this.#gate = new Promise((resolve) => void opens.push(resolve))
    return () => opens[0]!()
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#store.get(key)
  }

  getMany(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return this.#store.getMany(keys)
  }

  async batch(ops: readonly StoreOp[], options: { durable: boolean }): Promise<void> {
    this.durable.push(options.durable)
    await this.#gate
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== 'lost') await this.#store.batch(ops, options)
    if (fault) throw new TamgaError('storage', 'the write has failed')
  }

  range(from: string, to: string, limit: number): Promise<[string, Uint8Array][]> {
    return this.#store.range(from, to, limit)
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

/** Everything that is in a store, as comparable text. */
export async function contentOf(store: Store): Promise<string[]> {
  const entries = await store.range('', '~', ALL)
  return entries.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
}

export function put(key: string, value: Uint8Array): StoreOp {
  return { type: 'put', key, value }
}

/** The code that `work` rejects with, undefined if it does not; what is untyped goes through. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof TamgaError) return thrown.code
    throw thrown
  }
  return undefined
}

/** Waits for something that other work under way brings about. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate)
}
