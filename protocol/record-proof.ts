/** What proves an access record in its batch: `access-record.ts` makes and checks it. */
import type { Hash } from '../crypto/hash.ts'
import { bytesUpTo, list, optional, record, uint } from './codec.ts'
import { digestShape } from './identifiers.ts'
import { BATCH_RECORDS_MAX, ENTRY_BYTES_MAX } from './limits.ts'

/** Where a record stands in a batch, with what proves it there. */
export interface RecordProof {
  /** The batch's entry. */
  readonly entry: Uint8Array
  /** Place among all records of the batch, those of its first post first. */
  readonly record: number
  /** Siblings from the record's leaf to the root of its post. */
  readonly path: readonly Hash[]
}

/** A path in a tree of so many records, hashes. */
const PATH_MAX = Math.ceil(Math.log2(BATCH_RECORDS_MAX))

export const recordProofShape = optional(
  record<RecordProof>({
    entry: bytesUpTo(ENTRY_BYTES_MAX),
    record: uint(BATCH_RECORDS_MAX - 1),
    path: list(digestShape, PATH_MAX),
  }),
)
