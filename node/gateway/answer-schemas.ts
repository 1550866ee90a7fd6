/** What a search or an enrolment comes to, as JSON Schema. */
import { QUERY_ID_BYTES } from '../../protocol/identifiers.ts'
import { LIFE_STATUSES } from '../../protocol/rules/eligibility.ts'
import { ACTIONS } from '../../protocol/statement.ts'
import { VERDICTS } from '../../protocol/verdict.ts'
import {
  bytes,
  caseId,
  count,
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
    duplicateCheck: { $ref: 'Answer#' },
  },
  ['case', 'duplicateCheck'],
)
