/**
 * Touched: a node asks a keeper of a log's access records which of its batches tell of a person, or
 * of what an officer's key signed. It gets the records from whoever has them, and sees for itself.
 */
import { codec, list, optional, record, uint } from '../codec.ts'
import { handleShape, nodeShape, publicKeyShape } from '../identifiers.ts'

export const TOUCHED = '/tamga/touched/1'

/** Batches named in one reply: some years of somebody who crosses a border every day. */
export const TOUCHED_MAX = 4_096

export interface TouchedRequest {
  readonly log: string
  /** One of the two. */
  readonly handle: Uint8Array | undefined
  readonly officer: Uint8Array | undefined
  /** Only batches from there on. */
  readonly from: number
}

export interface TouchedReply {
  /** Up to where this is said: that many entries of the log. */
  readonly size: number
  /** Ascending. If there are as many as can be named, there may be more behind the last. */
  readonly indexes: readonly number[]
}

export const touchedRequests = codec(
  'touched request',
  256,
  record<TouchedRequest>({
    log: nodeShape,
    handle: optional(handleShape),
    officer: optional(publicKeyShape),
    from: uint(),
  }),
)

export const touchedReplies = codec(
  'touched reply',
  65_536,
  record<TouchedReply>({ size: uint(), indexes: list(uint(), TOUCHED_MAX) }),
)
