/**
 * The people of some shards, packed and in memory, and the exhaustive search over them.
 *
 * Everybody is compared in the first stage; those of each shard who are most like the probe are
 * compared precisely, and only they can be candidates. A person's score is `fuse` of the scores of
 * the probe's fingers, each the best of the person's fingers of the same position; position 0 is
 * unknown and matches any. Scores are integers and the order of candidates is fixed, so that any
 * replica, and an auditor, gets the same list from the same people.
 */
import type { Listed } from './order.ts'

/** Who is served first when several searches wait. */
export type Priority = 'border' | 'enrolment' | 'bulk'

export interface GalleryFinger {
  /** ISO finger position, 0 for unknown. */
  readonly position: number
  /** As `pack` made it: `PACKED_BYTES` long. */
  readonly packed: Uint8Array
}

export interface GalleryPerson {
  readonly id: string
  readonly shard: number
  /** Decides the order in which scores are digested; if absent, the id does. */
  readonly listed?: Listed
  readonly fingers: readonly GalleryFinger[]
}

export interface SearchRequest {
  readonly fingers: readonly GalleryFinger[]
  /** Shards to search; one that holds nobody is counted as 0. */
  readonly shards: readonly number[]
  /** Least score of a candidate. */
  readonly threshold: number
  /** Most candidates. */
  readonly limit: number
  /** Most people of each shard that are compared precisely; `SHORTLIST_MAX` if absent. */
  readonly shortlist?: number
  /** 1:1: this person alone, returned whatever the score. */
  readonly only?: string
  /** Whether left and right may be exchanged: that is tried as well, and the better one counts. */
  readonly isSwapTried?: boolean
  /** `enrolment` if absent. */
  readonly priority?: Priority
  /**
   * When it is wanted by, on any clock that requests share: of one priority the first due is first.
   * Nothing ends by it: that is what `signal` is for.
   */
  readonly due?: number
  /**
   * These people of the one shard alone, at most `BLOCK_PEOPLE`, and digested in this order.
   * Whoever is not there is left out.
   */
  readonly among?: readonly string[]
  /** Whether every block's scores are to be digested, for an audit that replays some of them. */
  readonly withDigests?: boolean
  /** For a deadline too: work that is no longer wanted stops within a block. */
  readonly signal?: AbortSignal
}

export interface Candidate {
  readonly id: string
  readonly shard: number
  readonly score: number
  /**
   * By probe finger, in the request's order; under the other hand's position where left and right
   * were exchanged.
   */
  readonly fingers: readonly { position: number; score: number }[]
}

export interface ShardCount {
  readonly shard: number
  /** People compared with. */
  readonly searched: number
}

export interface SearchResult {
  /** Score descending, then id ascending by its UTF-8 bytes. */
  readonly candidates: readonly Candidate[]
  /** In the request's order. */
  readonly shards: readonly ShardCount[]
  /** If asked for, as `ScoreBoard` defines them; none where one person alone was compared. */
  readonly digests?: readonly ShardDigests[]
}

/** In the request's order of shards, each once. */
export interface ShardDigests {
  readonly shard: number
  /** Of its people in their order, block by block. */
  readonly blocks: readonly Uint8Array[]
}

export interface Gallery {
  /**
   * Adds a person, or replaces the one with this id, in whichever shard.
   *
   * @throws GalleryError `invalid-person` or `full`
   */
  add(person: GalleryPerson): void
  /** Whether there was such a person. */
  remove(id: string): boolean
  has(id: string): boolean
  /** People in a shard, or in all. */
  count(shard?: number): number
  /**
   * Moves up to `people` people from the emptiest slabs into gaps of others, and lets go of slabs
   * that nobody needs; searches go on meanwhile. Returns how many were moved.
   */
  compact(people: number): number
  /**
   * Sees the people who were there when it was called, whatever is added or removed meanwhile.
   *
   * @throws GalleryError `invalid-request`, `busy`, `aborted`, `crashed` or `closed`
   */
  search(request: SearchRequest): Promise<SearchResult>
  /** Ends what runs; searches still waiting fail with `closed`. */
  close(): Promise<void>
}

/**
 * - `invalid-person` an id, shard or finger that cannot be stored; nothing was changed
 * - `invalid-request` a search that cannot be run
 * - `full` more fingers than the gallery may hold
 * - `busy` too many searches wait already; nothing was done
 * - `aborted` the request's signal fired
 * - `crashed` a worker died during the search; it is being replaced, asking again may help
 * - `closed` the gallery is closed
 */
export type GalleryErrorCode =
  | 'invalid-person'
  | 'invalid-request'
  | 'full'
  | 'busy'
  | 'aborted'
  | 'crashed'
  | 'closed'

export class GalleryError extends Error {
  override readonly name = 'GalleryError'
  readonly code: GalleryErrorCode

  constructor(code: GalleryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
