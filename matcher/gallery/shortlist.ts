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

/**
 * Standard deviations above its share that a shard compares for a single finger. People are in
 * shards by chance, so of the 1,000 best of all there are 1,000 / n in a shard give or take the
 * root of that (binomial): at two of these, fewer than one in 40 shards has more. One finger tells
 * so little in the first stage that some are found who are hardly among the 1,000; two tell enough
 * to do without.
 */
const SHARE_DEVIATIONS = 2

/** How many of each shard are compared precisely, where all people are in so many. */
export function shortlistOf(shards: number, fingers: number): number {
  const share = SHORTLIST_MAX / shards
  const more = fingers > 1 ? 0 : SHARE_DEVIATIONS * Math.sqrt(share)
  return Math.min(SHORTLIST_MAX, Math.max(SHARD_SHORTLIST_MIN, Math.ceil(share + more)))
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
