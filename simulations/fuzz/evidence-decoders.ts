/**
 * Evidence of two histories, as it is passed on and as somebody holds it against the roster; and
 * what shows that two replicas contradict each other.
 */
import fc from 'fast-check'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { signCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf, type Hash } from '../../crypto/hash.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { noteSigner } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { disputes } from '../../protocol/dispute.ts'
import { evidenceOf, evidences, verifyEvidence, type Evidence } from '../../protocol/evidence.ts'
import { evidenceReplies, evidenceRequests } from '../../protocol/message/evidence.ts'
import { openReplay, replayEvidences, signedReplays, signReplay } from '../../protocol/replay.ts'
import { logOrigin, logVerifier } from '../../protocol/roster.ts'
import { samples } from '../../protocol/sample.ts'
import { nodeSigner, roster } from '../../test/protocol/support/officials.ts'
import * as arbitrary from '../../test/support/arbitraries.ts'
import { messageDecoder, refusal, type Decoder } from './decoder.ts'
import { namedTemplates, openedScores } from './message-decoders.ts'
import { sampled } from './sampled.ts'

const NODE = 'astana'
const ORIGIN = logOrigin(roster.network, NODE)
const verifier = logVerifier(roster.network, roster.nodes[0]!)
const someDisputes = arbitrary.objects({
  query: arbitrary.provenEntries,
  shard: arbitrary.shards,
  first: arbitrary.provenParts,
  second: arbitrary.provenParts,
})
const someReplays = arbitrary.objects({
  node: arbitrary.nodes,
  at: arbitrary.times,
  query: arbitrary.digests,
  shard: arbitrary.shards,
  people: arbitrary.digests,
  matcher: arbitrary.texts(),
  missing: fc.nat(256),
  digest: fc.option(arbitrary.digests, { nil: undefined }),
})
const someReplayEvidence = arbitrary.objects({
  query: arbitrary.provenEntries,
  part: arbitrary.provenParts,
  shard: arbitrary.shards,
  block: arbitrary.objects({
    block: fc.nat(9),
    blocks: fc.nat(9),
    digest: arbitrary.digests,
    path: arbitrary.upTo(4, arbitrary.digests),
  }),
  people: namedTemplates,
  replays: arbitrary.upTo(
    2,
    arbitrary.objects({ replay: arbitrary.bytesUpTo(60), signature: arbitrary.bytesOf(64) }),
  ),
})
const someSamples = arbitrary.objects({
  answer: arbitrary.bytesUpTo(60),
  scores: arbitrary.upTo(3, openedScores),
})
const plain = [refusal(TamgaError, 'malformed', 'too-large')]

export const EVIDENCE_DECODERS: readonly Decoder[] = [
  messageDecoder({
    name: 'evidence',
    covers: ['protocol/evidence.ts#evidences'],
    seeds: () => found().map(evidences.encode),
    decode: evidences.decode,
    encode: evidences.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'verified-evidence',
    covers: ['protocol/evidence.ts#verifyEvidence'],
    seeds: () => found().map(evidences.encode),
    decode: (bytes) => verifyEvidence(bytes, roster),
    encode: ({ encoded }) => encoded,
    refuses: [
      refusal(TamgaError, 'malformed', 'too-large', 'bad-proof', 'bad-signature', 'not-found'),
    ],
  }),
  messageDecoder({
    name: 'evidence-request',
    covers: ['protocol/message/evidence.ts#evidenceRequests'],
    seeds: () => [[], [NODE], [NODE, 'almaty']].map((known) => evidenceRequests.encode({ known })),
    decode: evidenceRequests.decode,
    encode: evidenceRequests.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'evidence-reply',
    covers: ['protocol/message/evidence.ts#evidenceReplies'],
    seeds: () => [[], found().map(evidences.encode)].map(evidenceReplies.encode),
    decode: evidenceReplies.decode,
    encode: evidenceReplies.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'dispute',
    covers: ['protocol/dispute.ts#disputes'],
    seeds: sampled(someDisputes, disputes.encode),
    decode: disputes.decode,
    encode: disputes.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'signed-replay',
    covers: ['protocol/replay.ts#signedReplays'],
    seeds: sampled(someReplays, (replay) => signedReplays.encode(signReplay(replay, nodeSigner))),
    decode: signedReplays.decode,
    encode: signedReplays.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'opened-replay',
    covers: ['protocol/replay.ts#openReplay', 'protocol/replay.ts#replays'],
    seeds: sampled(someReplays, (replay) => signReplay(replay, nodeSigner).replay),
    decode: (replay) => {
      const signature = nodeSigner.sign(concatBytes(utf8('tamga/replay/v1\n'), replay))
      return openReplay({ replay, signature }, () => nodeSigner.publicKey)
    },
    refuses: [refusal(TamgaError, 'malformed', 'too-large', 'bad-signature')],
  }),
  messageDecoder({
    name: 'replay-evidence',
    covers: ['protocol/replay.ts#replayEvidences'],
    seeds: sampled(someReplayEvidence, replayEvidences.encode),
    decode: replayEvidences.decode,
    encode: replayEvidences.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'sample',
    covers: ['protocol/sample.ts#samples'],
    seeds: sampled(someSamples, samples.encode),
    decode: samples.decode,
    encode: samples.encode,
    refuses: plain,
  }),
]

/** One of each kind: of one size, and of two, the larger with what it had at the smaller size. */
function found(): Evidence[] {
  const [leaf, other, next] = ['leaf', 'other', 'next'].map((word) => hashLeaf(utf8(word)))
  const one = treeOf(leaf!)
  const another = treeOf(other!)
  const prefix = { root: another.root(), proof: [next!] }
  return [
    evidenceOf({ log: NODE, notes: [noteOf(one), noteOf(another)] }, verifier),
    evidenceOf(
      { log: NODE, notes: [noteOf(one), noteOf(treeOf(other!, next!))], prefix },
      verifier,
    ),
  ]
}

function treeOf(...leaves: readonly Hash[]): RightEdge {
  const edge = RightEdge.empty()
  for (const leaf of leaves) edge.append(leaf)
  return edge
}

function noteOf(edge: RightEdge): string {
  const tree = { origin: ORIGIN, size: edge.size, root: edge.root(), extensions: [] }
  return signCheckpoint(tree, noteSigner(ORIGIN, nodeSigner))
}
