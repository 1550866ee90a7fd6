/**
 * Takes part in the move of shards from one epoch to the next: says in the log which shards are
 * whole here, and lets go of those that all who have them now hold.
 *
 * A shard is whole when everybody is there whom the logs have in it, and so nothing is said before
 * the logs have come: others would let go of what has not been asked for yet.
 *
 * What is lacking is fetched by the `Mender`. Letting go begins with the keys: a crash leaves at
 * most records that nobody can open, and the rest is let go after the next start.
 */
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import type { Clock } from '../clock.ts'
import { MOVES_EVERY_MS } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import type { Registry } from '../registry/registry.ts'
import type { Vault } from '../vault/vault.ts'
import type { ShardKeeper } from './shard-keeper.ts'

interface MoverModules {
  readonly ledger: Ledger
  readonly registry: Registry
  readonly keeper: ShardKeeper
  readonly vault: Vault
  readonly clock: Clock
  readonly logger: Logger
}

export class Mover {
  readonly #options: { self: string; roster: Roster }
  readonly #modules: MoverModules
  #cancel: (() => void) | undefined
  #working: Promise<void> | undefined
  #closed = false

  constructor(options: { self: string; roster: Roster }, modules: MoverModules) {
    this.#options = options
    this.#modules = modules
  }

  start(): void {
    if (this.#closed) return
    this.#cancel = this.#modules.clock.timer(MOVES_EVERY_MS, () => {
      this.#working = this.#round().then(() => this.start())
    })
  }

  /** Begins nothing more; resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#working
  }

  async #round(): Promise<void> {
    const { roster } = this.#options
    const { ledger, registry, logger } = this.#modules
    const isReady = ledger.own.isSigning && registry.hasAllLogs
    if (!roster.past?.length || !isReady) return
    try {
      await this.#move(roster.epoch)
    } catch (error) {
      logger.warn('a shard does not move', { reason: asTamgaError(error).message })
    }
  }

  async #move(epoch: number): Promise<void> {
    const { self, roster } = this.#options
    const { ledger, registry, keeper, logger } = this.#modules
    const { moves } = registry
    const isOwn = (shard: number): boolean => replicasOf(shard, roster).includes(self)
    const held = keeper.shards.filter((shard) => {
      return isOwn(shard) && !moves.holds(self, shard) && keeper.isComplete(shard)
    })
    const released = keeper.shards.filter((shard) => !isOwn(shard) && moves.isSettled(shard))
    if (held.length === 0 && released.length === 0) return
    for (const shard of released) await this.#release(shard)
    // It may be another epoch by now, in which they are another's: then it is said of none.
    if (this.#closed || roster.epoch !== epoch) return
    const entry = { type: 'holding' as const, at: ledger.now(), epoch, held, released }
    await ledger.own.append(encodeEntry(entry))
    await registry.settled()
    logger.info('shards have moved', { epoch, held, released, moving: moves.moving.length })
  }

  async #release(shard: number): Promise<void> {
    const { keeper, registry, vault } = this.#modules
    keeper.release(shard)
    for (const { commitment, handle } of registry.enrolmentsOf(shard)) {
      await vault.release(commitment, handle)
    }
  }
}
