/**
 * Pages: how a log is pulled. The puller names a log, where it stands and the size of a checkpoint
 * to go by; the answer brings entries up to the next multiple of 256 at most, and the proof that
 * the subtree of that package, from its first entry on, is part of that checkpoint's tree
 * (C2SP tlog-mirror).
 */
import { bytesUpTo, codec, list, record, uint } from '../codec.ts'
import { digestShape, nodeShape } from '../identifiers.ts'
import { ENTRY_BYTES_MAX, FRAME_BYTES_MAX, PAGE_ENTRIES_MAX, PROOF_HASHES_MAX } from '../limits.ts'

export const PAGES = '/tamga/pages/1'

export interface PageRequest {
  readonly log: string
  /** Index of the first entry wanted. */
  readonly start: number
  /** Size of the checkpoint that the proof must lead to. */
  readonly size: number
}

export interface Page {
  /** From `start` on, at least one. */
  readonly entries: readonly Uint8Array[]
  readonly proof: readonly Uint8Array[]
}

export const pageRequests = codec(
  'page request',
  256,
  record<PageRequest>({ log: nodeShape, start: uint(), size: uint() }),
)

export const pages = codec(
  'page',
  FRAME_BYTES_MAX,
  record<Page>({
    entries: list(bytesUpTo(ENTRY_BYTES_MAX), PAGE_ENTRIES_MAX),
    proof: list(digestShape, PROOF_HASHES_MAX),
  }),
)
