import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { CREDENTIAL_BYTES_MAX } from '../../../protocol/credential.ts'
import { DEED_BYTES_MAX } from '../../../protocol/deed.ts'
import type { Act } from '../../../protocol/entry/act.ts'
import type { Enrolment } from '../../../protocol/entry/enrolment.ts'
import {
  decodeEntry,
  decodeEntryOf,
  encodeEntry,
  type Entry,
} from '../../../protocol/entry/entry.ts'
import type { Outcome } from '../../../protocol/entry/outcome.ts'
import { SCORE_MAX } from '../../../protocol/entry/query.ts'
import {
  CANDIDATES_MAX,
  ENTRY_BYTES_MAX,
  FINGERS_MAX,
  NAME_BYTES_MAX,
  NODES_MAX,
  REPLICAS_MAX,
  ROSTER_BYTES_MAX,
  SHARDS_MAX,
  SIGNATURES_MAX,
  TEXT_BYTES_MAX,
} from '../../../protocol/limits.ts'
import type { PartCandidate } from '../../../protocol/part.ts'
import { REASONS } from '../../../protocol/rules/reasons/reason.ts'
import { STATEMENT_BYTES_MAX } from '../../../protocol/statement.ts'
import {
  actEntries,
  destroyedEntries,
  enrolmentEntries,
  genesisEntries,
  grantEntries,
  outcomeEntries,
  queryEntries,
  refusedEntries,
  revocationEntries,
  searchEntries,
} from '../../support/arbitraries.ts'
import { batchEntries } from '../../support/arbitrary-batches.ts'
import { epochEntries, holdingEntries } from '../../support/arbitrary-epochs.ts'
import {
  claimEntries,
  crossCheckEntries,
  crossQueryEntries,
  disputeEntries,
  seenEntries,
} from '../../support/arbitrary-pairs.ts'
import { check, codeOf, promiseCodec } from '../support/codec-promises.ts'
import { readTree, replaced, writeFrame } from '../support/message-pack.ts'

const promises = suite('an entry')

const KINDS: readonly [type: Entry['type'], number: number, entries: fc.Arbitrary<Entry>][] = [
  ['genesis', 0, genesisEntries],
  ['enrolment', 1, enrolmentEntries],
  ['query', 2, queryEntries],
  ['search', 3, searchEntries],
  ['act', 4, actEntries],
  ['grant', 5, grantEntries],
  ['revocation', 6, revocationEntries],
  ['outcome', 7, outcomeEntries],
  ['refused', 8, refusedEntries],
  ['destroyed', 9, destroyedEntries],
  ['seen', 10, seenEntries],
  ['cross-query', 11, crossQueryEntries],
  ['cross-check', 12, crossCheckEntries],
  ['dispute', 13, disputeEntries],
  ['claim', 14, claimEntries],
  ['epoch', 15, epochEntries],
  ['holding', 16, holdingEntries],
  ['batch', 17, batchEntries],
]

/** Of one shape: that neither does for the other is for the organisation's signature. */
const ALIKE = [5, 6]

for (const [type, number, entries] of KINDS) {
  const subject = { bytesMax: ENTRY_BYTES_MAX, encode: encodeEntry, decode: decodeEntry }
  promiseCodec<Entry>(promises, { ...subject, name: type }, entries)

  promises(`${type}: is kind ${number} in every log, for ever`, () => {
    check(entries, (entry) => {
      const tree = readTree(encodeEntry(entry))
      is(Array.isArray(tree) && tree[0], number)
    })
  })

  promises(`${type}: is read as what it is, and as nothing else`, () => {
    check(entries, (entry) => {
      const encoded = encodeEntry(entry)
      for (const [other] of KINDS) {
        if (other === type) equal(decodeEntryOf(other, encoded), entry)
        else
          is(
            codeOf(() => decodeEntryOf(other, encoded)),
            'malformed',
          )
      }
    })
  })

  promises(`${type}: its fields are no entry of another kind`, () => {
    for (const entry of fc.sample(entries, { numRuns: 5, seed: 3 })) {
      const tree = readTree(encodeEntry(entry))
      for (const other of [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 255, 1e9,
      ]) {
        if (ALIKE.includes(number) && ALIKE.includes(other)) continue
        const code = codeOf(() => decodeEntry(writeFrame(replaced(tree, [0], other))))
        is(code, other === number ? undefined : 'malformed')
      }
    }
  })
}

const NAME = 'n'.repeat(NAME_BYTES_MAX)
const TEXT = 't'.repeat(TEXT_BYTES_MAX)
const AT = Number.MAX_SAFE_INTEGER
const HANDLE = new Uint8Array(16)
const DIGEST = new Uint8Array(32)
const CREDENTIAL = new Uint8Array(CREDENTIAL_BYTES_MAX)

