/**
 * Evidence on its way: announced (`ACCUSATIONS`, one `evidences`) by whoever has learnt of it, and
 * asked for (`EVIDENCE`) by whoever may have missed that. The bytes convict or do not, whoever
 * sends them: see `protocol/evidence.ts`.
 */
import { bytesUpTo, codec, list, record } from '../codec.ts'
import { EVIDENCE_BYTES_MAX } from '../evidence.ts'
import { nodeShape } from '../identifiers.ts'
import { FRAME_BYTES_MAX, NAME_BYTES_MAX, NODES_MAX } from '../limits.ts'

export const EVIDENCE = '/tamga/evidence/1'
export const ACCUSATIONS = 'tamga/evidence/1'

/** Evidences in one reply: so many of the longest fit a frame. Who lacks more asks again. */
export const EVIDENCES_REPLIED_MAX = 8

export interface EvidenceRequest {
  /** The logs against which the asker has evidence already. */
  readonly known: readonly string[]
}

export const evidenceRequests = codec(
  'evidence request',
  NODES_MAX * (NAME_BYTES_MAX + 2) + 64,
  record<EvidenceRequest>({ known: list(nodeShape, NODES_MAX) }),
)

/** Each as it would be announced, so that one that is wrong spoils no other. */
export const evidenceReplies = codec(
  'evidence reply',
  FRAME_BYTES_MAX,
  list(bytesUpTo(EVIDENCE_BYTES_MAX), EVIDENCES_REPLIED_MAX),
)
