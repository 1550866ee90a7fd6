/** A log with its key, entries to put into it, and an independent idea of its tree. */
import { utf8 } from '../../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import { hashLeaf, sha256, type Hash } from '../../../../crypto/hash.ts'
import { RightEdge } from '../../../../crypto/merkle/right-edge.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../../../crypto/note.ts'
import { Log } from '../../../../node/log/log.ts'
import { Mirror } from '../../../../node/log/mirror.ts'
import type { StoredLog } from '../../../../node/log/stored-log.ts'
import type { Store } from '../../../../node/store/store.ts'
import { encodeEntry } from '../../../../protocol/entry/entry.ts'
import { PAGE_ENTRIES_MAX } from '../../../../protocol/limits.ts'
import type { Page } from '../../../../protocol/message/page.ts'

export const NAME = 'almaty'
export const ORIGIN = `test.registry.kz/${NAME}/log/0`

const ownKey = signerFromSeed(sha256(utf8('test log key')))

export const signer = noteSigner(ORIGIN, ownKey)
export const verifier = noteVerifier(formatVkey(ORIGIN, ownKey.publicKey))

/** Another key under the log's own name. */
export const stranger = noteSigner(ORIGIN, signerFromSeed(sha256(utf8('another key'))))

/** The log's own key under another name. */
export const OTHER_ORIGIN = 'test.registry.kz/astana/log/0'
export const otherwise = noteSigner(OTHER_ORIGIN, ownKey)

export function openLog(store: Store): Promise<Log> {
  return Log.open(
    { name: NAME, origin: ORIGIN, genesis: () => entry(0) },
    { store, signer, verifier },
  )
}

export function openMirror(store: Store): Promise<Mirror> {
  return Mirror.open({ name: NAME, origin: ORIGIN }, { store, verifier })
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