const SHARDS = Array.from({ length: SHARDS_MAX }, () => SHARDS_MAX - 1)

const FRONTIER = Array.from({ length: NODES_MAX }, () => ({ node: NAME, size: AT }))

const SIGNED = {
  statement: new Uint8Array(STATEMENT_BYTES_MAX),
  officer: DIGEST,
  signature: new Uint8Array(64),
  credential: CREDENTIAL,
}

const ENROLMENT: Enrolment = {
  type: 'enrolment',
  at: AT,
  handle: HANDLE,
  shard: SHARDS_MAX - 1,
  commitment: DIGEST,
  taken: {
    policy: TEXT,
    verdict: 'mandatory',
    citizenship: 'stateless',
    sex: 'unknown',
    ageBand: '75-and-over',
  },
  after: DIGEST,
  ...SIGNED,
  duplicateCheck: HANDLE,
  frontier: FRONTIER,
  receipts: Array.from({ length: REPLICAS_MAX }, () => {
    return { replica: NAME, signature: SIGNED.signature }
  }),
}

const CANDIDATE: PartCandidate = {
  handle: HANDLE,
  shard: SHARDS_MAX - 1,
  score: SCORE_MAX,
  fingers: Array.from({ length: FINGERS_MAX }, () => ({ position: 10, score: SCORE_MAX })),
  log: NAME,
  index: AT,
}

const ACT: Act = {
  type: 'act',
  at: AT,
  deed: new Uint8Array(DEED_BYTES_MAX),
  signatures: Array.from({ length: SIGNATURES_MAX }, () => SIGNED),
  subject: HANDLE,
  after: DIGEST,
  policy: TEXT,
}

const OUTCOME: Outcome = {
  type: 'outcome',
  at: AT,
  queryId: HANDLE,
  query: DIGEST,
  batch: AT,
  verdict: 'incomplete',
  candidates: Array.from({ length: CANDIDATES_MAX }, () => CANDIDATE),
}

const LONGEST: readonly Entry[] = [
  { type: 'genesis', at: AT, network: TEXT, node: NAME, rosterDigest: DIGEST },
  ENROLMENT,
  {
    type: 'query',
    at: AT,
    queryId: HANDLE,
    ...SIGNED,
    threshold: SCORE_MAX,
    limit: CANDIDATES_MAX,
    frontier: FRONTIER,
  },
  { type: 'search', at: AT, queryId: HANDLE, asker: NAME, query: DIGEST, part: DIGEST },
  ACT,
  { type: 'grant', at: AT, credential: CREDENTIAL },
  { type: 'revocation', at: AT, revocation: CREDENTIAL },
  OUTCOME,
  { type: 'refused', at: AT, reason: REASONS.at(-1)!, ...SIGNED },
  { type: 'destroyed', at: AT, handle: HANDLE, commitment: DIGEST, erasure: DIGEST },
  { type: 'epoch', at: AT, roster: 'r'.repeat(ROSTER_BYTES_MAX), frontier: FRONTIER },
  { type: 'holding', at: AT, epoch: AT, held: SHARDS, released: SHARDS },
]

for (const entry of LONGEST) {
  promises(`${entry.type}: with the longest of everything fits a log entry`, () => {
    equal(decodeEntry(encodeEntry(entry)), entry)
  })
}

const TOO_MUCH: readonly [why: string, entry: Entry][] = [
  ['one log more than nodes', { ...ENROLMENT, frontier: [...FRONTIER, FRONTIER[0]!] }],
  ['a shard that is none', { ...ENROLMENT, shard: SHARDS_MAX }],
  ['a longer statement', { ...ENROLMENT, statement: new Uint8Array(STATEMENT_BYTES_MAX + 1) }],
  ['a longer credential', { ...ENROLMENT, credential: new Uint8Array(CREDENTIAL_BYTES_MAX + 1) }],
  ['a longer deed', { ...ACT, deed: new Uint8Array(DEED_BYTES_MAX + 1) }],
  ['one signature more', { ...ACT, signatures: [...ACT.signatures, SIGNED] }],
  ['one candidate more', { ...OUTCOME, candidates: [...OUTCOME.candidates, CANDIDATE] }],
]

for (const [why, entry] of TOO_MUCH) {
  promises(`${entry.type}: with ${why} is refused`, () => {
    is(
      codeOf(() => decodeEntry(encodeEntry(entry))),
      'malformed',
    )
  })
}

promises.run()
