/**
 * Folded: a node is asked whether it knows of an entry, and says how much it had written itself by
 * the time it did. Whatever it writes from then on, it writes knowing of that entry.
 */
import { codec, record, uint } from '../codec.ts'
import { nodeShape } from '../identifiers.ts'

export const FOLDED = '/tamga/folded/1'

export interface FoldedRequest {
  readonly log: string
  readonly index: number
}

export interface FoldedReply {
  /** Of the answering node's own log. */
  readonly size: number
}

export const foldedRequests = codec(
  'folded request',
  256,
  record<FoldedRequest>({ log: nodeShape, index: uint() }),
)

export const foldedReplies = codec('folded reply', 64, record<FoldedReply>({ size: uint() }))
