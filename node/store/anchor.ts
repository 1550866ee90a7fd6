/**
 * A value that is known even when the database has lost it, or has come back older: kept outside
 * the database, replaced as a whole, one at a time.
 *
 * With the value goes what the database is about to take in, so that a batch that got lost between
 * the two can be put in again.
 */
export interface AnchorValue {
  /** At most `ANCHOR_BYTES_MAX`. */
  readonly value: Uint8Array
  /** At most `ANCHOR_STAGED_BYTES_MAX`; empty where there is nothing to stage. */
  readonly staged: Uint8Array
}

/** A checkpoint with all its signatures, bytes. */
export const ANCHOR_BYTES_MAX = 65_536

/**
 * What one durable batch brings, bytes: the longest queue of entries, with a length for each.
 */
export const ANCHOR_STAGED_BYTES_MAX = 8_388_608

export interface Anchor {
  /** What was on disk when it was opened, or has been confirmed to be there since. */
  readonly current: AnchorValue
  /**
   * Replaces the value, if what is on disk is still `current`. Resolves once the new one survives a
   * power cut. One call at a time.
   *
   * @throws TamgaError `conflict`: somebody else has replaced it; `storage`: the old one or the new
   *   one is there after a restart, never anything else, and until then nothing more is written
   */
  swap(next: AnchorValue): Promise<void>
  close(): Promise<void>
}

/** A folder of anchors by name. */
export interface Anchors {
  /**
   * Never makes one.
   *
   * @throws TamgaError `not-found`: there is none; `storage`: it is damaged, or open elsewhere
   */
  open(name: string): Promise<Anchor>
  /** Whether there is one, whole or damaged. */
  has(name: string): Promise<boolean>
  /**
   * Makes one, durably.
   *
   * @throws TamgaError `conflict`: there is one already
   */
  create(name: string, first: AnchorValue): Promise<Anchor>
}
