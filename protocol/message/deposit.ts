/**
 * Deposits: sealed templates on their way to a replica. The replica keeps them durably before it
 * answers with its receipt; they become searchable when an enrolment that commits to them is in a
 * log.
 */
import { bytesUpTo, codec, record } from '../codec.ts'
import { handleShape, signatureShape } from '../identifiers.ts'
import { SEALED_BYTES_MAX } from '../sealed-record.ts'

export const DEPOSITS = '/tamga/deposit/1'

export interface Deposit {
  readonly handle: Uint8Array
  readonly sealed: Uint8Array
}

export const deposits = codec(
  'deposit',
  SEALED_BYTES_MAX + 64,
  record<Deposit>({ handle: handleShape, sealed: bytesUpTo(SEALED_BYTES_MAX) }),
)

/** The replica's signature: see `protocol/receipt.ts`. */
export const depositReplies = codec('deposit reply', 128, signatureShape)
