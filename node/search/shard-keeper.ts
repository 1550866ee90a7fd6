/**
 * Keeps the gallery what the register says: every person of the shards that this node is a replica
 * of, opened from the vault: of one shard after the other when the node starts, and from then on
 * when an enrolment appears in a log. A shard can be searched as soon as all of it is there, while
 * others are still being filled.
 *
 * A person whose sealed record is not here makes the shard unanswerable: it is better that another
 * replica answers than that somebody is quietly not looked for. Whose record was destroyed no
 * replica can look for any more: that is shown, and keeps nobody else from being found.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import type { Gallery } from '../../matcher/gallery/gallery.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { TemplateSet } from '../../protocol/template-set.ts'
import { COMPACTED_PER_REMOVAL, FILLED_AT_ONCE } from '../limits.ts'
import { onEpoch } from '../live-roster.ts'
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

/** Whose people are not in the gallery yet, are being put there, or are kept up in it. */
type Standing = 'waiting' | 'filling' | 'up'

/** How far the gallery is. */
export interface Filled {
  readonly shards: number
  /** Of those, whose people are all there, but for those whose records are missing. */
  readonly up: number
  readonly people: number
}

export class ShardKeeper {
  readonly #options: ShardKeeperOptions
  readonly #modules: ShardKeeperModules
  readonly #shards = new Map<number, Standing>()
  /** By shard, and then by person. */
  readonly #missing = new Map<number, Map<string, Enrolled>>()
  readonly #destroyed = new Set<string>()
  /** What the gallery holds, by shard: they change together. */
  readonly #sets = new Map<number, TemplateSet>()
  /** By which enrolment a person is in the gallery. */
  readonly #held = new Map<string, Enrolled>()
  readonly #listeners: (() => void)[] = []
  #filling: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ShardKeeperOptions, modules: ShardKeeperModules) {
    this.#options = options
    this.#modules = modules
    modules.registry.onPerson(async (handle, enrolled) => {
      if (enrolled) await this.take(enrolled)
      else this.#drop(handle)
    })
  }

  /** To be called once the register is folded: fills the gallery, while it is searched. */
  start(): void {
    this.#adopt()
    onEpoch(this.#options.roster, () => this.#adopt())
  }

  /** Lets go of a shard that others hold now: nobody of it is searched for here any more. */
  release(shard: number): void {
    this.#shards.delete(shard)
    for (const { handle, shard: held } of this.#held.values()) {
      if (held === shard) this.#drop(handle)
    }
    this.#missing.delete(shard)
    this.#sets.delete(shard)
  }

  /** Resolves when every shard is up; it never throws. */
  async filled(): Promise<void> {
    await this.#filling
  }

  /** Fills no more; resolves when what was being opened is there. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#filling
  }

  /** How far it is. */
  get progress(): Filled {
    const up = [...this.#shards.values()].filter((standing) => standing === 'up').length
    return { shards: this.#shards.size, up, people: this.#held.size }
  }

  /** Calls back when a sealed record is found missing or damaged that another replica may have. */
  onMissing(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** The shards that this node is a replica of, and those that it keeps until others hold them. */
  get shards(): number[] {
    return [...this.#shards.keys()].toSorted((a, b) => a - b)
  }

  /** Persons whose sealed records should be here and are not. */
  get missing(): number {
    return [...this.#missing.values()].reduce((sum, people) => sum + people.size, 0)
  }

  /** Shards of which not everybody can be searched here yet. */
  get lacking(): number[] {
    return this.shards.filter((shard) => !this.isComplete(shard))
  }

  /**
   * Persons whose sealed records were destroyed here and who are in the register all the same:
   * because it is not up to date yet, or because the erasure turned out to be void too late.
   */
  get destroyed(): number {
    return this.#destroyed.size
  }

  /** Up to `limit` enrolments whose records are missing, those first that were not tried yet. */
  missingRecords(limit: number): Enrolled[] {
    return [...this.#missing.values()].flatMap((people) => [...people.values()]).slice(0, limit)
  }

  /** Whether every person of the shard can be searched here. */
  isComplete(shard: number): boolean {
    return this.#shards.get(shard) === 'up' && !this.#missing.has(shard)
  }

  /**
   * Root of the templates of a shard that are searched here.
   *
   * @throws TamgaError `internal`: not a shard of this node
   */
  templates(shard: number): Uint8Array {
    const set = this.#sets.get(shard)
    if (set) return set.root()
    throw new TamgaError('internal', `shard ${shard} is not kept here`)
  }

  /**
   * Takes a person into the gallery, if the enrolment is still the one that counts. Whether that
   * could be done. Of a shard whose turn has not come nobody is taken: its time will come.
   */
  async take(enrolled: Enrolled): Promise<boolean> {
    const { shard, handle, commitment } = enrolled
    if ((this.#shards.get(shard) ?? 'waiting') === 'waiting') return false
    const { registry, vault, gallery, logger } = this.#modules
    const id = toHex(handle)
    const about = { shard, handle: id }
    try {
      const payload = await vault.open(commitment, handle)
      if (!this.#isCurrent(enrolled)) return false
      if (payload) {
        const listed = { list: enrolled.log, number: enrolled.index }
        gallery.add({ id, shard, listed, fingers: packFingers(payload) })
        this.#hold(id, enrolled)
        this.#found(shard, id)
        return true
      }
      // Of a shard that is on its way here, the records are too.
      const isExpected = !registry.moves.holds(this.#options.self, shard)
      if (isExpected) logger.debug('a sealed record is to come', about)
      else logger.error('a sealed record is missing', about)
    } catch (error) {
      const { message: reason } = asTamgaError(error)
      if (!this.#isCurrent(enrolled)) return false
      logger.error('a sealed record cannot be used', { ...about, reason })
      if (vault.state(commitment) === 'destroyed') {
        this.#drop(handle)
        this.#destroyed.add(id)
        return false
      }
    }
    this.#miss(enrolled, id)
    return false
  }

  /** Takes up what this node is a replica of, and what it keeps until others hold it. */
  #adopt(): void {
    const { self, roster } = this.#options
    const { moves } = this.#modules.registry
    for (let shard = 0; shard < roster.shards; shard += 1) {
      if (this.#shards.has(shard) || !moves.keepersOf(shard).includes(self)) continue
      this.#shards.set(shard, 'waiting')
      this.#sets.set(shard, new TemplateSet())
    }
    const before = this.#filling
    this.#filling = before.then(async () => this.#fill())
  }

  async #fill(): Promise<void> {
    const { registry, logger } = this.#modules
    for (const [shard, standing] of this.#shards) {
      if (standing !== 'waiting' || this.#closed) continue
      this.#shards.set(shard, 'filling')
      // Whoever comes from now on is heard of.
      const people = registry.peopleOf(shard)
      for (let at = 0; at < people.length && !this.#closed; at += FILLED_AT_ONCE) {
        const lot = people.slice(at, at + FILLED_AT_ONCE)
        await Promise.all(lot.map(async (enrolled) => this.take(enrolled)))
      }
      // It may have been let go meanwhile.
      if (this.#closed || !this.#shards.has(shard)) continue
      this.#shards.set(shard, 'up')
      const { up, shards, people: sum } = this.progress
      logger.info('a shard is in the gallery', { shard, up, of: shards, people: sum })
    }
  }

  #hold(id: string, enrolled: Enrolled | undefined): void {
    const before = this.#held.get(id)
    if (before) this.#sets.get(before.shard)?.remove(before)
    if (!enrolled) return void this.#held.delete(id)
    this.#held.set(id, enrolled)
    this.#sets.get(enrolled.shard)?.add(enrolled)
  }

  #isCurrent({ handle, commitment }: Enrolled): boolean {
    const current = this.#modules.registry.person(handle)
    return current !== undefined && equalBytes(current.commitment, commitment)
  }

  /** Goes to the end of those who are missing. */
  #miss(enrolled: Enrolled, id: string): void {
    const { shard } = enrolled
    const missing = this.#missing.get(shard) ?? new Map<string, Enrolled>()
    missing.delete(id)
    this.#missing.set(shard, missing.set(id, enrolled))
    for (const listener of this.#listeners) listener()
  }

  /** Nobody looks for this person any more. */
  #drop(handle: Uint8Array): void {
    const id = toHex(handle)
    const { gallery } = this.#modules
    this.#hold(id, undefined)
    if (gallery.remove(id)) gallery.compact(COMPACTED_PER_REMOVAL)
    for (const shard of this.#missing.keys()) this.#found(shard, id)
    this.#destroyed.delete(id)
  }

  /** An enrolment that displaces another may bring what the other lacked. */
  #found(shard: number, id: string): void {
    this.#destroyed.delete(id)
    const missing = this.#missing.get(shard)
    missing?.delete(id)
    if (missing?.size === 0) this.#missing.delete(shard)
  }
}
