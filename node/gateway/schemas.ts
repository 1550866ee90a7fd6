/**
 * What goes in and out over HTTP, as JSON Schema: requests are checked by it, answers written by
 * it, and the OpenAPI document made of it.
 */
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../../crypto/ed25519.ts'
import { CONSEQUENCES } from '../../protocol/errors.ts'
import { HANDLE_BYTES, QUERY_ID_BYTES } from '../../protocol/identifiers.ts'
import { CANDIDATES_MAX, NAME_BYTES_MAX } from '../../protocol/limits.ts'
import { PAYLOAD_BYTES_MAX } from '../../protocol/payload.ts'
import { ACTIONS } from '../../protocol/statement.ts'
import { VERDICTS } from '../../protocol/answer.ts'
import { CANDIDATES_DEFAULT, SEARCH_TIMEOUT_MS } from '../limits.ts'
import { STATEMENT_BYTES_MAX } from '../../protocol/statement.ts'
import { base64Length, QUESTION_TIMEOUT_MS_MAX, QUESTION_TIMEOUT_MS_MIN } from './limits.ts'

/** JSON Schema, as far as it is used here. */
export type Schema = Readonly<Record<string, unknown>>

export const text = { type: 'string' }
export const count = { type: 'integer', minimum: 0 }
export const flag = { type: 'boolean' }
export const name = { type: 'string', pattern: `^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$` }
export const handle = hex(HANDLE_BYTES, 'A person in the register.')
export const time = { ...count, description: 'Milliseconds since the Unix epoch.' }
export const proofText = { ...text, description: 'C2SP tlog-proof.' }
export const bytes = { ...text, contentEncoding: 'base64' }

/** Of at most 15 digits, so that every one is a safe integer; one spelling for each. */
export const index = { type: 'string', pattern: '^(0|[1-9][0-9]{0,14})$' }

const signedFields = {
  statement: base64UpTo(STATEMENT_BYTES_MAX, 'The statement, as the officer signed it.'),
  officer: base64(PUBLIC_KEY_BYTES, "The officer's Ed25519 public key."),
  signature: base64(SIGNATURE_BYTES, "The officer's signature."),
  payload: base64UpTo(PAYLOAD_BYTES_MAX, 'What was captured; the statement holds its digest.'),
}

export const signedBody = { ...object(signedFields), additionalProperties: false }

export const questionBody = {
  ...signedBody,
  properties: {
    ...signedFields,
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: CANDIDATES_MAX,
      default: CANDIDATES_DEFAULT,
      description: 'Most candidates in the answer.',
    },
    timeoutMs: {
      type: 'integer',
      minimum: QUESTION_TIMEOUT_MS_MIN,
      maximum: QUESTION_TIMEOUT_MS_MAX,
      default: SEARCH_TIMEOUT_MS,
      description: 'How long the shards are waited for.',
    },
  },
}

const errorFields = object({
  code: { type: 'string', enum: Object.keys(CONSEQUENCES) },
  message: text,
})

const fingerScore = object({ position: count, score: count })

const candidate = object({
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

const answer = object({
  verdict: {
    type: 'string',
    enum: VERDICTS,
    description: '`incomplete`: nobody was found, but shards stayed silent.',
  },
  queryId: hex(QUERY_ID_BYTES, 'As in the entry of the query.'),
  node: name,
  at: time,
  threshold: count,
  action: { type: 'string', enum: ACTIONS },
  shards: object({ total: count, answered: count, silent: list(count), outcomes: list(outcome) }),
  candidates: list(candidate),
  searched: { ...count, description: 'Persons compared with.' },
  proof: { ...bytes, description: 'The signed answer with everything that proves it.' },
})

const enrolled = object(
  {
    handle,
    shard: count,
    replicas: list(name),
    log: name,
    index: count,
    entry: bytes,
    proof: proofText,
    duplicateCheck: { $ref: 'Answer#' },
  },
  ['duplicateCheck'],
)

/** By these names they stand in the OpenAPI document; a reference is the name and `#`. */
export const sharedSchemas: readonly Schema[] = [
  { $id: 'Error', ...object({ error: errorFields }) },
  { $id: 'Answer', ...answer },
  { $id: 'Enrolled', ...enrolled },
]

/** An object all of whose fields are there, save those named. */
export function object(properties: Schema, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((field) => !optional.includes(field))
  return { type: 'object', properties, required }
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

export function json(description: string, schema: Schema): Schema {
  return { description, content: { 'application/json': { schema } } }
}

export function plainText(description: string): Schema {
  return { description, content: { 'text/plain': { schema: text } } }
}

/** What any route may answer instead. */
export const refusals = {
  '4xx': json('Refused: what was asked cannot be granted.', { $ref: 'Error#' }),
  '5xx': json('Failed: the node could not do it now.', { $ref: 'Error#' }),
}

function hex(length: number, description: string): Schema {
  return { type: 'string', pattern: `^[0-9a-f]{${2 * length}}$`, description }
}

/** Exactly `length` bytes. */
function base64(length: number, description: string): Schema {
  return { ...base64UpTo(length, description), minLength: base64Length(length) }
}

function base64UpTo(bytesMax: number, description: string): Schema {
  return {
    type: 'string',
    contentEncoding: 'base64',
    minLength: base64Length(1),
    maxLength: base64Length(bytesMax),
    pattern: '^[A-Za-z0-9+/]+={0,2}$',
    description,
  }
}
