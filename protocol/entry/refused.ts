/**
 * An officer asked for what they may not have. The statement is properly signed, so it is theirs,
 * and it stays on record although nothing was done.
 */
import { oneOf, record, type Shape } from '../codec.ts'
import { timeShape } from '../identifiers.ts'
import { REASONS, type ReasonCode } from '../rules/reasons/reason.ts'
import { signedStatementFields, type SignedStatement } from '../statement.ts'

export interface Refused extends SignedStatement {
  readonly type: 'refused'
  readonly at: number
  readonly reason: ReasonCode
}

export const refusedShape: Shape<Omit<Refused, 'type'>> = record<Omit<Refused, 'type'>>({
  at: timeShape,
  reason: oneOf(...REASONS),
  ...signedStatementFields,
})
