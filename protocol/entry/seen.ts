/**
 * How much of every log the node of this one had read by now. Written when its log would not say so
 * otherwise: an enrolment is not confirmed before every log has shown that it knows of it.
 */
import { record, type Shape } from '../codec.ts'
import { frontierShape, timeShape, type LogSize } from '../identifiers.ts'

export interface Seen {
  readonly type: 'seen'
  readonly at: number
  readonly frontier: readonly LogSize[]
}

export const seenShape: Shape<Omit<Seen, 'type'>> = record<Omit<Seen, 'type'>>({
  at: timeShape,
  frontier: frontierShape,
})
