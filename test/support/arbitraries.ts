/**
 * Any valid value of everything that crosses the wire or enters a log. Lists are kept short: what
 * happens at their limits is said by examples, not by chance.
 */
import fc from 'fast-check'
import type { Sealed } from '../../crypto/sealing.ts'
import { SEALED_OVERHEAD_BYTES, WRAPPED_BYTES } from '../../crypto/sealing.ts'
import type { Answer, AnswerBundle } from '../../protocol/answer.ts'
import type { Dossier } from '../../protocol/dossier.ts'
import type { Entry } from '../../protocol/entry/entry.ts'
import { SCORE_MAX } from '../../protocol/entry/query.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import {
  BATCH_RECORDS_MAX,
  NAME_BYTES_MAX,
  SHARDS_MAX,
  TEXT_BYTES_MAX,
} from '../../protocol/limits.ts'
import type { Deposit } from '../../protocol/message/deposit.ts'
import type { FoldedReply, FoldedRequest } from '../../protocol/message/folded.ts'
import type { Head } from '../../protocol/message/head.ts'
import type { RecordRequest } from '../../protocol/message/record.ts'
import type { Page, PageRequest } from '../../protocol/message/page.ts'
import type { SearchReply, SearchRequest } from '../../protocol/message/search.ts'
import type { Part, PartCandidate } from '../../protocol/part.ts'
import type { Payload } from '../../protocol/payload.ts'
import type { RecordProof } from '../../protocol/record-proof.ts'
import { AGE_BANDS, CITIZENSHIPS, SEXES } from '../../protocol/rules/application.ts'
import { REASONS } from '../../protocol/rules/reasons/reason.ts'
import { ACTIONS, type SignedStatement, type Statement } from '../../protocol/statement.ts'
import type { Taken } from '../../protocol/taken.ts'
import { VERDICTS } from '../../protocol/verdict.ts'

export const handles = bytesOf(16)
export const digests = bytesOf(32)
const signatures = bytesOf(64)
export const times = fc.maxSafeNat()
const absent = fc.constant(undefined)
export const scores = fc.nat(SCORE_MAX)
export const shards = fc.nat(SHARDS_MAX - 1)

/** Any text that a `text` shape takes: whole code points, no controls, at most `max` bytes. */
export function texts(max = TEXT_BYTES_MAX): fc.Arbitrary<string> {
  const characters = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: max }),
    fc.string({ unit: 'binary', maxLength: Math.floor(max / 4) }),
    fc.string({ unit: 'grapheme-ascii', maxLength: max }),
  )
  // oxlint-disable-next-line no-control-regex -- control characters are what is left out
  const plain = characters.map((found) => found.replaceAll(/[\u0000-\u001f\u007f\ufeff]/g, '-'))
  return plain.filter((found) => Buffer.byteLength(found) <= max)
}

/** Names of nodes and organisations as a roster has them. */
export const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)

export const nodes = fc.oneof(names, texts(NAME_BYTES_MAX))

export const frontiers: fc.Arbitrary<LogSize[]> = upTo(5, objects({ node: nodes, size: times }))

const words = texts().filter((found) => found !== '')

/** With a handle and with digests as the action wants them. */
export const statements: fc.Arbitrary<Statement> = fc.constantFrom(...ACTIONS).chain((action) =>
  objects<Statement>({
    network: texts(),
    action: fc.constant(action),
    post: nodes.filter((found) => found !== ''),
    purpose: words,
    caseNumber: words,
    legalBasis: words,
    at: times,
    handle: action === 'identify' ? absent : action === 'record' ? maybe(handles) : handles,
    payloadDigest: action === 'record' ? absent : digests,
    deedDigest: action === 'identify' || action === 'verify' ? absent : digests,
  }),
)

const signedStatementFields = {
  statement: bytesUpTo(80),
  officer: digests,
  signature: signatures,
  credential: bytesUpTo(80),
}

const signedStatements: fc.Arbitrary<SignedStatement> = objects(signedStatementFields)

export const takens: fc.Arbitrary<Taken> = objects({
  policy: texts(),
  verdict: fc.constantFrom('permitted', 'mandatory'),
  citizenship: fc.constantFrom(...CITIZENSHIPS),
  sex: fc.constantFrom(...SEXES),
  ageBand: fc.constantFrom(...AGE_BANDS),
})

export const dossiers: fc.Arbitrary<Dossier> = objects({
  payload: bytesUpTo(80),
  application: bytesUpTo(80),
})

export const genesisEntries = entries('genesis', {
  at: times,
  network: texts(),
  node: nodes,
  rosterDigest: digests,
})

export const enrolmentEntries = entries('enrolment', {
  at: times,
  handle: handles,
  shard: shards,
  commitment: digests,
  taken: takens,
  after: maybe(digests),
  ...signedStatementFields,
  duplicateCheck: handles,
  frontier: frontiers,
  receipts: upTo(3, objects({ replica: nodes, signature: signatures })),
})

export const queryEntries = entries('query', {
  at: times,
  queryId: handles,
  ...signedStatementFields,
  threshold: scores,
  limit: fc.nat(64),
  frontier: frontiers,
})

export const searchEntries = entries('search', {
  at: times,
  queryId: handles,
  asker: nodes,
  query: digests,
  part: digests,
})

export const actEntries = entries('act', {
  at: times,
  deed: bytesUpTo(80),
  signatures: upTo(2, signedStatements),
  subject: maybe(handles),
  after: maybe(digests),
  policy: texts(),
})

