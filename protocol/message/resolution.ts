/**
 * Resolutions: whether another region knows a number. The officer's deed is handed on as it was
 * signed; whoever knows the number logs it, and only then tells the handle.
 */
import { provenEntryShape, type ProvenEntry } from '../answer.ts'
import { bytes, bytesUpTo, codec, optional, record, text, uint } from '../codec.ts'
import { CREDENTIAL_BYTES_MAX } from '../credential.ts'
import { HIDING_NONCE_BYTES } from '../deed.ts'
import { handleShape } from '../identifiers.ts'
import { CHECKPOINT_BYTES_MAX, ENTRY_BYTES_MAX } from '../limits.ts'
import { signedStatementFields, STATEMENT_BYTES_MAX, type SignedStatement } from '../statement.ts'

export const RESOLUTIONS = '/tamga/resolution/1'

/** Of an IIN, which are all ASCII. */
const DIGITS = 12

/** A resolution as a deed, bytes: a kind and a commitment. */
const RESOLUTION_BYTES_MAX = 64

export interface ResolutionRequest {
  readonly deed: Uint8Array
  readonly signed: SignedStatement
  readonly digits: string
  /** What hides the digits in the deed. */
  readonly nonce: Uint8Array
}

export interface Resolved {
  readonly handle: Uint8Array
  /** The act, in the log of whoever answers. */
  readonly entry: ProvenEntry
  readonly index: number
}

export interface ResolutionReply {
  /** Absent when the number is not known there. */
  readonly found: Resolved | undefined
}

export const resolutionRequests = codec(
  'resolution request',
  RESOLUTION_BYTES_MAX + STATEMENT_BYTES_MAX + CREDENTIAL_BYTES_MAX + 256,
  record<ResolutionRequest>({
    deed: bytesUpTo(RESOLUTION_BYTES_MAX),
    signed: record<SignedStatement>(signedStatementFields),
    digits: text(DIGITS),
    nonce: bytes(HIDING_NONCE_BYTES),
  }),
)

export const resolutionReplies = codec(
  'resolution reply',
  ENTRY_BYTES_MAX + CHECKPOINT_BYTES_MAX + 1_024,
  record<ResolutionReply>({
    found: optional(
      record<Resolved>({ handle: handleShape, entry: provenEntryShape, index: uint() }),
    ),
  }),
)
