/** The bodies of requests that officers sign, as JSON Schema. */
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../../crypto/ed25519.ts'
import { CREDENTIAL_BYTES_MAX } from '../../protocol/credential.ts'
import { DEED_BYTES_MAX } from '../../protocol/deed.ts'
import { CANDIDATES_MAX, SIGNATURES_MAX } from '../../protocol/limits.ts'
import { PAYLOAD_BYTES_MAX } from '../../protocol/payload.ts'
import { APPLICATION_BYTES_MAX } from '../../protocol/rules/application.ts'
import { RELATIVES_MAX } from '../../protocol/rules/conduct.ts'
import { STATEMENT_BYTES_MAX } from '../../protocol/statement.ts'
import { CANDIDATES_DEFAULT, SEARCH_TIMEOUT_MS } from '../limits.ts'
import { QUESTION_TIMEOUT_MS_MAX, QUESTION_TIMEOUT_MS_MIN, HIDING_NONCE_BYTES } from './limits.ts'
import { base64, base64UpTo, body, count, handle, list, type Schema } from './schemas.ts'

const signedFields = {
  statement: base64UpTo(STATEMENT_BYTES_MAX, 'The statement, as the officer signed it.'),
  officer: base64(PUBLIC_KEY_BYTES, "The officer's Ed25519 public key."),
  signature: base64(SIGNATURE_BYTES, "The officer's signature."),
  credential: base64UpTo(CREDENTIAL_BYTES_MAX, "The officer's, as their organisation signed it."),
}

/** A statement beside a deed. */
export const signedBody = body(signedFields)

const capturedFields = {
  ...signedFields,
  payload: base64UpTo(PAYLOAD_BYTES_MAX, 'What was captured; the statement holds its digest.'),
}

export const enrolmentBody = body({
  ...capturedFields,
  application: base64UpTo(
    APPLICATION_BYTES_MAX,
    'What is stated of the person; the statement holds its digest.',
  ),
})

export const questionBody = body(
  {
    ...capturedFields,
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
  ['limit', 'timeoutMs'],
)

const deedFields = {
  deed: base64UpTo(DEED_BYTES_MAX, 'What is to be done or read; the statements hold its digest.'),
  signatures: {
    ...list(signedBody, SIGNATURES_MAX),
    minItems: 1,
    description: 'One, or two of different roles where the rules want two persons.',
  },
}

/** Whose number it is: hidden in the deed, and told to the node alone. */
const iin = body({
  digits: { type: 'string', pattern: '^[0-9]{12}$' },
  nonce: base64(HIDING_NONCE_BYTES, 'What hides the number in the deed.'),
})

/** Of an officer: hidden in the same way. */
const relatives = body({
  handles: list(handle, RELATIVES_MAX),
  nonce: base64(HIDING_NONCE_BYTES, 'What hides the handles in the deed.'),
})

/** What a deed comes with, beside itself. */
export const DEED_BODIES = {
  deed: body(deedFields),
  'deed-and-iin': body({ ...deedFields, iin }),
  'deed-and-relatives': body({ ...deedFields, relatives }),
  'deed-and-offset': body(
    {
      ...deedFields,
      offset: {
        ...count,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
        description: 'Rows that come before.',
      },
    },
    ['offset'],
  ),
} as const satisfies Record<string, Schema>
