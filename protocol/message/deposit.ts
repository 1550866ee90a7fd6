/**
 * Deposits: sealed templates on their way to a replica. The replica keeps them durably before it
 * answers with its receipt; they become searchable when an enrolment that commits to them is in a
 * log.
 */
import { bytesUpTo, codec, record } from '../codec.ts'
import { CREDENTIAL_BYTES_MAX } from '../credential.ts'
import { handleShape, signatureShape } from '../identifiers.ts'
import { SEALED_BYTES_MAX } from '../sealed-record.ts'
import { signedStatementFields, STATEMENT_BYTES_MAX, type SignedStatement } from '../statement.ts'

export const DEPOSITS = '/tamga/deposit/1'

export interface Deposit {
  readonly handle: Uint8Array
  readonly sealed: Uint8Array
  /** The officer's statement, for the replica to judge by itself. */
  readonly signed: SignedStatement
}

export const deposits = codec(
  'deposit',
  SEALED_BYTES_MAX + STATEMENT_BYTES_MAX + CREDENTIAL_BYTES_MAX + 256,
  record<Deposit>({
    handle: handleShape,
    sealed: bytesUpTo(SEALED_BYTES_MAX),
    signed: record<SignedStatement>(signedStatementFields),
  }),
)

/** The replica's signature: see `protocol/receipt.ts`. */
export const depositReplies = codec('deposit reply', 128, signatureShape)
