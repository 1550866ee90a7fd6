/** A log with its key, entries to put into it, and an independent idea of its tree. */
import { utf8 } from '../../../../crypto/bytes.ts'
import { cosigner } from '../../../../crypto/cosignature.ts'
import { signerFromSeed, type Signer } from '../../../../crypto/ed25519.ts'
import { hashLeaf, sha256, type Hash } from '../../../../crypto/hash.ts'
import { RightEdge } from '../../../../crypto/merkle/right-edge.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../../../crypto/note.ts'
import { systemClock, type Clock } from '../../../../node/clock.ts'
import { Ledger, ownAnchor, type LedgerOptions } from '../../../../node/log/ledger.ts'
import { Log, type LogModules, type LogOptions } from '../../../../node/log/log.ts'
import { Mirror } from '../../../../node/log/mirror.ts'
import { Quarantine } from '../../../../node/log/quarantine.ts'
import type { StoredLog } from '../../../../node/log/stored-log.ts'
import { silentLogger } from '../../../../node/logger.ts'
import type { Anchors } from '../../../../node/store/anchor.ts'
import type { Store } from '../../../../node/store/store.ts'
import { encodeEntry } from '../../../../protocol/entry/entry.ts'
import { PAGE_ENTRIES_MAX } from '../../../../protocol/limits.ts'
import type { Page } from '../../../../protocol/message/page.ts'
import { witnessName } from '../../../../protocol/quorum.ts'
import { logOrigin, type Roster } from '../../../../protocol/roster.ts'
import type { TestDisk } from './test-disk.ts'

const NETWORK = 'test.registry.kz'
export const NAME = 'almaty'
export const ORIGIN = logOrigin(NETWORK, NAME)

const ownKey = signerFromSeed(sha256(utf8('test log key')))

export const signer = noteSigner(ORIGIN, ownKey)
export const verifier = noteVerifier(formatVkey(ORIGIN, ownKey.publicKey))

/** The key of a node of the roster. */
export function keyOf(name: string): Signer {
  return name === NAME ? ownKey : signerFromSeed(sha256(utf8(`test ${name}`)))
}

const nodes = [NAME, 'astana', 'shymkent'].map((name) => {
  const { publicKey } = keyOf(name)
  const mirrorKey = sha256(utf8(`mirror ${name}`))
  return { name, publicKey, boxKey: sha256(publicKey), mirrorKey, address: `/memory/${name}` }
})

/** Three nodes, of which the log's own is the first. */
export const ROSTER: Roster = {
  network: NETWORK,
  epoch: 1,
  shards: 1,
  replicas: 1,
  mirrors: 2,
  nodes,
  organisations: [],
}

const OWN = { name: NAME, origin: ORIGIN, genesis: () => entry(0) }

/** Another key under the log's own name. */
export const stranger = noteSigner(ORIGIN, signerFromSeed(sha256(utf8('another key'))))

/** The log's own key under another name. */
export const OTHER_ORIGIN = logOrigin(NETWORK, 'astana')
export const otherwise = noteSigner(OTHER_ORIGIN, ownKey)

/** Where a log is: its entries and, outside of them, its anchor. */
export interface Places {
  readonly store: Store
  readonly anchors: Anchors
}

/** Opens the log and lets it sign, after everything that was open on the disk is closed. */
export async function openLog(disk: TestDisk, store?: Store): Promise<Log> {
  return openLogAt(await placesOn(disk, store))
}

/** The same for reading only, as a start opens it: nobody was asked yet how far the log goes. */
export async function openToRead(disk: TestDisk, store?: Store): Promise<Log> {
  return openOwnLog(OWN, { ...(await placesOn(disk, store)), signer, verifier })
}

export async function openLogAt(places: Places): Promise<Log> {
  return openSigningLog(OWN, { ...places, signer, verifier })
}

/** Opens a log whose anchor is made if there is none, and lets it sign. */
export async function openSigningLog(
  options: LogOptions,
  modules: Omit<LogModules, 'anchor'> & Places,
): Promise<Log> {
  const log = await openOwnLog(options, modules)
  await log.permit()
  return log
}

type LedgerPlaces = Places & { readonly key: Signer; readonly clock?: Clock }

