/**
 * Keeps the gallery what the register says: every person of the shards that this node is a replica
 * of, opened from the vault when the enrolment appears in a log.
 *
 * A person whose sealed record is not here makes the shard unanswerable: it is better that another
 * replica answers than that somebody is quietly not looked for.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { Gallery } from '../../matcher/gallery/gallery.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import type { Logger } from '../logger.ts'
import type { Enrolled, Registry } from '../registry/registry.ts'
import type { Vault } from '../vault/vault.ts'
import { packFingers } from './fingers.ts'

export interface ShardKeeperOptions {
  readonly self: string
  readonly roster: Roster
}

interface ShardKeeperModules {
  readonly registry: Registry
  readonly vault: Vault
  readonly gallery: Gallery
  readonly logger: Logger
}

export class ShardKeeper {
  readonly #modules: ShardKeeperModules
  readonly #shards: ReadonlySet<number>
  readonly #missing = new Map<number, Set<string>>()

  constructor({ self, roster }: ShardKeeperOptions, modules: ShardKeeperModules) {
    const all = Array.from({ length: roster.shards }, (_, shard) => shard)
    this.#shards = new Set(all.filter((shard) => replicasOf(shard, roster).includes(self)))
    this.#modules = modules
    modules.registry.onPerson(async (handle, enrolled) => {
      if (enrolled) await this.#take(enrolled)
      else this.#drop(handle)
    })
  }

  /** The shards that this node is a replica of. */
  get shards(): number[] {
    return [...this.#shards]
  }

  /** Persons whose sealed records should be here and are not. */
  get missing(): number {
    return [...this.#missing.values()].reduce((sum, handles) => sum + handles.size, 0)
  }

  /** Whether every person of the shard can be searched here. */
  isComplete(shard: number): boolean {
    return this.#shards.has(shard) && !this.#missing.has(shard)
  }

  async #take(enrolled: Enrolled): Promise<void> {
    const { shard, handle, commitment } = enrolled
    if (!this.#shards.has(shard)) return
    const { vault, gallery, logger } = this.#modules
    const id = toHex(handle)
    try {
      const payload = await vault.open(commitment, handle)
      if (payload) {
        gallery.add({ id, shard, fingers: packFingers(payload) })
        this.#found(shard, id)
        return
      }
      logger.error('a sealed record is missing', { shard, handle: id })
    } catch (error) {
      const { message } = asTamgaError(error)
      logger.error('a sealed record cannot be used', { shard, handle: id, reason: message })
    }
    const missing = this.#missing.get(shard) ?? new Set()
    this.#missing.set(shard, missing.add(id))
  }

  /** Nobody looks for this person any more. */
  #drop(handle: Uint8Array): void {
    const id = toHex(handle)
    this.#modules.gallery.remove(id)
    for (const shard of this.#missing.keys()) this.#found(shard, id)
  }

  /** An enrolment that displaces another may bring what the other lacked. */
  #found(shard: number, id: string): void {
    const missing = this.#missing.get(shard)
    missing?.delete(id)
    if (missing?.size === 0) this.#missing.delete(shard)
  }
}
