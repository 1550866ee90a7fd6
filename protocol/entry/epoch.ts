/**
 * A new epoch: the roster that follows the one before, as the authority and a quorum of its nodes
 * have signed it. Whoever reads it goes over to the new roster.
 */
import { lines, record, type Shape } from '../codec.ts'
import { frontierShape, timeShape, type LogSize } from '../identifiers.ts'
import { ROSTER_BYTES_MAX } from '../limits.ts'

export interface Epoch {
  readonly type: 'epoch'
  readonly at: number
  /** The signed roster: see `openSuccessor`. */
  readonly roster: string
  /** How far the node of this log had read all: whoever joins knows of that from the start. */
  readonly frontier: readonly LogSize[]
}

export const epochShape: Shape<Omit<Epoch, 'type'>> = record<Omit<Epoch, 'type'>>({
  at: timeShape,
  roster: lines(ROSTER_BYTES_MAX),
  frontier: frontierShape,
})