/** Makes a node's ledger with a log that signs, without asking anybody: nobody else has the key. */
export async function openSigningLedger(
  options: LedgerOptions,
  places: LedgerPlaces,
): Promise<Ledger> {
  await Ledger.init(options, places)
  const ledger = await openLedger(options, places)
  await ledger.own.permit()
  return ledger
}

export async function openLedger(
  options: LedgerOptions,
  { key, ...places }: LedgerPlaces,
): Promise<Ledger> {
  const { self, roster } = options
  return Ledger.open(options, {
    clock: systemClock,
    ...places,
    signer: noteSigner(logOrigin(roster.network, self), key),
    cosigner: cosigner(witnessName(roster, self), key),
    logger: silentLogger,
  })
}

async function openOwnLog(
  options: LogOptions,
  { anchors, ...modules }: Omit<LogModules, 'anchor'> & Places,
): Promise<Log> {
  const name = ownAnchor(options.name)
  const has = await anchors.has(name)
  const anchor = has ? await anchors.open(name) : await anchors.create(name, EMPTY)
  return Log.open(options, { ...modules, anchor })
}

const EMPTY = { value: new Uint8Array(), staged: new Uint8Array() }

async function placesOn(disk: TestDisk, store?: Store): Promise<Places> {
  const under = store ?? (await disk.open())
  await disk.anchors.release()
  return { store: under, anchors: disk.anchors }
}

export async function openMirror(store: Store): Promise<Mirror> {
  const quarantine = await openQuarantine(store)
  const options = { name: NAME, origin: ORIGIN, roster: ROSTER }
  return Mirror.open(options, { store, verifier, quarantine })
}

export async function openQuarantine(store: Store): Promise<Quarantine> {
  return Quarantine.open({ roster: ROSTER }, { store, logger: silentLogger })
}

/** The newest checkpoint of a log that has one. */
export function noteOf({ checkpoint }: { checkpoint: string | undefined }): string {
  if (checkpoint !== undefined) return checkpoint
  throw new Error('it has signed nothing yet')
}

/** A proper entry that no other number gives; `fork` tells two histories apart. */
export function entry(number: number, fork = ''): Uint8Array {
  const digest = sha256(utf8(`${number}/${fork}`))
  const queryId = digest.subarray(0, 16)
  return encodeEntry({
    type: 'search',
    at: number,
    queryId,
    asker: NAME,
    query: digest,
    part: digest,
  })
}

/** Entries `from` ≤ number < `to`. */
export function entriesOf(from: number, to: number, fork = ''): Uint8Array[] {
  return Array.from({ length: to - from }, (_, i) => entry(from + i, fork))
}

/** Grows a log to `size` entries. */
export async function growTo(log: Log, size: number, fork = ''): Promise<void> {
  await Promise.all(entriesOf(log.size, size, fork).map((bytes) => log.append(bytes)))
}

/** The root that entries make, computed from them alone. */
export function rootOf(entries: readonly Uint8Array[]): Hash {
  const edge = RightEdge.empty()
  for (const bytes of entries) edge.append(hashLeaf(bytes))
  return edge.root()
}

/** What an honest peer answers when asked for the page from `start` on, or a shorter one. */
export async function pageOf(
  log: StoredLog,
  start: number,
  size: number,
  most = PAGE_ENTRIES_MAX,
): Promise<Page> {
  const packageStart = start - (start % PAGE_ENTRIES_MAX)
  const end = Math.min(size, packageStart + PAGE_ENTRIES_MAX, start + most)
  const entries = await log.entries(start, end)
  return { entries, proof: await log.subtree(packageStart, end, size) }
}

/** Copies a log up to the checkpoint `note`, in pages of `most` entries, as a puller does. */
export async function copyUpTo(
  mirror: Mirror,
  log: StoredLog,
  note: string,
  most = PAGE_ENTRIES_MAX,
): Promise<void> {
  const checkpoint = await mirror.check(note)
  const size = Number(checkpoint.size)
  while (mirror.copied < size) {
    await mirror.add(await pageOf(log, mirror.copied, size, most), checkpoint)
  }
  await mirror.finish(checkpoint)
}