export const grantEntries = entries('grant', { at: times, credential: bytesUpTo(80) })

export const revocationEntries = entries('revocation', { at: times, revocation: bytesUpTo(80) })

export const refusedEntries = entries('refused', {
  at: times,
  reason: fc.constantFrom(...REASONS),
  ...signedStatementFields,
})

export const destroyedEntries = entries('destroyed', {
  at: times,
  handle: handles,
  commitment: digests,
  erasure: digests,
})

export const payloads: fc.Arbitrary<Payload> = objects({
  nonce: digests,
  fingers: fc.uniqueArray(objects({ position: fc.nat(10), template: bytesUpTo(60) }), {
    minLength: 1,
    maxLength: 10,
    selector: ({ position }) => position,
  }),
})

export const candidates: fc.Arbitrary<PartCandidate> = objects({
  handle: handles,
  shard: shards,
  score: scores,
  fingers: upTo(3, objects({ position: fc.nat(10), score: scores })),
  log: nodes,
  index: times,
})

export const outcomeEntries = entries('outcome', {
  at: times,
  queryId: handles,
  query: digests,
  batch: maybe(fc.nat()),
  verdict: fc.constantFrom(...VERDICTS),
  candidates: upTo(3, candidates),
})

export const parts: fc.Arbitrary<Part> = objects({
  queryId: handles,
  node: nodes,
  epoch: times,
  at: times,
  threshold: scores,
  matcher: texts(),
  frontier: frontiers,
  shards: upTo(5, objects({ shard: shards, searched: times, templates: digests, scores: digests })),
  candidates: upTo(3, candidates),
})

export const answers: fc.Arbitrary<Answer> = objects({
  queryId: handles,
  node: nodes,
  epoch: times,
  at: times,
  action: fc.constantFrom(...ACTIONS),
  threshold: scores,
  verdict: fc.constantFrom(...VERDICTS),
  shards: upTo(
    4,
    objects({
      shard: shards,
      asked: upTo(3, nodes),
      answeredBy: maybe(nodes),
    }),
  ),
  candidates: upTo(3, candidates),
})

export const notes = fc
  .string({ unit: 'grapheme', maxLength: 80 })
  .map((text) => `${text}\n\n— a b\n`)

const provenFields = { log: nodes, entry: bytesUpTo(60), proof: notes }
export const provenEntries = objects(provenFields)

export const recordProofs: fc.Arbitrary<RecordProof> = objects({
  entry: bytesUpTo(60),
  record: fc.nat(BATCH_RECORDS_MAX - 1),
  path: upTo(3, digests),
})

const provenRecords = objects({ ...provenFields, batch: maybe(recordProofs) })
export const provenParts = objects({ part: bytesUpTo(60), search: provenRecords })

export const answerBundles: fc.Arbitrary<AnswerBundle> = objects({
  answer: bytesUpTo(80),
  signature: signatures,
  query: provenRecords,
  parts: upTo(3, provenParts),
  enrolments: upTo(3, provenEntries),
})

export const sealedRecords: fc.Arbitrary<Sealed> = objects({
  salt: digests,
  nonce: bytesOf(12),
  ciphertext: bytesUpTo(SEALED_OVERHEAD_BYTES + 40),
  keys: upTo(
    3,
    objects({
      recipient: digests,
      ephemeral: digests,
      nonce: bytesOf(24),
      wrapped: bytesOf(WRAPPED_BYTES),
    }),
  ),
})

export const heads: fc.Arbitrary<Head[]> = upTo(4, objects({ log: nodes, checkpoint: notes }))

export const pageRequests: fc.Arbitrary<PageRequest> = objects({
  log: nodes,
  start: times,
  size: times,
})

export const pages: fc.Arbitrary<Page> = objects({
  entries: upTo(5, bytesUpTo(60)),
  proof: upTo(5, digests),
})

export const searchRequests: fc.Arbitrary<SearchRequest> = objects({
  query: provenRecords,
  payload: bytesUpTo(80),
  shards: upTo(5, shards),
  epoch: times,
})

export const searchReplies: fc.Arbitrary<SearchReply> = objects({
  part: provenParts,
  enrolments: upTo(3, provenEntries),
})

export const deposits: fc.Arbitrary<Deposit> = objects({
  handle: handles,
  sealed: bytesUpTo(80),
  signed: signedStatements,
})

export const recordRequests: fc.Arbitrary<RecordRequest> = objects({
  handle: handles,
  commitment: digests,
})

export const recordReplies = bytesUpTo(80)

export const foldedRequests: fc.Arbitrary<FoldedRequest> = objects({ log: nodes, index: times })

export const foldedReplies: fc.Arbitrary<FoldedReply> = objects({ size: times })

export function bytesOf(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length })
}

export function bytesUpTo(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ maxLength: length })
}

export function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined })
}

export function upTo<T>(length: number, item: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(item, { maxLength: length })
}

/** Objects as literals make them: with a prototype, as decoding gives them too. */
export function objects<T extends object>(fields: {
  [F in keyof T]: fc.Arbitrary<T[F]>
}): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

type EntryOf<K extends Entry['type']> = Extract<Entry, { type: K }>

export function entries<K extends Entry['type']>(
  type: K,
  fields: { [F in keyof Omit<EntryOf<K>, 'type'>]: fc.Arbitrary<EntryOf<K>[F]> },
): fc.Arbitrary<EntryOf<K>> {
  return objects<EntryOf<K>>({ type: fc.constant(type), ...fields } as never)
}
