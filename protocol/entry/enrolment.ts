/**
 * A person entered the register. Nothing here is biometric: the leaf commits to sealed bytes that
 * only the shard's replicas hold, and the officer's statement to a digest hidden by a nonce.
 */
import { bytesUpTo, record, text, uint, type Shape } from '../codec.ts'
import {
  digestShape,
  frontierShape,
  handleShape,
  publicKeyShape,
  queryIdShape,
  signatureShape,
  timeShape,
  type LogSize,
} from '../identifiers.ts'
import { SHARDS_MAX, TEXT_BYTES_MAX } from '../limits.ts'
import { receiptsShape, type Receipt } from '../receipt.ts'
import { STATEMENT_BYTES_MAX } from '../statement.ts'

export interface Enrolment {
  readonly type: 'enrolment'
  readonly at: number
  readonly handle: Uint8Array
  readonly shard: number
  /** Commitment to the sealed payload: `commitmentOf` of `crypto/sealing.ts`. */
  readonly commitment: Uint8Array
  /** The rules in force when it was decided. */
  readonly policy: string
  readonly statement: Uint8Array
  readonly officer: Uint8Array
  readonly signature: Uint8Array
  /** The search for duplicates that went before, and what it covered. */
  readonly duplicateCheck: Uint8Array
  readonly frontier: readonly LogSize[]
  /** Of every replica of the shard. */
  readonly receipts: readonly Receipt[]
}

export const enrolmentShape: Shape<Omit<Enrolment, 'type'>> = record<Omit<Enrolment, 'type'>>({
  at: timeShape,
  handle: handleShape,
  shard: uint(SHARDS_MAX - 1),
  commitment: digestShape,
  policy: text(TEXT_BYTES_MAX),
  statement: bytesUpTo(STATEMENT_BYTES_MAX),
  officer: publicKeyShape,
  signature: signatureShape,
  duplicateCheck: queryIdShape,
  frontier: frontierShape,
  receipts: receiptsShape,
})
