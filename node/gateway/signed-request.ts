/**
 * From a request's body to what a node is asked: an officer's signed statement, and the payload
 * that it commits to.
 */
import { fromBase64, InvalidEncoding } from '../../crypto/bytes.ts'
import { authorise } from '../../protocol/authority.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodePayload } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Action, SignedStatement } from '../../protocol/statement.ts'
import { readFinger } from '../search/fingers.ts'

/** All of them base64. */
export interface SignedBody {
  readonly statement: string
  readonly officer: string
  readonly signature: string
  readonly payload: string
}

export interface SignedRequest {
  readonly signed: SignedStatement
  readonly payload: Uint8Array
}

/**
 * Reads a body that the schema has let through. A statement for another route, and a payload that
 * no shard could read, go no further than here: neither shall cost a log entry.
 *
 * @throws TamgaError `malformed`, `forbidden`, `bad-signature`, `unprocessable`
 */
export function readSignedRequest(body: SignedBody, action: Action, roster: Roster): SignedRequest {
  const signed = {
    statement: bytesOf(body, 'statement'),
    officer: bytesOf(body, 'officer'),
    signature: bytesOf(body, 'signature'),
  }
  const payload = bytesOf(body, 'payload')
  const statement = authorise(signed, roster)
  if (statement.action !== action) {
    const message = `the statement is to ${statement.action}; this is where to ${action}`
    throw new TamgaError('unprocessable', message)
  }
  for (const finger of decodePayload(payload).fingers) readFinger(finger)
  return { signed, payload }
}

function bytesOf(body: SignedBody, field: keyof SignedBody): Uint8Array {
  try {
    return fromBase64(body[field])
  } catch (cause) {
    if (!(cause instanceof InvalidEncoding)) throw cause
    throw new TamgaError('malformed', `${field}: ${cause.message}`, { cause })
  }
}
