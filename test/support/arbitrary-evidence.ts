/** Any evidence against a log, and what nodes ask one another of it. */
import fc from 'fast-check'
import type { Evidence } from '../../protocol/evidence.ts'
import type { EvidenceRequest } from '../../protocol/message/evidence.ts'
import { bytesUpTo, digests, maybe, nodes, notes, objects, upTo } from './arbitraries.ts'

export const evidences: fc.Arbitrary<Evidence> = objects({
  log: nodes,
  first: notes,
  second: notes,
  prefix: maybe(objects({ root: digests, proof: upTo(3, digests) })),
})

export const evidenceRequests: fc.Arbitrary<EvidenceRequest> = objects({ known: upTo(4, nodes) })

export const evidenceReplies: fc.Arbitrary<Uint8Array[]> = upTo(3, bytesUpTo(80))
