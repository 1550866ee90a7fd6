/**
 * The people of some shards, packed and in memory, and the exhaustive search over them.
 *
 * A person's score is the sum, over the probe's fingers, of the best score that any of the person's
 * fingers of the same position has; position 0 is unknown and matches any. Scores are integers and
 * the order of candidates is fixed, so that any replica, and an auditor, gets the same list.
 */
export interface GalleryFinger {
  /** ISO finger position, 0 for unknown. */
  readonly position: number
  /** As `pack` made it: `PACKED_BYTES` long. */
  readonly packed: Uint8Array
}

export interface GalleryPerson {
  readonly id: string
  readonly shard: number
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
  /** 1:1: this person alone, returned whatever the score. */
  readonly only?: string
  readonly signal?: AbortSignal
}

export interface Candidate {
  readonly id: string
  readonly shard: number
  readonly score: number
  /** By probe finger, in the request's order. */
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
