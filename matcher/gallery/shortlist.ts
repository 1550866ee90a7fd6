/**
 * Who gets to the second stage: of every shard those who look most like the probe, whichever other
 * shards are searched with it, so that a shard has the same candidates however shards are grouped.
 */
import { Ranking, type Rankable } from './ranking.ts'

/**
 * People of a gallery of one shard who are compared precisely: so many that who belongs there is
 * missed very rarely.
 */
export const SHORTLIST_MAX = 1_000

/** Least for a shard, however many there are: who is most like the probe may all be in one. */
const SHARD_SHORTLIST_MIN = 8

/** How many of each shard are compared precisely, where all people are in so many: its share. */
export function shortlistOf(shards: number): number {
  const share = Math.ceil(SHORTLIST_MAX / shards)
  return Math.min(SHORTLIST_MAX, Math.max(SHARD_SHORTLIST_MIN, share))
}

/** Somebody who is to be looked at more closely. */
export interface Shortlisted extends Rankable {
  readonly shard: number
  readonly slab: number
  readonly row: number
  readonly fingers: number
}

/** The best of every shard. */
export class Shortlist {
  readonly #limit: number
  readonly #shards = new Map<number, Ranking<Shortlisted>>()

  /** @param limit most of each shard */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether one of this shard and score could still get in, whatever its id. */
  admits(shard: number, score: number): boolean {
    return this.#shards.get(shard)?.admits(score) ?? true
  }

  add(one: Shortlisted): void {
    const ranking = this.#shards.get(one.shard) ?? new Ranking({ threshold: 0, limit: this.#limit })
    this.#shards.set(one.shard, ranking)
    ranking.add(one)
  }

  /** Shard by shard. */
  get people(): readonly Shortlisted[] {
    return [...this.#shards.values()].flatMap(({ ranked }) => ranked)
  }
}
