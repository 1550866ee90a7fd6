/**
 * Standing: how far a log is known to go to whoever is asked, as its mirror or as its witness. The
 * log's own node asks it after every start: its disk cannot tell whether it is the newest.
 */
import { codec, lines, record } from '../codec.ts'
import { nodeShape } from '../identifiers.ts'
import { CHECKPOINT_BYTES_MAX } from '../limits.ts'

export const STANDING = '/tamga/standing/1'

export interface StandingRequest {
  readonly log: string
}

export interface StandingReply {
  /** The largest checkpoint that the peer knows to be signed; empty if it knows none. */
  readonly known: string
  /** The largest whose entries it can hand out; empty if it has none. */
  readonly held: string
}

export const standingRequests = codec(
  'standing request',
  128,
  record<StandingRequest>({ log: nodeShape }),
)

export const standingReplies = codec(
  'standing reply',
  2 * CHECKPOINT_BYTES_MAX + 64,
  record<StandingReply>({
    known: lines(CHECKPOINT_BYTES_MAX),
    held: lines(CHECKPOINT_BYTES_MAX),
  }),
)
