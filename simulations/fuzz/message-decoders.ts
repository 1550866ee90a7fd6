/** What nodes say to each other: every codec of `protocol/message/`, and frames on the wire. */
import fc from 'fast-check'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { FrameReader, newFrame, PREFIX_BYTES } from '../../node/mesh/frame.ts'
import { parseAddress } from '../../node/mesh/peer-book.ts'
import {
  decodeMessage,
  encodeAnswer,
  encodeCancel,
  encodeError,
  encodeRequest,
  type Message,
} from '../../node/mesh/wire.ts'
import type { Codec } from '../../protocol/codec.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { consistencyReplies, consistencyRequests } from '../../protocol/message/consistency.ts'
import { depositReplies, deposits } from '../../protocol/message/deposit.ts'
import { foldedReplies, foldedRequests } from '../../protocol/message/folded.ts'
import { heads } from '../../protocol/message/head.ts'
import { mirroreds } from '../../protocol/message/mirrored.ts'
import { pageRequests, pages } from '../../protocol/message/page.ts'
import { recordReplies, recordRequests } from '../../protocol/message/record.ts'
import {
  claimReplies,
  claimRequests,
  resolutionReplies,
  resolutionRequests,
} from '../../protocol/message/resolution.ts'
import { replayRequests } from '../../protocol/message/replay.ts'
import { scoresReplies, scoresRequests } from '../../protocol/message/scores.ts'
import { searchReplies, searchRequests } from '../../protocol/message/search.ts'
import { standingReplies, standingRequests } from '../../protocol/message/standing.ts'
import { successionReplies, successionRequests } from '../../protocol/message/succession.ts'
import {
  witnessReplies,
  witnessRequests,
  type WitnessReply,
} from '../../protocol/message/witness.ts'
import * as arbitrary from '../../test/support/arbitraries.ts'
import * as numbers from '../../test/support/arbitrary-numbers.ts'
import { bytesDecoder, messageDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'
import { sampled } from './sampled.ts'

const refuses = [refusal(TamgaError, 'malformed', 'too-large')]
export const openedScores = arbitrary.objects({
  shard: arbitrary.shards,
  digests: arbitrary.upTo(5, arbitrary.digests),
})
export const namedTemplates = arbitrary.upTo(
  4,
  arbitrary.objects({ handle: arbitrary.handles, commitment: arbitrary.digests }),
)
const hashes = fc.array(arbitrary.digests, { maxLength: 5 })
const lines = fc.string({ unit: 'grapheme', maxLength: 80 })

const witnessReplyValues: fc.Arbitrary<WitnessReply> = fc.oneof(
  arbitrary.objects({ type: fc.constant('cosigned' as const), line: lines }),
  arbitrary.objects({ type: fc.constant('conflict' as const), size: arbitrary.times }),
  ...(['unknown', 'forbidden', 'unprocessable'] as const).map((type) =>
    arbitrary.objects({ type: fc.constant(type) }),
  ),
)

const messages: readonly Decoder[] = [
  ofCodec('heads', 'head.ts#heads', heads, arbitrary.heads),
  ofCodec('page-request', 'page.ts#pageRequests', pageRequests, arbitrary.pageRequests),
  ofCodec('page', 'page.ts#pages', pages, arbitrary.pages),
  ofCodec('search-request', 'search.ts#searchRequests', searchRequests, arbitrary.searchRequests),
  ofCodec('search-reply', 'search.ts#searchReplies', searchReplies, arbitrary.searchReplies),
  ofCodec(
    'scores-request',
    'scores.ts#scoresRequests',
    scoresRequests,
    arbitrary.objects({ part: arbitrary.digests }),
  ),
  ofCodec(
    'scores-reply',
    'scores.ts#scoresReplies',
    scoresReplies,
    arbitrary.upTo(3, openedScores),
  ),
  ofCodec(
    'replay-request',
    'replay.ts#replayRequests',
    replayRequests,
    arbitrary.objects({
      query: arbitrary.provenEntries,
      payload: arbitrary.bytesUpTo(60),
      shard: arbitrary.shards,
      people: namedTemplates,
    }),
  ),
  ofCodec('deposit', 'deposit.ts#deposits', deposits, arbitrary.deposits),
  ofCodec('deposit-reply', 'deposit.ts#depositReplies', depositReplies, arbitrary.bytesOf(64)),
  ofCodec(
    'resolution-request',
    'resolution.ts#resolutionRequests',
    resolutionRequests,
    numbers.resolutionRequests,
  ),
  ofCodec(
    'resolution-reply',
    'resolution.ts#resolutionReplies',
    resolutionReplies,
    numbers.resolutionReplies,
  ),
  ofCodec('claim-request', 'resolution.ts#claimRequests', claimRequests, numbers.claimRequests),
  ofCodec('claim-reply', 'resolution.ts#claimReplies', claimReplies, numbers.claimReplies),
  ofCodec(
    'consistency-request',
    'consistency.ts#consistencyRequests',
    consistencyRequests,
    arbitrary.objects({ log: arbitrary.nodes, from: arbitrary.times, to: arbitrary.times }),
  ),
  ofCodec(
    'consistency-reply',
    'consistency.ts#consistencyReplies',
    consistencyReplies,
    arbitrary.objects({ root: arbitrary.digests, proof: hashes }),
  ),
  ofCodec(
    'witness-request',
    'witness.ts#witnessRequests',
    witnessRequests,
    arbitrary.objects({
      log: arbitrary.nodes,
      oldSize: arbitrary.times,
      proof: hashes,
      checkpoint: lines,
    }),
  ),
  ofCodec('succession-request', 'succession.ts#successionRequests', successionRequests, lines),
  ofCodec('succession-reply', 'succession.ts#successionReplies', successionReplies, lines),
  ofCodec(
    'folded-request',
    'folded.ts#foldedRequests',
    foldedRequests,
    arbitrary.objects({ log: arbitrary.nodes, index: arbitrary.times }),
  ),
  ofCodec(
    'folded-reply',
    'folded.ts#foldedReplies',
    foldedReplies,
    arbitrary.objects({ size: arbitrary.times }),
  ),
  ofCodec(
    'record-request',
    'record.ts#recordRequests',
    recordRequests,
    arbitrary.objects({ handle: arbitrary.handles, commitment: arbitrary.digests }),
  ),
  ofCodec('record-reply', 'record.ts#recordReplies', recordReplies, arbitrary.bytesUpTo(200)),
  ofCodec(
    'standing-request',
    'standing.ts#standingRequests',
    standingRequests,
    arbitrary.objects({ log: arbitrary.nodes }),
  ),
  ofCodec(
    'standing-reply',
    'standing.ts#standingReplies',
    standingReplies,
    arbitrary.objects({ known: lines, held: lines }),
  ),
  ofCodec('witness-reply', 'witness.ts#witnessReplies', witnessReplies, witnessReplyValues),
  ofCodec(
    'mirrored',
    'mirrored.ts#mirroreds',
    mirroreds,
    arbitrary.objects({ text: lines, line: lines }),
  ),
]

const bodies = [
  encodeRequest(1, 5_000, utf8('question')),
  encodeRequest(0xffff_ffff, 0, new Uint8Array()),
  encodeAnswer(2, utf8('answer')),
  encodeError(3, new TamgaError('overloaded', 'the queue is full')),
  encodeCancel(4),
]

/** Longest frame here, bytes: frames at the limit are among the cases. */
const FRAME_BYTES_MAX = 1_024

const wire: readonly Decoder[] = [
  bytesDecoder({
    name: 'mesh-message',
    covers: ['node/mesh/wire.ts#decodeMessage'],
    seeds: () => bodies.map((frame) => frame.subarray(PREFIX_BYTES)),
    decode: decodeMessage,
    encode: (message) => encodeMessage(message).subarray(PREFIX_BYTES),
    refuses,
  }),
  bytesDecoder({
    name: 'mesh-frames',
    covers: ['node/mesh/frame.ts#FrameReader'],
    seeds: () => [...bodies, concatBytes(...bodies), newFrame(FRAME_BYTES_MAX)],
    // The first byte says in how large pieces the rest arrives.
    decode: (bytes) => {
      const reader = new FrameReader(FRAME_BYTES_MAX)
      const frames: Uint8Array[] = []
      const step = 1 + (bytes[0] ?? 0)
      for (let at = 0; at < bytes.length; at += step) {
        reader.push(bytes.subarray(at, at + step), (frame) => frames.push(frame))
        if (reader.heldBytes > FRAME_BYTES_MAX) throw new Error(`${reader.heldBytes} bytes held`)
      }
      return frames
    },
    refuses,
  }),
  textDecoder({
    name: 'multiaddr',
    covers: ['node/mesh/peer-book.ts#parseAddress'],
    seeds: () => [
      '/ip4/10.0.0.1/tcp/9000',
      '/ip6/::1/tcp/9000',
      '/dns4/astana.registry.kz/tcp/443/tls/ws',
      '/unix/%2Fx%2Fy',
    ],
    decode: (address) => parseAddress(address).toString(),
    refuses,
    isForeign: true,
  }),
]

export const MESSAGE_DECODERS: readonly Decoder[] = [...messages, ...wire]

function ofCodec<T>(
  name: string,
  place: string,
  { encode, decode }: Codec<T>,
  values: fc.Arbitrary<T>,
): Decoder {
  return messageDecoder({
    name,
    covers: [`protocol/message/${place}`],
    seeds: sampled(values, encode),
    decode,
    encode,
    refuses,
  })
}

function encodeMessage(message: Message): Uint8Array {
  if (message.kind === 'request') {
    return encodeRequest(message.id, message.remainingMs, message.payload)
  }
  if (message.kind === 'answer') return encodeAnswer(message.id, message.payload)
  if (message.kind === 'cancel') return encodeCancel(message.id)
  return encodeError(message.id, new TamgaError(message.code, message.message))
}
