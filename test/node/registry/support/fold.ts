/** Three logs that enrol people, and a node that has mirrors of them, fed by hand. */
import { toHex } from '../../../../crypto/bytes.ts'
import { noteSigner } from '../../../../crypto/note.ts'
import type { Clock } from '../../../../node/clock.ts'
import { RecordShelf } from '../../../../node/access/record-shelf.ts'
import type { Ledger } from '../../../../node/log/ledger.ts'
import type { Log } from '../../../../node/log/log.ts'
import { silentLogger, type Logger } from '../../../../node/logger.ts'
import { Registry } from '../../../../node/registry/registry.ts'
import type { Store } from '../../../../node/store/store.ts'
import { decodeEntry, type Entry } from '../../../../protocol/entry/entry.ts'
import { logOrigin, logVerifier } from '../../../../protocol/roster.ts'
import { copyUpTo, noteOf, openSigningLedger, openSigningLog } from '../../log/support/logs.ts'
import { TestDisk } from '../../log/support/test-disk.ts'
import { genesisOf, handleOf, keyOf, NETWORK, roster, SELF, WRITERS } from './entries.ts'

/** People of whom `Reader.fold` tells: `person 0` and so on. */
export const PEOPLE = 12

/** The three logs, on one disk. */
export class Writers {
  readonly names = WRITERS
  readonly #disk: TestDisk
  readonly #logs: ReadonlyMap<string, Log>
  readonly #notes = new Map<string, string>()

  private constructor(disk: TestDisk, logs: ReadonlyMap<string, Log>) {
    this.#disk = disk
    this.#logs = logs
    for (const log of logs.values()) {
      const note = (): void => void this.#notes.set(`${log.name} ${log.size}`, noteOf(log))
      note()
      log.onGrown(note)
    }
  }

  static async open(): Promise<Writers> {
    const disk = await TestDisk.create()
    const store = await disk.open()
    const logs = new Map<string, Log>()
    for (const name of WRITERS) {
      const origin = logOrigin(NETWORK, name)
      const node = roster.nodes.find((listed) => listed.name === name)!
      const keys = { signer: noteSigner(origin, keyOf(name)), verifier: logVerifier(NETWORK, node) }
      const options = { name, origin, genesis: () => genesisOf(name) }
      logs.set(name, await openSigningLog(options, { store, anchors: disk.anchors, ...keys }))
    }
    return new Writers(disk, logs)
  }

  log(name: string): Log {
    return this.#logs.get(name)!
  }

  size(name: string): number {
    return this.log(name).size
  }

  /** One after the other, so that there is a checkpoint of every size. */
  async append(name: string, ...entries: readonly { bytes: Uint8Array }[]): Promise<void> {
    for (const { bytes } of entries) await this.log(name).append(bytes)
  }

  /** What the log signed when it had so many entries. */
  noteAt(name: string, size: number): string {
    return this.#notes.get(`${name} ${size}`)!
  }

  async close(): Promise<void> {
    await this.#disk.remove()
  }
}

/** A clock that stands still until its timers are made to end. */
class StillClock implements Clock {
  readonly #timers = new Set<() => void>()
  time = 0

  now(): number {
    return this.time
  }

  sleep(): Promise<void> {
    return new Promise(() => undefined)
  }

  timer(_: number, then: () => void): () => void {
    this.#timers.add(then)
    return () => this.#timers.delete(then)
  }

  expire(): void {
    for (const then of this.#timers) then()
  }
}

export class Reader {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly clock: StillClock
  /** The fields of every warning. */
  readonly warnings: { log?: string; index?: number }[] = []
  readonly #disk: TestDisk

  private constructor(disk: TestDisk, store: Store, ledger: Ledger, clock: StillClock) {
    const warn = (_: string, fields = {}): void => void this.warnings.push(fields)
    const logger: Logger = { ...silentLogger, warn, error: warn }
    this.#disk = disk
    this.ledger = ledger
    this.clock = clock
    const modules = { ledger, shelf: new RecordShelf({ store }), clock: this.clock, logger }
    this.registry = new Registry({ self: SELF, roster }, modules)
  }

  static async open(): Promise<Reader> {
    const disk = await TestDisk.create()
    const store = await disk.open()
    const options = { self: SELF, roster, genesis: () => genesisOf(SELF) }
    const clock = new StillClock()
    const modules = { store, anchors: disk.anchors, key: keyOf(SELF), clock }
    return new Reader(disk, store, await openSigningLedger(options, modules), clock)
  }

  /** Copies a log up to `size`, and lets the registry know. */
  async take(writers: Writers, name: string, size: number): Promise<void> {
    const mirror = this.ledger.mirrors.get(name)!
    await copyUpTo(mirror, writers.log(name).stored, writers.noteAt(name, size))
    this.ledger.grown(name)
  }

  async takeAll(writers: Writers): Promise<void> {
    for (const name of writers.names) await this.take(writers, name, writers.size(name))
    await this.registry.settled()
  }

  /** Appends to the reader's own log, and waits until it is folded. */
  async append(...entries: readonly { bytes: Uint8Array }[]): Promise<void> {
    for (const { bytes } of entries) await this.ledger.own.append(bytes)
    await this.registry.settled()
  }

  /** All entries of the reader's own log. */
  async written(): Promise<Entry[]> {
    const { stored, size } = this.ledger.own
    return (await stored.entries(0, size)).map((bytes) => decodeEntry(bytes))
  }

  /** All that the register says, as text, with what `more` says of it. */
  fold(more: (registry: Registry) => unknown = () => undefined): string {
    const { registry } = this
    const lines = Array.from({ length: PEOPLE }, (_, i) => {
      const handle = handleOf(`person ${i}`)
      const { accesses, lives, watchList } = registry
      const watch = watchList.causeOf(handle)
      return [registry.person(handle), lives.life(handle), watch, accesses.of(handle, 0)]
    })
    const { people, laws, cases } = registry
    const about = [people, laws.policies, cases.open(0, 1), cases.statistics(), more(registry)]
    const counted = [kindsOf(registry), registry.frontier()]
    return JSON.stringify([lines, about, counted], (_, value: unknown) => {
      return value instanceof Uint8Array ? toHex(value) : value
    })
  }

  async close(): Promise<void> {
    await this.registry.close()
    await this.#disk.remove()
  }
}

/** Entries by kind, in an order of their own. */
export function kindsOf({ entries }: Registry): [string, number][] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
