/**
 * Answers and lists as whoever checks them reads them, with the proofs in them: the register on
 * paper has one node, whose log holds a query and the search that answered it.
 */
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { hashLeaf, sha256 } from '../../crypto/hash.ts'
import { signCheckpoint } from '../../crypto/checkpoint.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { noteSigner } from '../../crypto/note.ts'
import { formatTlogProof } from '../../crypto/tlog-proof.ts'
import { verifyAccessList } from '../../node/audit/verify-access-list.ts'
import { verifyAnswer } from '../../node/audit/verify-answer.ts'
import { verifyBreachReport } from '../../node/audit/verify-breach-report.ts'
import { groupRecords } from '../../protocol/access-record.ts'
import type { AccessList } from '../../protocol/access-list.ts'
import {
  answerBundles,
  answers,
  answerSignedBytes,
  type AnswerBundle,
  type ProvenRecord,
} from '../../protocol/answer.ts'
import type { BreachReport } from '../../protocol/breach-report.ts'
import type { CoveredLog } from '../../protocol/covered-log.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { encodePart, partDigest } from '../../protocol/part.ts'
import { logOrigin } from '../../protocol/roster.ts'
import { signAccessList } from '../../protocol/access-list.ts'
import { signBreachReport } from '../../protocol/breach-report.ts'
import { signStatement } from '../../protocol/statement.ts'
import { readTree, writeFrame } from '../../test/protocol/support/message-pack.ts'
import {
  HANDLE,
  nodeSigner,
  NOW,
  officerOf,
  roster,
  statementOf,
} from '../../test/protocol/support/officials.ts'
import { messageDecoder, refusal, type Decoder } from './decoder.ts'

const NODE = 'astana'
const THRESHOLD = 40
const refuses = [
  refusal(
    TamgaError,
    'malformed',
    'too-large',
    'unprocessable',
    'bad-signature',
    'bad-proof',
    'wrong-epoch',
    'forbidden',
  ),
]

export const AUDIT_DECODERS: readonly Decoder[] = [
  messageDecoder({
    name: 'verified-answer',
    covers: ['node/audit/verify-answer.ts#verifyAnswer', 'node/audit/verify-part.ts#verifyPart'],
    seeds: () => [bundle(ANSWER)],
    decode: (bytes) => verifyAnswer(bytes, roster),
    refuses,
  }),
  messageDecoder({
    name: 'properly-signed-answer',
    covers: ['node/audit/verify-answer.ts#verifyAnswer'],
    seeds: () => [ANSWER],
    decode: (answer) => verifyAnswer(bundle(answer), roster),
    refuses,
  }),
  messageDecoder({
    name: 'properly-signed-part',
    covers: ['node/audit/verify-part.ts#verifyPart', 'node/audit/verify-part.ts#verifyIncluded'],
    seeds: () => [PART],
    decode: (part) => verifyAnswer(bundle(ANSWER, part), roster),
    refuses,
  }),
  messageDecoder({
    name: 'verified-access-list',
    covers: ['node/audit/verify-access-list.ts#verifyAccessList'],
    seeds: () => [saidIn(signAccessList(LIST, nodeSigner))],
    decode: (list) => verifyAccessList(signed('access list', list), roster),
    refuses,
  }),
  messageDecoder({
    name: 'verified-breach-report',
    covers: ['node/audit/verify-breach-report.ts#verifyBreachReport'],
    seeds: () => [saidIn(signBreachReport(REPORT, nodeSigner))],
    decode: (report) => verifyBreachReport(signed('breach report', report), roster),
    refuses,
  }),
]

const queryId = new Uint8Array(16).fill(3)

const QUERY = encodeEntry({
  type: 'query',
  at: NOW,
  queryId,
  ...signStatement(statementOf('identify'), officerOf('border-officer')),
  threshold: THRESHOLD,
  limit: 8,
  frontier: [],
})

const SHARDS = Array.from({ length: roster.shards }, (_, shard) => shard)

const PART = encodePart({
  queryId,
  node: NODE,
  epoch: 1,
  at: NOW,
  threshold: THRESHOLD,
  matcher: 'build',
  frontier: [{ node: NODE, size: 1 }],
  shards: SHARDS.map((shard) => ({
    shard,
    searched: shard + 1,
    templates: sha256(Uint8Array.of(shard)),
    scores: sha256(Uint8Array.of(shard)),
  })),
  candidates: [],
})

