/**
 * A deed was done: what, by whom, why, under which law. An act about a person, or about a case,
 * names the one before it that the node knew of, so that what was done at two nodes at once can be
 * told from what was done in turn.
 */
import { bytesUpTo, list, optional, record, text, type Shape } from '../codec.ts'
import { DEED_BYTES_MAX } from '../deed.ts'
import { digestShape, handleShape, timeShape } from '../identifiers.ts'
import { SIGNATURES_MAX, TEXT_BYTES_MAX } from '../limits.ts'
import { signedStatementFields, type SignedStatement } from '../statement.ts'

export interface Act {
  readonly type: 'act'
  readonly at: number
  /** The deed's bytes, as signed for. */
  readonly deed: Uint8Array
  /** One statement, or two where the law wants two persons. */
  readonly signatures: readonly SignedStatement[]
  /** Whom it is about: as the statements say, or found by the node when an IIN was resolved. */
  readonly subject: Uint8Array | undefined
  /** Leaf hash of the entry before it in the life of the person, or in the case. */
  readonly after: Uint8Array | undefined
  /** The law in force; empty before there was any. */
  readonly policy: string
}

export const actShape: Shape<Omit<Act, 'type'>> = record<Omit<Act, 'type'>>({
  at: timeShape,
  deed: bytesUpTo(DEED_BYTES_MAX),
  signatures: list(record<SignedStatement>(signedStatementFields), SIGNATURES_MAX),
  subject: optional(handleShape),
  after: optional(digestShape),
  policy: text(TEXT_BYTES_MAX),
})
