/**
 * Succession: a node shows the others the roster of the next epoch, as the authority has signed it,
 * and each that finds nothing wrong with it signs it too.
 */
import { codec, lines } from '../codec.ts'
import { ROSTER_BYTES_MAX } from '../limits.ts'
import { SIGNATURE_LINE_BYTES_MAX } from './witness.ts'

export const SUCCESSION = '/tamga/succession/1'

/** The note, with whatever signatures it has. */
export const successionRequests = codec(
  'succession request',
  ROSTER_BYTES_MAX + 64,
  lines(ROSTER_BYTES_MAX),
)

/** One line: the node's own signature. */
export const successionReplies = codec(
  'succession reply',
  SIGNATURE_LINE_BYTES_MAX + 64,
  lines(SIGNATURE_LINE_BYTES_MAX),
)