const ANSWER = answers.encode({
  queryId,
  node: NODE,
  epoch: 1,
  at: NOW,
  action: 'identify',
  threshold: THRESHOLD,
  verdict: 'no-hit',
  shards: SHARDS.map((shard) => ({ shard, asked: [NODE], answeredBy: NODE })),
  candidates: [],
})

const SEARCH = searchOf(PART)
const LOGGED = loggedWith(PART)
const FRONTIER: CoveredLog[] = [{ node: NODE, size: 2, checkpoint: checkpointOf(SEARCH) }]
const PAGE = {
  network: roster.network,
  node: NODE,
  at: NOW,
  frontier: FRONTIER,
  unheard: [],
  offset: 0,
  total: 1,
}
const [ASKED, SEARCHED] = batchesOf(SEARCH)
const ROW = {
  log: NODE,
  index: 0,
  record: 0,
  leaf: hashLeaf(QUERY),
  path: [hashLeaf(SEARCHED)],
  batch: { entry: ASKED, record: 0, path: [] },
  at: NOW,
}

const LIST: AccessList = {
  ...PAGE,
  handle: HANDLE,
  accesses: [
    {
      ...ROW,
      kind: 'verified',
      by: [
        {
          organisation: 'border-service',
          role: 'border-officer',
          purpose: 'border',
          legalBasis: 'x',
        },
      ],
    },
  ],
}

const REPORT: BreachReport = {
  ...PAGE,
  officer: officerOf('border-officer').signer.publicKey,
  from: NOW,
  to: NOW + 1,
  acts: [{ ...ROW, what: 'identify', handles: [HANDLE], case: undefined, extent: 'these' }],
}

/** An answer with the node's signature under it, and the log as it is when `part` was given. */
function bundle(answer: Uint8Array, part = PART): Uint8Array {
  const signature = nodeSigner.sign(answerSignedBytes(answer))
  const logged = part === PART ? LOGGED : loggedWith(part)
  return answerBundles.encode({ answer, signature, ...logged, enrolments: [] })
}

/** The query and the part, each as it stands in the log of the two. */
function loggedWith(part: Uint8Array): Pick<AnswerBundle, 'query' | 'parts'> {
  const search = searchOf(part)
  const checkpoint = checkpointOf(search)
  const [asked, searched] = batchesOf(search)
  const prove = (index: bigint, record: Uint8Array, entry: Uint8Array): ProvenRecord => {
    const other = index === 0n ? searched : asked
    const proof = formatTlogProof({ index, path: [hashLeaf(other)], checkpoint })
    return { log: NODE, entry: record, proof, batch: { entry, record: 0, path: [] } }
  }
  return { query: prove(0n, QUERY, asked), parts: [{ part, search: prove(1n, search, searched) }] }
}

/** The two batches that the log has, one with the question and one with the search. */
function batchesOf(search: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const { post } = statementOf('identify')
  const officer = officerOf('border-officer').signer.publicKey
  const asked = groupRecords([{ post, bytes: QUERY, officer }])
  const searched = groupRecords([{ post: NODE, bytes: search }])
  return [batchOf(asked), batchOf(searched)]
}

function batchOf({ groups }: Pick<Batch, 'groups'>): Uint8Array {
  return encodeEntry({ type: 'batch', at: NOW, groups })
}

function searchOf(part: Uint8Array): Uint8Array {
  const [query, digest] = [hashLeaf(QUERY), partDigest(part)]
  return encodeEntry({ type: 'search', at: NOW, queryId, asker: NODE, query, part: digest })
}

function checkpointOf(search: Uint8Array): string {
  const edge = RightEdge.empty()
  for (const entry of batchesOf(search)) edge.append(hashLeaf(entry))
  const origin = logOrigin(roster.network, NODE)
  const tree = { origin, size: edge.size, root: edge.root(), extensions: [] }
  return signCheckpoint(tree, noteSigner(origin, nodeSigner))
}

function signed(kind: string, list: Uint8Array): Uint8Array {
  return writeFrame([list, nodeSigner.sign(concatBytes(utf8(`tamga/${kind}/v1\n`), list))])
}

function saidIn(encoded: Uint8Array): Uint8Array {
  const tree = readTree(encoded)
  const said: unknown = Array.isArray(tree) ? tree[0] : undefined
  if (said instanceof Uint8Array) return new Uint8Array(said)
  throw new Error('not signed bytes')
}
