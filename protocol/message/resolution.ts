/**
 * Resolutions: which handle a number has, asked of its home or of another region. Whoever asks
 * shows that the officer's deed stands in its log; the handle is told for it, and the number goes
 * no further. And claims: a node that gave a handle to a number while its home was silent tells it.
 */
import { provenEntryShape, type ProvenEntry } from '../answer.ts'
import { bytes, codec, optional, record, text, uint } from '../codec.ts'
import { HIDING_NONCE_BYTES } from '../deed.ts'
import { handleShape } from '../identifiers.ts'
import { CHECKPOINT_BYTES_MAX, ENTRY_BYTES_MAX, NODES_MAX } from '../limits.ts'

export const RESOLUTIONS = '/tamga/resolution/2'
export const CLAIMS = '/tamga/claim/1'

/** Of an IIN, which are all ASCII. */
const DIGITS = 12

/** What two handles and a number take, bytes. */
const REPLY_BYTES_MAX = 64

export interface ResolutionRequest {
  /** The act, of nobody yet, in the log of whoever asks for the officer. */
  readonly shown: ProvenEntry
  readonly digits: string
  /** What hides the digits in the deed. */
  readonly nonce: Uint8Array
}

export interface ResolutionReply {
  /** Which handle the number has; absent when none is known. */
  readonly known: Uint8Array | undefined
  /** Which one it has from now on; absent when it had one, or gets none. */
  readonly made: Uint8Array | undefined
  /** How many who were asked in turn, and might have known one, gave no answer. */
  readonly silent: number
}

export interface ClaimRequest {
  /** The claim, in the log of whoever asks. */
  readonly shown: ProvenEntry
  readonly digits: string
}

export interface ClaimReply {
  /** Which handle the number has: the one that was claimed, unless it had another. */
  readonly handle: Uint8Array
}

const ASKED_BYTES_MAX = ENTRY_BYTES_MAX + CHECKPOINT_BYTES_MAX + 1_024

export const resolutionRequests = codec(
  'resolution request',
  ASKED_BYTES_MAX,
  record<ResolutionRequest>({
    shown: provenEntryShape,
    digits: text(DIGITS),
    nonce: bytes(HIDING_NONCE_BYTES),
  }),
)

export const resolutionReplies = codec(
  'resolution reply',
  REPLY_BYTES_MAX,
  record<ResolutionReply>({
    known: optional(handleShape),
    made: optional(handleShape),
    silent: uint(NODES_MAX),
  }),
)

export const claimRequests = codec(
  'claim request',
  ASKED_BYTES_MAX,
  record<ClaimRequest>({ shown: provenEntryShape, digits: text(DIGITS) }),
)

export const claimReplies = codec(
  'claim reply',
  REPLY_BYTES_MAX,
  record<ClaimReply>({ handle: handleShape }),
)
