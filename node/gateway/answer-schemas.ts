/** What a search or an enrolment comes to, as JSON Schema. */
import { QUERY_ID_BYTES } from '../../protocol/identifiers.ts'
import { LIFE_STATUSES } from '../../protocol/rules/eligibility.ts'
import { ACTIONS } from '../../protocol/statement.ts'
import { VERDICTS } from '../../protocol/verdict.ts'
import {
  bytes,
  caseId,
  count,
  flag,
  handle,
  hex,
  list,
  name,
  object,
  oneOf,
  proofText,
  time,
} from './schemas.ts'

const fingerScore = object({ position: count, score: count })

/** Whom a search named, and where their enrolment stands. */
export const candidate = object({
  handle,
  score: count,
  fingers: list(fingerScore),
  falseMatchRate: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'The share of strangers who reach this score; far below 0.0001 an extrapolation.',
  },
  shard: count,
  log: name,
  index: count,
})

const outcome = object(
  {
    shard: count,
    asked: list(name),
    answeredBy: { ...name, description: 'Absent when every replica stayed silent.' },
  },
  ['answeredBy'],
)

/** How an entry is covered by the signatures of other nodes. */
const witnessed = object(
  {
    quorum: { ...flag, description: 'Whether enough of them have cosigned its checkpoint.' },
    cosignatures: count,
    witnesses: list(name),
    mirrors: { ...list(name), description: 'Who holds all of the log up to there, durably.' },
    safe: { ...flag, description: 'Whether these are as many as the roster wants.' },
    at: { ...time, description: 'When the quorum was complete; absent without any witness.' },
    ageMs: { ...count, description: 'How long ago that was.' },
  },
  ['at', 'ageMs'],
)

export const answer = object({
  verdict: oneOf(VERDICTS, '`incomplete`: nobody was found, but shards stayed silent.'),
  queryId: hex(QUERY_ID_BYTES, 'As in the entry of the query.'),
  node: name,
  at: time,
  threshold: count,
  action: oneOf(ACTIONS),
  shards: object({ total: count, answered: count, silent: list(count), outcomes: list(outcome) }),
  candidates: list(candidate),
  searched: { ...count, description: 'Persons compared with.' },
  witnessed: { ...witnessed, description: "How the query's own entry is covered." },
  proof: { ...bytes, description: 'The signed answer with everything that proves it.' },
})

export const enrolled = object(
  {
    handle,
    status: oneOf(LIFE_STATUSES, 'How the person stands now.'),
    case: { ...caseId, description: 'Where the person is suspended: what is to be decided.' },
    shard: count,
    replicas: list(name),
    log: name,
    index: count,
    entry: bytes,
    proof: proofText,
    witnessed,
    duplicateCheck: { $ref: 'Answer#' },
  },
  ['case', 'duplicateCheck'],
)
