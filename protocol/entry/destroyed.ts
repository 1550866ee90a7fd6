/**
 * A replica has destroyed what made one sealed record openable: its data key and its salt. The
 * entry is the replica's receipt; that it is in the log, under a signed checkpoint, is its
 * signature.
 */
import { record, type Shape } from '../codec.ts'
import { digestShape, handleShape, timeShape } from '../identifiers.ts'

export interface Destroyed {
  readonly type: 'destroyed'
  readonly at: number
  readonly handle: Uint8Array
  /** Of the record, as the enrolment's entry has it. */
  readonly commitment: Uint8Array
  /** Leaf hash of the act by which two officers decided it. */
  readonly erasure: Uint8Array
}

export const destroyedShape: Shape<Omit<Destroyed, 'type'>> = record<Omit<Destroyed, 'type'>>({
  at: timeShape,
  handle: handleShape,
  commitment: digestShape,
  erasure: digestShape,
})
