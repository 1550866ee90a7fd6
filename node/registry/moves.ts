/**
 * Who holds which shard while shards move from epoch to epoch, as the logs say it: who has got a
 * shard whole, and who has let go of one. A function of the set of entries.
 *
 * In the first epoch everybody holds what is theirs. Later a node that has become a replica holds
 * the shard when its log says so, and one that is a replica no more keeps it until its log says
 * that it has let go, which it does when all that are replicas now hold it.
 */
import { holdersOf, rostersOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import type { Folded } from '../audit/folded.ts'

export class Moves {
  readonly #roster: Roster
  /** By node and shard, the newest epoch of which its log says so. */
  readonly #held = new Map<string, number>()
  readonly #released = new Map<string, number>()

  constructor({ roster }: { roster: Roster }) {
    this.#roster = roster
  }

  take({ entry, log }: Folded): void {
    if (entry.type !== 'holding') return
    for (const shard of entry.held) raise(this.#held, placeOf(log, shard), entry.epoch)
    for (const shard of entry.released) raise(this.#released, placeOf(log, shard), entry.epoch)
  }

  /** Whether a replica of now has everybody of the shard, by what its log says. */
  holds(node: string, shard: number): boolean {
    const epochs = rostersOf(this.#roster)
    const before = epochs.findIndex((then) => !replicasOf(shard, then).includes(node))
    if (before < 0) return true
    const since = epochs[before - 1]?.epoch
    return since !== undefined && (this.#held.get(placeOf(node, shard)) ?? 0) >= since
  }

  /** Whether all replicas of now do. */
  isSettled(shard: number): boolean {
    return replicasOf(shard, this.#roster).every((node) => this.holds(node, shard))
  }

  /** Shards that are still on their way. */
  get moving(): number[] {
    const all = Array.from({ length: this.#roster.shards }, (_, shard) => shard)
    return this.#roster.past?.length ? all.filter((shard) => !this.isSettled(shard)) : []
  }

  /** Whether a node was a replica of the shard, is one no more, and has not let go of it. */
  keeps(node: string, shard: number): boolean {
    const [, ...past] = rostersOf(this.#roster)
    if (replicasOf(shard, this.#roster).includes(node)) return false
    const last = past.find((then) => replicasOf(shard, then).includes(node))
    return last !== undefined && (this.#released.get(placeOf(node, shard)) ?? 0) <= last.epoch
  }

  /** Who may have copies of records of the shard: its replicas, and who keeps it from before. */
  keepersOf(shard: number): string[] {
    const replicas = replicasOf(shard, this.#roster)
    const others = holdersOf(shard, this.#roster).filter((node) => this.keeps(node, shard))
    return [...replicas, ...others]
  }

  /** The same in the order in which they are to be asked: who does not hold it yet comes last. */
  searchersOf(shard: number): { readonly first: string[]; readonly last: string[] } {
    const replicas = replicasOf(shard, this.#roster)
    const whole = replicas.filter((node) => this.holds(node, shard))
    const others = this.keepersOf(shard).filter((node) => !whole.includes(node))
    return { first: whole, last: others.toSorted((a, b) => rank(a) - rank(b)) }

    function rank(node: string): number {
      return replicas.includes(node) ? 1 : 0
    }
  }
}

function placeOf(node: string, shard: number): string {
  return `${node} ${shard}`
}

function raise(map: Map<string, number>, key: string, epoch: number): void {
  map.set(key, Math.max(epoch, map.get(key) ?? 0))
}
