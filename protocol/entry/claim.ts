/**
 * A handle was given to a number whose home did not answer: until that is settled, nobody who is
 * enrolled under it can be confirmed. Nothing here says which number it is, or which home.
 */
import { list, optional, record, type Shape } from '../codec.ts'
import { handleShape, timeShape } from '../identifiers.ts'

/** By one answer of a home: it knows one handle of a number. */
const OTHERS_MAX = 1

export interface Claim {
  readonly type: 'claim'
  readonly at: number
  readonly handle: Uint8Array
  /**
   * Whose number it is too, as the home has answered since; absent while it has not. It settles
   * what stands in the same log before.
   */
  readonly others: readonly Uint8Array[] | undefined
}

export const claimShape: Shape<Omit<Claim, 'type'>> = record<Omit<Claim, 'type'>>({
  at: timeShape,
  handle: handleShape,
  others: optional(list(handleShape, OTHERS_MAX)),
})
