/** What is kept, logged or handed out: entries, answers, deeds, rosters, law, sealed records. */
import { open, SealingError, seal, boxKeysFromSeed } from '../../crypto/sealing.ts'
import {
  formatVkey,
  noteSigner,
  noteVerifier,
  signNote,
  type NoteSigner,
} from '../../crypto/note.ts'
import { answerBundles, answers } from '../../protocol/answer.ts'
import { decodeDeed, encodeDeed } from '../../protocol/deed.ts'
import { decodeDossier, encodeDossier } from '../../protocol/dossier.ts'
import { decodeEntry, decodeEntryOf, encodeEntry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { parseIin } from '../../protocol/iin.ts'
import { decodePart, encodePart } from '../../protocol/part.ts'
import { decodePayload, encodePayload } from '../../protocol/payload.ts'
import { quorumPolicy } from '../../protocol/quorum.ts'
import { formatRoster, openRoster, parseRoster, type Roster } from '../../protocol/roster.ts'
import { decodeApplication, encodeApplication } from '../../protocol/rules/application.ts'
import { isCivilDate } from '../../protocol/rules/civil-date.ts'
import { POLICIES } from '../../protocol/rules/policies.ts'
import { decodePolicy, encodePolicy } from '../../protocol/rules/policy.ts'
import {
  openLater,
  openSuccessor,
  rosterSigner as nodeRosterSigner,
  successorOf,
} from '../../protocol/succession.ts'
import { decodeSealed, encodeSealed } from '../../protocol/sealed-record.ts'
import { applications } from '../../test/protocol/rules/support/applications.ts'
import { policies } from '../../test/protocol/rules/support/policies.ts'
import { signerOf } from '../../test/protocol/support/officials.ts'
import * as arbitrary from '../../test/support/arbitraries.ts'
import { batchEntries } from '../../test/support/arbitrary-batches.ts'
import { deeds } from '../../test/support/arbitrary-deeds.ts'
import * as epochs from '../../test/support/arbitrary-epochs.ts'
import * as pairs from '../../test/support/arbitrary-pairs.ts'
import { rosters } from '../../test/support/arbitrary-rosters.ts'
import fc from 'fast-check'
import { messageDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'
import { sampled } from './sampled.ts'

const plain = [refusal(TamgaError, 'malformed', 'too-large')]
const judged = [refusal(TamgaError, 'malformed', 'too-large', 'unprocessable')]

const entries = fc.oneof(
  arbitrary.genesisEntries,
  arbitrary.enrolmentEntries,
  arbitrary.queryEntries,
  arbitrary.searchEntries,
  arbitrary.actEntries,
  arbitrary.grantEntries,
  arbitrary.revocationEntries,
  arbitrary.outcomeEntries,
  arbitrary.refusedEntries,
  arbitrary.destroyedEntries,
  epochs.epochEntries,
  epochs.holdingEntries,
  pairs.seenEntries,
  pairs.crossQueryEntries,
  pairs.crossCheckEntries,
  pairs.disputeEntries,
  pairs.claimEntries,
  batchEntries,
)

const logged: readonly Decoder[] = [
  messageDecoder({
    name: 'entry',
    covers: ['protocol/entry/entry.ts#entries', 'protocol/entry/entry.ts#decodeEntry'],
    seeds: sampled(entries, encodeEntry),
    decode: decodeEntry,
    encode: encodeEntry,
    refuses: plain,
  }),
  messageDecoder({
    name: 'query-entry',
    covers: ['protocol/entry/entry.ts#decodeEntryOf'],
    seeds: sampled(arbitrary.queryEntries, encodeEntry),
    decode: (bytes) => decodeEntryOf('query', bytes),
    encode: encodeEntry,
    refuses: plain,
  }),
  messageDecoder({
    name: 'deed',
    covers: ['protocol/deed.ts#deeds', 'protocol/deed.ts#decodeDeed'],
    seeds: sampled(deeds, encodeDeed),
    decode: decodeDeed,
    encode: encodeDeed,
    refuses: plain,
  }),
  messageDecoder({
    name: 'policy',
    covers: ['protocol/rules/policy.ts#policies', 'protocol/rules/policy.ts#decodePolicy'],
    seeds: (seed) => [...POLICIES.map(encodePolicy), ...sampled(policies, encodePolicy)(seed)],
    decode: decodePolicy,
    encode: encodePolicy,
    refuses: judged,
  }),
]

const answered: readonly Decoder[] = [
  messageDecoder({
    name: 'answer',
    covers: ['protocol/answer.ts#answers'],
    seeds: sampled(arbitrary.answers, answers.encode),
    decode: answers.decode,
    encode: answers.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'answer-bundle',
    covers: ['protocol/answer.ts#answerBundles'],
    seeds: sampled(arbitrary.answerBundles, answerBundles.encode),
    decode: answerBundles.decode,
    encode: answerBundles.encode,
    refuses: plain,
  }),
  messageDecoder({
    name: 'part',
    covers: ['protocol/part.ts#partCodec', 'protocol/part.ts#decodePart'],
    seeds: sampled(arbitrary.parts, encodePart),
    decode: decodePart,
    encode: encodePart,
    refuses: plain,
  }),
]

const replica = boxKeysFromSeed(new Uint8Array(32).fill(5))
const CONTEXT = new Uint8Array(16).fill(7)
const PAYLOAD = new Uint8Array(40).fill(6)

const kept: readonly Decoder[] = [
  messageDecoder({
    name: 'payload',
    covers: ['protocol/payload.ts#payloads', 'protocol/payload.ts#decodePayload'],
    seeds: sampled(arbitrary.payloads, encodePayload),
    decode: decodePayload,
    encode: encodePayload,
    refuses: judged,
  }),
  messageDecoder({
    name: 'application',
    covers: [
      'protocol/rules/application.ts#applications',
      'protocol/rules/application.ts#decodeApplication',
    ],
    seeds: sampled(applications, encodeApplication),
    decode: decodeApplication,
    encode: encodeApplication,
    refuses: judged,
  }),
  messageDecoder({
    name: 'dossier',
    covers: ['protocol/dossier.ts#dossiers', 'protocol/dossier.ts#decodeDossier'],
    seeds: sampled(arbitrary.dossiers, encodeDossier),
    decode: decodeDossier,
    encode: encodeDossier,
    refuses: plain,
  }),
  messageDecoder({
    name: 'sealed-record',
    covers: ['protocol/sealed-record.ts#sealedRecords', 'protocol/sealed-record.ts#decodeSealed'],
    seeds: sampled(arbitrary.sealedRecords, encodeSealed),
    decode: decodeSealed,
    encode: encodeSealed,
    refuses: plain,
  }),
  messageDecoder({
    name: 'opened-record',
    covers: ['crypto/sealing.ts#open', 'crypto/box.ts#openBox'],
    seeds: () => [1, 2].map(sealedFor),
    decode: (bytes) => open(decodeSealed(bytes), replica, CONTEXT),
    refuses: [
      ...plain,
      refusal(
        SealingError,
        'malformed',
        'recipient-count',
        'not-a-recipient',
        'unwrap',
        'decrypt',
        'key-commitment',
      ),
    ],
  }),
]

const authority = { name: 'registry.kz/authority', signer: signerOf(1) }
const rosterSigner = noteSigner(authority.name, authority.signer)
const rosterVerifier = noteVerifier(formatVkey(authority.name, authority.signer.publicKey))

/** A roster of one node, who signs what follows it. */
const own = signerOf(40)
const founding: Roster = {
  network: 'registry.kz',
  epoch: 1,
  shards: 4,
  replicas: 1,
  mirrors: 0,
  nodes: [
    {
      name: 'first-node',
      publicKey: own.publicKey,
      boxKey: signerOf(41).publicKey,
      mirrorKey: signerOf(42).publicKey,
      address: '/ip4/10.0.0.1/tcp/9000',
    },
  ],
  organisations: [],
}
const current = { roster: founding, note: signNote(formatRoster(founding), [rosterSigner]) }
const ownSigner = nodeRosterSigner(founding, 'first-node', own)

const texts: readonly Decoder[] = [
  textDecoder({
    name: 'roster',
    covers: [
      'protocol/roster.ts#parseRoster',
      'protocol/roster-history.ts#parseHistory',
      'protocol/roster-words.ts#readName',
      'protocol/roster-words.ts#readKey',
      'protocol/roster-words.ts#readNumber',
      'protocol/witness-lines.ts#parseWitnesses',
    ],
    seeds: sampled(rosters, formatRoster),
    decode: parseRoster,
    encode: formatRoster,
    isCanonical: true,
    refuses: plain,
  }),
  textDecoder({
    name: 'roster-in-use',
    covers: ['protocol/quorum.ts#quorumPolicy'],
    seeds: (seed) => [...sampled(rosters, formatRoster)(seed), deepRoster()],
    // Whoever has read a roster goes by its quorum: what has none must not have been read.
    decode: (text) => quorumPolicy(parseRoster(text)).threshold,
    refuses: plain,
  }),
  textDecoder({
    name: 'properly-signed-roster',
    covers: ['protocol/roster.ts#openRoster'],
    seeds: sampled(rosters, formatRoster),
    // What no note can carry, no authority can sign.
    decode: (text) => openRoster(signedOr(text), rosterVerifier),
    refuses: [refusal(TamgaError, 'malformed', 'too-large', 'bad-signature')],
  }),
  textDecoder({
    name: 'next-roster',
    covers: [
      'protocol/succession.ts#openProposal',
      'protocol/succession.ts#openSuccessor',
      'protocol/succession.ts#successorOf',
    ],
    seeds: sampled(rosters, nextOf),
    decode: (text) => openSuccessor(signedOr(text, [ownSigner]), current, rosterVerifier),
    refuses: [
      refusal(TamgaError, 'malformed', 'bad-signature', 'wrong-epoch', 'conflict', 'forbidden'),
    ],
  }),
  textDecoder({
    name: 'later-roster',
    covers: ['protocol/succession.ts#openLater'],
    seeds: sampled(rosters, nextOf),
    decode: (text) => openLater(signedOr(text, [ownSigner]), current, rosterVerifier),
    refuses: [
      refusal(TamgaError, 'malformed', 'bad-signature', 'wrong-epoch', 'conflict', 'forbidden'),
    ],
  }),
  textDecoder({
    name: 'iin',
    covers: ['protocol/iin.ts#parseIin'],
    seeds: () => ['990101300014', '850315400127', '050607500011'].flatMap(withCheckDigits),
    decode: parseIin,
    encode: ({ digits }) => digits,
    isCanonical: true,
    refuses: [refusal(TamgaError, 'unprocessable')],
  }),
  textDecoder({
    name: 'civil-date',
    covers: ['protocol/rules/civil-date.ts#isCivilDate'],
    seeds: () => ['1800-01-01', '2024-02-29', '2999-12-31'],
    decode: isCivilDate,
    refuses: [],
  }),
]

export const RECORD_DECODERS: readonly Decoder[] = [...logged, ...answered, ...kept, ...texts]

function sealedFor(recipients: number): Uint8Array {
  let drawn = recipients
  const others = Array.from({ length: recipients }, (_, at) =>
    boxKeysFromSeed(new Uint8Array(32).fill(40 + at)),
  )
  const keys = [replica, ...others].map(({ publicKey }) => publicKey)
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill((drawn += 1))
  return encodeSealed(seal(PAYLOAD, keys, { context: CONTEXT, randomBytes }))
}

function signedOr(text: string, others: readonly NoteSigner[] = []): string {
  try {
    return signNote(text, [rosterSigner, ...others])
  } catch {
    return text
  }
}

/** The text of a roster that follows `current`, with the nodes of another one. */
function nextOf({ nodes }: Roster): string {
  return formatRoster(successorOf(current, [...current.roster.nodes, ...nodes]))
}

/** Groups within groups, as deep as a quorum may be. */
function deepRoster(): string {
  const [first] = fc.sample(rosters, { numRuns: 1, seed: 1 })
  const [node] = first!.nodes
  const groups = Array.from({ length: 8 }, (_, depth) => {
    const member = depth === 0 ? node!.name : `group-${depth - 1}`
    return { name: `group-${depth}`, threshold: 1, members: [member] }
  })
  return formatRoster({ ...first!, witnesses: { groups, quorum: 'group-7' } })
}

/** Those of the ten numbers with these eleven digits that are good. */
function withCheckDigits(digits: string): string[] {
  return Array.from({ length: 10 }, (_, last) => digits.slice(0, -1) + last).filter((iin) => {
    try {
      return parseIin(iin).digits === iin
    } catch {
      return false
    }
  })
}
