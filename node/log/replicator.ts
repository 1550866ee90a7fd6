/**
 * Keeps the mirrors up with the logs: hears which checkpoints there are, asks a peer now and then
 * what was missed, pulls until a mirror stands where a checkpoint says, and then cosigns: "I hold
 * all of it, durably".
 *
 * Any peer may deliver any log, its own or a mirror's: the proofs say whether it is right. One
 * catch-up runs a log at a time; checkpoints that come meanwhile are covered by the next.
 */
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { cosignCheckpoint, type Cosigner } from '../../crypto/cosignature.ts'
import { parseNote } from '../../crypto/note.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { CHECKPOINTS, heads, HEADS, type Head } from '../../protocol/message/head.ts'
import { MIRRORED, mirroreds } from '../../protocol/message/mirrored.ts'
import type { Clock } from '../clock.ts'
import {
  ANNOUNCE_DELAY_MS,
  HEADS_POLL_MS,
  HEARD_NOTES_MAX,
  PULL_TIMEOUT_MS,
  WITNESS_TIMEOUT_MS,
} from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Random } from '../random.ts'
import type { Accuser } from './accuser.ts'
import { investigate } from './investigation.ts'
import type { Ledger } from './ledger.ts'
import type { Mirror } from './mirror.ts'
import { held, pull } from './pull.ts'

interface ReplicatorModules {
  readonly ledger: Ledger
  readonly accuser: Accuser
  /** Says what this node holds as a mirror. */
  readonly cosigner: Cosigner
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
  /** Sizes that a log's own node knows to be mirrored here, or is being told of. */
  readonly #told = new Map<string, number>()
  /** Notes of each log, the latest, that say nothing new any more: verifying them costs. */
  readonly #heard = new Map<string, Set<string>>()
  #announcing: (() => void) | undefined
  #polling: (() => void) | undefined
  #closed = false

  constructor(modules: ReplicatorModules) {
    this.#modules = modules
  }

  start(): void {
    const { ledger, mesh } = this.#modules
    mesh.serve(HEADS, async () => heads.encode(ledger.heads()))
    mesh.listen(CHECKPOINTS, (bytes, from) => this.#hear(bytes, from))
    ledger.witness.onSeen((from, log, checkpoint) => void this.#shown(from, log, checkpoint))
    ledger.onCosigned(() => this.#announceSoon())
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
        if (!mirror || mirror.quarantined || this.#isHeard(head)) return
        this.#wanted.set(head.log, { from, head })
        const pulling = this.#pulling.get(head.log) ?? this.#pullWanted(mirror)
        this.#pulling.set(head.log, pulling)
        await pulling
      }),
    )
  }

  /** Whoever shows its own checkpoint to a witness may have been started anew, and be unaware. */
  async #shown(from: string, log: string, checkpoint: string): Promise<void> {
    if (from === log) this.#told.delete(log)
    await this.catchUp(from, [{ log, checkpoint }])
    const mirror = this.#modules.ledger.mirrors.get(log)
    if (mirror && !mirror.quarantined && !this.#closed) await this.#tell(mirror)
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
    const { mesh, clock, ledger } = this.#modules
    const checkpoint = await held(from, mesh, async () => mirror.check(head.checkpoint))
    if (checkpoint.size > BigInt(mirror.size)) {
      try {
        await pull(mirror, checkpoint, from, { mesh, clock, isClosed: () => this.#closed })
      } catch (error) {
        await this.#failed(mirror, checkpoint, from, error)
      }
      if (this.#closed) return
      await this.#compare(mirror, checkpoint)
      ledger.grown(mirror.name)
      void this.#tell(mirror)
    }
    await mirror.witness(checkpoint)
    if (checkpoint.size <= BigInt(mirror.size)) this.#remember(head)
  }

  /** What this node has cosigned as a witness must be in what it then gets as a mirror. */
  async #compare(mirror: Mirror, { note }: OpenedCheckpoint): Promise<void> {
    const last = this.#modules.ledger.witness.last(mirror.name)
    if (last !== undefined && last !== note) await mirror.check(last)
  }

  #isHeard({ log, checkpoint }: Head): boolean {
    return this.#heard.get(log)?.has(checkpoint) ?? false
  }

  /** A Set keeps insertion order, so the first is the oldest. */
  #remember({ log, checkpoint }: Head): void {
    const notes = this.#heard.get(log) ?? new Set()
    this.#heard.set(log, notes.add(checkpoint))
    const [oldest] = notes
    if (notes.size > HEARD_NOTES_MAX) notes.delete(oldest!)
  }

  /** A pull that broke off for want of a proof may have met a second history. */
  async #failed(
    mirror: Mirror,
    checkpoint: OpenedCheckpoint,
    from: string,
    error: unknown,
  ): Promise<never> {
    if (asTamgaError(error).code === 'bad-proof') {
      await investigate(mirror, checkpoint, from, this.#modules)
      await mirror.forget()
    }
    throw error
  }

  /** Tells the log's own node that all up to the mirror's checkpoint is durably here. */
  async #tell(mirror: Mirror): Promise<void> {
    const { mesh, clock, cosigner, logger } = this.#modules
    const { name, size, checkpoint } = mirror
    if (checkpoint === undefined || (this.#told.get(name) ?? 0) >= size) return
    const { text } = parseNote(checkpoint)
    const line = cosignCheckpoint(text, cosigner, Math.floor(clock.now() / 1_000))
    const deadline = clock.now() + WITNESS_TIMEOUT_MS
    this.#told.set(name, size)
    try {
      await mesh.call(name, MIRRORED, mirroreds.encode({ text, line }), { deadline })
    } catch (error) {
      if (this.#told.get(name) === size) this.#told.delete(name)
      const { code } = asTamgaError(error)
      logger.debug('a log was not told that it is mirrored', { log: name, code })
    }
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
      const own = ledger.heads().filter(({ log }) => log === ledger.own.name)
      if (own.length > 0) mesh.announce(CHECKPOINTS, heads.encode(own))
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
    const { mesh, random, clock, accuser, ledger } = this.#modules
    const connected = mesh.connected()
    if (connected.length === 0) return
    const peer = connected[random.bytes(1)[0]! % connected.length]!
    for (const mirror of ledger.mirrors.values()) {
      if (connected.includes(mirror.name)) void this.#tell(mirror)
    }
    try {
      const deadline = clock.now() + PULL_TIMEOUT_MS
      const offered = heads.decode(await mesh.call(peer, HEADS, new Uint8Array(), { deadline }))
      // Not waited for: a peer that stalls in the middle of a log must not keep us from the others.
      void this.catchUp(peer, offered)
    } catch (error) {
      this.#complain('heads', peer, error)
    }
    await accuser.pull(peer)
  }

  #complain(what: string, peer: string, thrown: unknown): void {
    const { code, message } = asTamgaError(thrown)
    const fields = { what, peer, code, reason: message }
    if (code === 'equivocation') this.#modules.logger.error('a log contradicts itself', fields)
    else this.#modules.logger.debug('could not catch up', fields)
  }
}
