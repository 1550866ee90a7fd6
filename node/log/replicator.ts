/**
 * Keeps the mirrors up with the logs: announces the own log's growth, hears the others', asks a
 * peer now and then what was missed, and pulls pages until a mirror stands where a checkpoint says.
 *
 * Any peer may deliver any log, its own or a mirror's: the proofs say whether it is right. One
 * catch-up runs a log at a time; checkpoints that come meanwhile are covered by the next.
 */
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { PAGE_BYTES_MAX, PAGE_ENTRIES_MAX } from '../../protocol/limits.ts'
import { CHECKPOINTS, heads, HEADS, type Head } from '../../protocol/message/head.ts'
import { pageRequests, pages, PAGES } from '../../protocol/message/page.ts'
import type { Clock } from '../clock.ts'
import { ANNOUNCE_DELAY_MS, HEADS_POLL_MS, PULL_AHEAD, PULL_TIMEOUT_MS } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Ledger } from './ledger.ts'
import type { Mirror } from './mirror.ts'

interface ReplicatorModules {
  readonly ledger: Ledger
  readonly mesh: Mesh
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

interface Offer {
  readonly from: string
  readonly head: Head
}

export class Replicator {
  readonly #modules: ReplicatorModules
  readonly #pulling = new Map<string, Promise<void>>()
  /** The newest offer for each log: an older one is not worth keeping. */
  readonly #wanted = new Map<string, Offer>()
  #announcing: (() => void) | undefined
  #polling: (() => void) | undefined
  #closed = false

  constructor(modules: ReplicatorModules) {
    this.#modules = modules
  }

  start(): void {
    const { ledger, mesh } = this.#modules
    mesh.serve(HEADS, async () => heads.encode(ledger.heads()))
    mesh.serve(PAGES, async (request) => this.#servePage(request))
    mesh.listen(CHECKPOINTS, (bytes, from) => this.#hear(bytes, from))
    ledger.own.onGrown(() => this.#announceSoon())
    this.#announceSoon()
    this.#pollSoon()
  }

  /** Pulls no more; resolves when the pages that were on their way are written or given up. */
  async close(): Promise<void> {
    this.#closed = true
    this.#announcing?.()
    this.#polling?.()
    await Promise.allSettled(this.#pulling.values())
  }

  /**
   * Pulls from `from` whatever it has that is missing here. Resolves when there is nothing more.
   */
  async catchUp(from: string, offered: readonly Head[]): Promise<void> {
    await Promise.all(
      offered.map(async (head) => {
        const mirror = this.#modules.ledger.mirrors.get(head.log)
        if (!mirror || mirror.quarantined || head.checkpoint === mirror.checkpoint) return
        this.#wanted.set(head.log, { from, head })
        const pulling = this.#pulling.get(head.log) ?? this.#pullWanted(mirror)
        this.#pulling.set(head.log, pulling)
        await pulling
      }),
    )
  }

  async #pullWanted(mirror: Mirror): Promise<void> {
    for (
      let next = this.#take(mirror.name);
      next && !this.#closed;
      next = this.#take(mirror.name)
    ) {
      try {
        await this.#pull(mirror, next.head, next.from)
      } catch (error) {
        this.#complain(mirror.name, next.from, error)
      }
    }
    this.#pulling.delete(mirror.name)
  }

  #take(log: string): Offer | undefined {
    const offer = this.#wanted.get(log)
    this.#wanted.delete(log)
    return offer
  }

  async #pull(mirror: Mirror, head: Head, from: string): Promise<void> {
    const checkpoint = await this.#held(from, async () => mirror.check(head.checkpoint))
    const size = Number(checkpoint.size)
    if (size <= mirror.size) return
    const ahead: Promise<Uint8Array>[] = []
    let next = mirror.copied
    while (mirror.copied < size && !this.#closed) {
      while (next < size && ahead.length < PULL_AHEAD) {
        ahead.push(this.#page(from, mirror.name, next, size))
        next = packageEnd(next, size)
      }
      const start = mirror.copied
      const expected = packageEnd(start, size)
      const bytes = await ahead.shift()!
      const page = await this.#held(from, async () => pages.decode(bytes))
      // In the middle of a package a proof also fails when it is our beginning that is of another
      // history: then it says nothing against whoever delivered the rest.
      if (start % PAGE_ENTRIES_MAX > 0) await mirror.add(page, checkpoint)
      else await this.#held(from, async () => mirror.add(page, checkpoint))
      // A page may end early, at its limit of bytes: then what was asked for ahead does not follow.
      if (mirror.copied !== expected) {
        await Promise.allSettled(ahead.splice(0))
        next = mirror.copied
      }
    }
    if (this.#closed) return
    await mirror.finish(checkpoint)
    this.#modules.ledger.grown(mirror.name)
  }

  /** What a peer sent is held against it if it does not bear checking. */
  async #held<T>(from: string, check: () => Promise<T>): Promise<T> {
    try {
      return await check()
    } catch (error) {
      const { code } = asTamgaError(error)
      // Two histories are on the account of the log's key, not of whoever passed one on.
      if (code !== 'equivocation') this.#modules.mesh.blame(from, code)
      throw error
    }
  }

  #page(from: string, log: string, start: number, size: number): Promise<Uint8Array> {
    const { mesh, clock } = this.#modules
    const deadline = clock.now() + PULL_TIMEOUT_MS
    const page = mesh.call(from, PAGES, pageRequests.encode({ log, start, size }), { deadline })
    // Pages asked for ahead may fail while an earlier one is still being written.
    page.catch(() => undefined)
    return page
  }

  async #servePage(request: Uint8Array): Promise<Uint8Array> {
    const { log, start, size } = pageRequests.decode(request)
    const { ledger } = this.#modules
    if (size > ledger.size(log) || start >= size) {
      throw new TamgaError('not-found', `${log} has no entry ${start} below ${size} here`)
    }
    const stored = ledger.stored(log)
    const packageStart = start - (start % PAGE_ENTRIES_MAX)
    const wanted = await stored.entries(start, Math.min(size, packageStart + PAGE_ENTRIES_MAX))
    const entries = fitting(wanted)
    const proof = await stored.subtree(packageStart, start + entries.length, size)
    return pages.encode({ entries, proof })
  }

