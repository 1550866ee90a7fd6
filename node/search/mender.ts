/**
 * Mends what a disk has lost: asks the other replicas of the shard for sealed records that are
 * missing or damaged here, again and again until it has them.
 *
 * What a replica sends is believed as far as it can be opened and is what the leaf commits to. What
 * was destroyed here is not asked for.
 */
import { toHex } from '../../crypto/bytes.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { holdersOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { MEND_DELAY_MS, MEND_EVERY_MS, MENDS_MAX } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Enrolled } from '../registry/registry.ts'
import type { Vault } from '../vault/vault.ts'
import { fetchRecord } from './fetch-record.ts'
import type { ShardKeeper } from './shard-keeper.ts'

interface MenderModules {
  readonly keeper: ShardKeeper
  readonly vault: Vault
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

export class Mender {
  readonly #options: { self: string; roster: Roster }
  readonly #modules: MenderModules
  #cancel: (() => void) | undefined
  #mending: Promise<void> | undefined
  #closed = false

  constructor(options: { self: string; roster: Roster }, modules: MenderModules) {
    this.#options = options
    this.#modules = modules
  }

  start(): void {
    this.#modules.keeper.onMissing(() => this.#soon(MEND_DELAY_MS))
    if (this.#modules.keeper.missing > 0) this.#soon(MEND_DELAY_MS)
  }

  /** Asks for no more; resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#mending
  }

  #soon(ms: number): void {
    if (this.#closed || this.#cancel || this.#mending) return
    this.#cancel = this.#modules.clock.timer(ms, () => {
      this.#cancel = undefined
      this.#mending = this.#rounds().finally(() => {
        this.#mending = undefined
        if (this.#modules.keeper.missing > 0) this.#soon(MEND_EVERY_MS)
      })
    })
  }

  /** One after the other while they bring something: a whole disk may have been lost. */
  async #rounds(): Promise<void> {
    while ((await this.#round()) > 0 && !this.#closed);
  }

  /** Returns how many people can be searched again. */
  async #round(): Promise<number> {
    const { keeper } = this.#modules
    const silent = new Set<string>()
    let taken = 0
    for (const enrolled of keeper.missingRecords(MENDS_MAX)) {
      if (this.#closed) break
      if (!(await this.#fetch(enrolled, silent))) continue
      if (await keeper.take(enrolled)) taken += 1
    }
    return taken
  }

  /** Whether the record is here now. Who cannot be reached is not asked again in this round. */
  async #fetch(enrolled: Enrolled, silent: Set<string>): Promise<boolean> {
    const { self, roster } = this.#options
    // Who was a replica before may still have what the replicas of now have to get.
    const replicas = holdersOf(enrolled.shard, roster).filter((name) => name !== self)
    for (const replica of replicas) {
      if (silent.has(replica) || this.#closed) continue
      try {
        await fetchRecord(replica, enrolled, this.#modules)
        const about = { handle: toHex(enrolled.handle), replica }
        this.#modules.logger.info('a sealed record is here again', about)
        return true
      } catch (error) {
        const { code, message } = asTamgaError(error)
        if (code === 'unreachable' || code === 'deadline') silent.add(replica)
        this.#modules.logger.debug('no sealed record', { replica, code, reason: message })
      }
    }
    return false
  }
}
