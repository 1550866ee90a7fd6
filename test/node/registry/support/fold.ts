/** Three logs that enrol people, and a node that has mirrors of them, fed by hand. */
import { toHex, utf8 } from '../../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { noteSigner } from '../../../../crypto/note.ts'
import type { Clock } from '../../../../node/clock.ts'
import { Ledger } from '../../../../node/log/ledger.ts'
import { Log } from '../../../../node/log/log.ts'
import { silentLogger, type Logger } from '../../../../node/logger.ts'
import { Registry } from '../../../../node/registry/registry.ts'
import { encodeEntry } from '../../../../protocol/entry/entry.ts'
import type { Query } from '../../../../protocol/entry/query.ts'
import { signReceipt, type Receipt } from '../../../../protocol/receipt.ts'
import { logOrigin, logVerifier, type Roster } from '../../../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../../../protocol/shards.ts'
import { signStatement, type Statement } from '../../../../protocol/statement.ts'
import { copyUpTo } from '../../log/support/logs.ts'
import { TestDisk } from '../../log/support/test-disk.ts'

const NETWORK = 'test.registry.kz'
const SELF = 'reader'
const WRITERS = ['almaty', 'astana', 'shymkent'] as const

export const officers = {
  registrar: keyOf('registrar'),
  /** May ask, and not enrol. */
  guard: keyOf('guard'),
  stranger: keyOf('stranger'),
}

export const roster: Roster = {
  network: NETWORK,
  epoch: 1,
  shards: 4,
  replicas: 2,
  nodes: [...WRITERS, SELF].map((name) => {
    const { publicKey } = keyOf(name)
    return { name, publicKey, boxKey: sha256(publicKey), address: `/memory/${name}` }
  }),
  officers: [
    { name: 'registrar', publicKey: officers.registrar.publicKey, may: ['enrol', 'verify'] },
    { name: 'guard', publicKey: officers.guard.publicKey, may: ['identify', 'verify'] },
  ],
}

export interface EnrolmentOptions {
  /** Tells enrolments of one handle apart. */
  readonly salt?: string
  readonly officer?: (typeof officers)['registrar']
  readonly statement?: Partial<Statement>
  readonly shard?: (own: number) => number
  /** In whose log it is to count. */
  readonly home?: (typeof WRITERS)[number]
  /** What becomes of the receipts. */
  readonly receipts?: (given: Receipt[]) => Receipt[]
  /** Whether a bit of the signature is wrong. */
  readonly flip?: boolean
}

export function handleOf(person: string): Uint8Array {
  return sha256(utf8(person)).subarray(0, 16)
}

export function enrolment(person: string, options: EnrolmentOptions = {}) {
  const { salt = '', officer = officers.registrar, statement = {}, flip = false } = options
  const handle = handleOf(person)
  const commitment = sha256(utf8(`${person} ${salt}`))
  const signed = signStatement({ ...said('enrol'), handle, ...statement }, officer)
  const signature = signed.signature.with(5, signed.signature[5]! ^ (flip ? 1 : 0))
  const own = shardOf(handle, roster)
  const shard = options.shard?.(own) ?? own
  const { payloadDigest } = said('enrol')
  const deposited = { home: options.home ?? 'almaty', handle, commitment, payloadDigest }
  const given = replicasOf(shard, roster).map((replica) => {
    return { replica, signature: signReceipt(deposited, keyOf(replica)) }
  })
  const entry = {
    type: 'enrolment' as const,
    at: 1,
    handle,
    shard,
    commitment,
    policy: 'test',
    ...signed,
    signature,
    duplicateCheck: handle,
    frontier: [],
    receipts: options.receipts?.(given) ?? given,
  }
  return { bytes: encodeEntry(entry), commitment }
}

export function query(label: string): { bytes: Uint8Array; entry: Query } {
  const queryId = handleOf(label)
  const signed = signStatement(said('identify'), officers.guard)
  const entry: Query = {
    type: 'query',
    at: 1,
    queryId,
    ...signed,
    threshold: 1,
    limit: 1,
    frontier: [],
  }
  return { bytes: encodeEntry(entry), entry }
}

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
      const note = (): void => void this.#notes.set(`${log.name} ${log.size}`, log.checkpoint)
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
      logs.set(name, await Log.open(options, { store, ...keys }))
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

  now(): number {
    return 0
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
  readonly clock = new StillClock()
  /** The fields of every warning. */
  readonly warnings: { log?: string; index?: number }[] = []
  readonly #disk: TestDisk

  private constructor(disk: TestDisk, ledger: Ledger) {
    const warn = (_: string, fields = {}): void => void this.warnings.push(fields)
    const logger: Logger = { ...silentLogger, warn, error: warn }
    this.#disk = disk
    this.ledger = ledger
    this.registry = new Registry({ roster }, { ledger, clock: this.clock, logger })
  }

  static async open(): Promise<Reader> {
    const disk = await TestDisk.create()
    const store = await disk.open()
    const signer = noteSigner(logOrigin(NETWORK, SELF), keyOf(SELF))
    const options = { self: SELF, roster, genesis: () => genesisOf(SELF) }
    return new Reader(disk, await Ledger.open(options, { store, signer }))
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

  /** All that the register says, as text. */
  fold(): string {
    const { registry } = this
    const people = Array.from({ length: 12 }, (_, i) => registry.person(handleOf(`person ${i}`)))
    const lines = people.map((person) => {
      return person && [person.log, person.index, toHex(person.leaf), toHex(person.commitment)]
    })
    return JSON.stringify([lines, registry.people, kindsOf(registry), registry.frontier()])
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

function said(action: Statement['action']): Statement {
  const handle = action === 'identify' ? undefined : handleOf('nobody')
  const why = { purpose: 'test', caseNumber: '1', legalBasis: '' }
  const payloadDigest = sha256(utf8('payload'))
  return { network: NETWORK, action, ...why, at: 1, handle, payloadDigest }
}

function genesisOf(node: string): Uint8Array {
  const rosterDigest = sha256(utf8('roster'))
  return encodeEntry({ type: 'genesis', at: 0, network: NETWORK, node, rosterDigest })
}

function keyOf(name: string) {
  return signerFromSeed(sha256(utf8(`registry/${name}`)))
}
