/**
 * A person entered the register. Nothing here is biometric: the leaf commits to sealed bytes that
 * only the shard's replicas hold, and the officer's statement to a digest hidden by a nonce.
 */
import { optional, record, uint, type Shape } from '../codec.ts'
import {
  digestShape,
  frontierShape,
  handleShape,
  queryIdShape,
  timeShape,
  type LogSize,
} from '../identifiers.ts'
import { SHARDS_MAX } from '../limits.ts'
import { receiptsShape, type Receipt } from '../receipt.ts'
import { signedStatementFields, type SignedStatement } from '../statement.ts'
import { takenShape, type Taken } from '../taken.ts'

export interface Enrolment extends SignedStatement {
  readonly type: 'enrolment'
  readonly at: number
  readonly handle: Uint8Array
  readonly shard: number
  /** Commitment to the sealed payload: `commitmentOf` of `crypto/sealing.ts`. */
  readonly commitment: Uint8Array
  /** The law it was decided by, and the little that is said of the person. */
  readonly taken: Taken
  /** Leaf hash of the entry before it in the person's life; absent at its beginning. */
  readonly after: Uint8Array | undefined
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
  taken: takenShape,
  after: optional(digestShape),
  ...signedStatementFields,
  duplicateCheck: queryIdShape,
  frontier: frontierShape,
  receipts: receiptsShape,
})
