/**
 * Carries out what two officers have decided: destroys the keys of every sealed record of the
 * person that this node keeps, says so in its own log, and forgets whose handle it was.
 *
 * The fold alone takes the person out of every search, at once. This comes after, since it cannot
 * be undone: only when nothing can come any more that makes the erasure void. Each of its steps may
 * be done again, so a crash between two of them costs nothing: whoever is erased is heard of again
 * at the next start.
 */
import { toHex } from '../../crypto/bytes.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { shardOf } from '../../protocol/shards.ts'
import type { Clock } from '../clock.ts'
import { ERASURE_RETRY_MS } from '../limits.ts'
import { onEpoch } from '../live-roster.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { ErasureAct } from '../registry/erasures.ts'
import type { HandleBook } from '../registry/handle-book.ts'
import type { Registry } from '../registry/registry.ts'
import type { Vault } from '../vault/vault.ts'
import { Gate } from './gate.ts'

interface EraserModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly vault: Vault
  readonly book: HandleBook
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

/** Somebody who is to be erased; as many as the register knows, and no more. */
interface Pending {
  readonly handle: Uint8Array
  /** What went wrong last, so that it is said once. */
  complaint?: string
}

export class Eraser {
  readonly #options: { self: string; roster: Roster }
  readonly #modules: EraserModules
  readonly #gate: Gate
  readonly #pending = new Map<string, Pending>()
  #cancel: (() => void) | undefined
  #erasing: Promise<void> | undefined
  #closed = false

  constructor(options: { self: string; roster: Roster }, modules: EraserModules) {
    this.#options = options
    this.#modules = modules
    this.#gate = new Gate(modules)
    modules.registry.onErasure(async (handle) => {
      this.#pending.set(toHex(handle), { handle })
      this.#soon(0)
    })
    // Whoever is to get a shard must not get whom somebody has erased.
    onEpoch(options.roster, () => {
      for (const handle of modules.registry.erasures.people()) {
        this.#pending.set(toHex(handle), { handle })
      }
      this.#soon(0)
    })
  }

  /** Persons of whom something may be left to destroy here. */
  get pending(): number {
    return this.#pending.size
  }

  /** Begins nothing more; resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#erasing
  }

  #soon(ms: number): void {
    if (this.#closed || this.#cancel || this.#erasing) return
    this.#cancel = this.#modules.clock.timer(ms, () => {
      this.#cancel = undefined
      this.#erasing = this.#round().finally(() => {
        this.#erasing = undefined
        if (this.#pending.size > 0) this.#soon(ERASURE_RETRY_MS)
      })
    })
  }

  async #round(): Promise<void> {
    // What this node has logged itself must be known, or it would be logged twice.
    await this.#modules.registry.settled()
    this.#gate.tryAgain()
    for (const [key, pending] of this.#pending) {
      if (this.#closed) return
      const isDone = await this.#attempt(pending)
      // It may have been heard of again meanwhile, because there is more of it.
      if (isDone && this.#pending.get(key) === pending) this.#pending.delete(key)
    }
  }

  async #attempt(pending: Pending): Promise<boolean> {
    try {
      return await this.#erase(pending.handle)
    } catch (error) {
      const { code, message: reason } = asTamgaError(error)
      const isNews = pending.complaint !== reason && code !== 'closed'
      if (isNews) this.#modules.logger.error('an erasure is not carried out', { code, reason })
      pending.complaint = reason
      return false
    }
  }

  async #erase(handle: Uint8Array): Promise<boolean> {
    const { erasures } = this.#modules.registry
    const act = erasures.of(handle)
    if (!act || (await this.#isDone(handle))) return true
    const isPast = await this.#gate.isPast(act)
    const now = erasures.of(handle)
    const isSame = now && toHex(now.leaf) === toHex(act.leaf)
    if (!isPast || !isSame || this.#closed) return false
    const isHere = (await this.#modules.vault.commitmentsOf(handle)).length > 0
    if (isHere || this.#isKeeper(handle)) await this.#destroy(handle, act)
    await this.#modules.book.forget(handle)
    return true
  }

  async #isDone(handle: Uint8Array): Promise<boolean> {
    const { vault, book } = this.#modules
    if ((await book.iinOf(handle)) !== undefined) return false
    if (!this.#isKeeper(handle)) return (await vault.commitmentsOf(handle)).length === 0
    const { toLog, committed } = this.#work(handle)
    if (toLog.length > 0) return false
    if (committed.some((commitment) => vault.state(commitment) !== 'destroyed')) return false
    return (await vault.commitmentsOf(handle)).length === 0
  }

  /** Every record first, those too that no enrolment came of; then the receipts. */
  async #destroy(handle: Uint8Array, act: ErasureAct): Promise<void> {
    const { vault, ledger, registry, clock, logger } = this.#modules
    const { committed } = this.#work(handle)
    const kept = await vault.commitmentsOf(handle)
    for (const commitment of [...committed, ...kept]) await vault.destroy(commitment, handle)
    const receipts = this.#work(handle).toLog.map((commitment) => {
      const receipt = { at: clock.now(), handle, commitment, erasure: act.leaf }
      return ledger.own.append(encodeEntry({ type: 'destroyed', ...receipt }))
    })
    await Promise.all(receipts)
    await registry.settled()
    logger.info('sealed records were destroyed', { count: committed.length })
  }

  /** What the person's enrolments commit to, and of that what has no receipt of this node yet. */
  #work(handle: Uint8Array): { committed: Uint8Array[]; toLog: Uint8Array[] } {
    const { registry } = this.#modules
    const committed = registry.enrolments(handle).map(({ commitment }) => commitment)
    const due = registry.erasures.due(handle)
    const own = due.filter(({ replica }) => replica === this.#options.self)
    return { committed, toLog: own.map(({ commitment }) => commitment) }
  }

  /** Whether records of the person may be here. */
  #isKeeper(handle: Uint8Array): boolean {
    const { self, roster } = this.#options
    const { moves } = this.#modules.registry
    return moves.keepersOf(shardOf(handle, roster)).includes(self)
  }
}
