/** Any valid message that is about the number of a person. */
import fc from 'fast-check'
import { NODES_MAX } from '../../protocol/limits.ts'
import type {
  ClaimReply,
  ClaimRequest,
  ResolutionReply,
  ResolutionRequest,
} from '../../protocol/message/resolution.ts'
import { digests, handles, maybe, objects, provenEntries } from './arbitraries.ts'

export const resolutionRequests: fc.Arbitrary<ResolutionRequest> = objects({
  shown: provenEntries,
  digits: fc.stringMatching(/^[0-9]{12}$/),
  nonce: digests,
})

export const resolutionReplies: fc.Arbitrary<ResolutionReply> = objects({
  known: maybe(handles),
  made: maybe(handles),
  silent: fc.nat(NODES_MAX),
})

export const claimRequests: fc.Arbitrary<ClaimRequest> = objects({
  shown: provenEntries,
  digits: fc.stringMatching(/^[0-9]{12}$/),
})

export const claimReplies: fc.Arbitrary<ClaimReply> = objects({ handle: handles })
