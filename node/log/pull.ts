/**
 * Pulling: pages of a log from one peer, a few asked for ahead, until the copy stands where a
 * checkpoint says. Each page is verified before it is written, so a pull that breaks off has lost
 * nothing and the next one goes on where it stopped.
 */
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import { pageRequests, pages, PAGES, type Page } from '../../protocol/message/page.ts'
import type { Clock } from '../clock.ts'
import { PULL_AHEAD, PULL_TIMEOUT_MS } from '../limits.ts'
import type { Mesh } from '../mesh/mesh.ts'

/** What is filled: a mirror, or the own log that has lost its entries. */
export interface Copy {
  readonly name: string
  /** Entries that are there, among them those beyond its checkpoint. */
  readonly copied: number
  /** @throws TamgaError `bad-proof`; `storage` */
  add(page: Page, checkpoint: OpenedCheckpoint): Promise<void>
  /** @throws TamgaError `bad-proof`; `storage` */
  finish(checkpoint: OpenedCheckpoint): Promise<void>
}

interface PullModules {
  readonly mesh: Mesh
  readonly clock: Clock
  readonly isClosed: () => boolean
}

/** Resolves when the copy covers the checkpoint, or when everything is being closed. */
export async function pull(
  copy: Copy,
  checkpoint: OpenedCheckpoint,
  from: string,
  modules: PullModules,
): Promise<void> {
  const { mesh, isClosed } = modules
  const size = Number(checkpoint.size)
  const ahead: Promise<Uint8Array>[] = []
  let next = copy.copied
  while (copy.copied < size && !isClosed()) {
    while (next < size && ahead.length < PULL_AHEAD) {
      ahead.push(askPage(copy.name, next, size, from, modules))
      next = packageEnd(next, size)
    }
    const start = copy.copied
    const expected = packageEnd(start, size)
    const bytes = await ahead.shift()!
    const page = await held(from, mesh, async () => pages.decode(bytes))
    // In the middle of a package a proof also fails when it is our beginning that is of another
    // history: then it says nothing against whoever delivered the rest.
    const isWhole = start % PAGE_ENTRIES_MAX === 0
    if (isWhole) await held(from, mesh, async () => copy.add(page, checkpoint))
    else await copy.add(page, checkpoint)
    // A page may end early, at its limit of bytes: then what was asked for ahead does not follow.
    if (copy.copied !== expected) {
      await Promise.allSettled(ahead.splice(0))
      next = copy.copied
    }
  }
  if (!isClosed()) await copy.finish(checkpoint)
}

/** What a peer sent is held against it if it does not bear checking. */
export async function held<T>(from: string, mesh: Mesh, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    const { code } = asTamgaError(error)
    // Two histories are on the account of the log's key, not of whoever passed one on.
    if (code !== 'equivocation') mesh.blame(from, code)
    throw error
  }
}

function askPage(
  log: string,
  start: number,
  size: number,
  from: string,
  { mesh, clock }: PullModules,
): Promise<Uint8Array> {
  const deadline = clock.now() + PULL_TIMEOUT_MS
  const page = mesh.call(from, PAGES, pageRequests.encode({ log, start, size }), { deadline })
  // Pages asked for ahead may fail while an earlier one is still being written.
  page.catch(() => undefined)
  return page
}

/** Where the package ends that holds entry `index`, or the log if that is sooner. */
function packageEnd(index: number, size: number): number {
  return Math.min(size, index - (index % PAGE_ENTRIES_MAX) + PAGE_ENTRIES_MAX)
}