  #hear(bytes: Uint8Array, from: string): void {
    try {
      void this.catchUp(from, heads.decode(bytes))
    } catch (error) {
      this.#complain('announcement', from, error)
    }
  }

  #announceSoon(): void {
    if (this.#announcing || this.#closed) return
    const { clock, ledger, mesh } = this.#modules
    this.#announcing = clock.timer(ANNOUNCE_DELAY_MS, () => {
      this.#announcing = undefined
      const { name: log, checkpoint } = ledger.own
      mesh.announce(CHECKPOINTS, heads.encode([{ log, checkpoint }]))
    })
  }

  #pollSoon(): void {
    if (this.#closed) return
    this.#polling = this.#modules.clock.timer(HEADS_POLL_MS, () => {
      void this.#poll().finally(() => this.#pollSoon())
    })
  }

  /** Asks one connected peer, chosen at random, for all heads it has. */
  async #poll(): Promise<void> {
    const { mesh, random, clock } = this.#modules
    const connected = mesh.connected()
    if (connected.length === 0) return
    const peer = connected[random.bytes(1)[0]! % connected.length]!
    try {
      const deadline = clock.now() + PULL_TIMEOUT_MS
      const offered = heads.decode(await mesh.call(peer, HEADS, new Uint8Array(), { deadline }))
      // Not waited for: a peer that stalls in the middle of a log must not keep us from the others.
      void this.catchUp(peer, offered)
    } catch (error) {
      this.#complain('heads', peer, error)
    }
  }

  #complain(what: string, peer: string, thrown: unknown): void {
    const { code, message } = asTamgaError(thrown)
    const fields = { what, peer, code, reason: message }
    if (code === 'equivocation') this.#modules.logger.error('a log contradicts itself', fields)
    else this.#modules.logger.debug('could not catch up', fields)
  }
}

/** Where the package ends that holds entry `index`, or the log if that is sooner. */
function packageEnd(index: number, size: number): number {
  return Math.min(size, index - (index % PAGE_ENTRIES_MAX) + PAGE_ENTRIES_MAX)
}

/** As many entries from the first on as a page may hold, but one at least. */
function fitting(entries: readonly Uint8Array[]): Uint8Array[] {
  let bytes = 0
  const past = entries.findIndex((entry) => (bytes += entry.length) > PAGE_BYTES_MAX)
  return entries.slice(0, past < 0 ? entries.length : Math.max(1, past))
}
