/**
 * From a request's body to what a node is asked: signed statements, and what they commit to.
 *
 * No signature is judged here and nobody is let in: that is for the node's admission, which logs
 * whom it turns away.
 */
import { fromBase64, fromHex, InvalidEncoding } from '../../crypto/bytes.ts'
import { decodeDeed, type DeedType } from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodePayload } from '../../protocol/payload.ts'
import { decodeStatement, type Action, type SignedStatement } from '../../protocol/statement.ts'
import type { DeedRequest } from '../acts/acts.ts'
import { readFinger } from '../search/fingers.ts'

/** All of them base64. */
export interface SignedBody {
  readonly statement: string
  readonly officer: string
  readonly signature: string
  readonly credential: string
}

export interface CapturedBody extends SignedBody {
  readonly payload: string
}

export interface DeedBody {
  readonly deed: string
  readonly signatures: readonly SignedBody[]
  readonly iin?: { readonly digits: string; readonly nonce: string }
  readonly relatives?: { readonly handles: readonly string[]; readonly nonce: string }
  readonly offset?: number
}

/** A request with its body, and by its certificate from which station; over plain HTTP from any. */
export interface Sent<T> {
  readonly body: T
  readonly station: string | undefined
}

interface SignedRequest {
  readonly signed: SignedStatement
  readonly payload: Uint8Array
}

/**
 * Reads a body that the schema has let through. A statement for another route, and a payload that
 * no shard could read, go no further than here: neither shall cost a log entry.
 *
 * @throws TamgaError `malformed`, `unprocessable`; `forbidden` as `readSigned` does
 */
export function readSignedRequest(
  { body, station }: Sent<CapturedBody>,
  actions: readonly Action[],
): SignedRequest {
  const signed = readSigned(body, station)
  const payload = bytesOf('payload', body.payload)
  const { action } = decodeStatement(signed.statement)
  if (!actions.includes(action)) {
    const message = `the statement is to ${action}; this is where to ${actions.join(' or ')}`
    throw new TamgaError('unprocessable', message)
  }
  for (const finger of decodePayload(payload).fingers) readFinger(finger)
  return { signed, payload }
}

/**
 * The same of a deed, which has to be one of those that are done on this path.
 *
 * @throws TamgaError `malformed`, `unprocessable`; `forbidden` as `readSigned` does
 */
export function readDeed(
  { body, station }: Sent<DeedBody>,
  deeds: readonly DeedType[],
): DeedRequest {
  const deed = bytesOf('deed', body.deed)
  const { type } = decodeDeed(deed)
  if (!deeds.includes(type)) {
    const message = `the deed is ${type}; here it can be ${deeds.join(', ')}`
    throw new TamgaError('unprocessable', message)
  }
  const { iin, relatives, offset } = body
  return {
    deed,
    signatures: readSignatures(body.signatures, station),
    iin: iin && { digits: iin.digits, nonce: bytesOf('nonce', iin.nonce) },
    ...(relatives === undefined ? {} : { relatives: readRelatives(relatives) }),
    ...(offset === undefined ? {} : { offset }),
  }
}

/** @throws TamgaError `malformed`: a spelling that is not the standard one */
export function bytesOf(field: string, encoded: string): Uint8Array {
  try {
    return fromBase64(encoded)
  } catch (cause) {
    if (!(cause instanceof InvalidEncoding)) throw cause
    throw new TamgaError('malformed', `${field}: ${cause.message}`, { cause })
  }
}

function readRelatives({ handles, nonce }: NonNullable<DeedBody['relatives']>) {
  return { handles: handles.map(fromHex), nonce: bytesOf('nonce', nonce) }
}

/** Whoever else signed may have done so elsewhere: one of them hands it in. */
function readSignatures(
  bodies: readonly SignedBody[],
  station: string | undefined,
): SignedStatement[] {
  const signatures = bodies.map((body) => readSigned(body, undefined))
  if (station === undefined || signatures.some((signed) => postOf(signed) === station)) {
    return signatures
  }
  throw elsewhere(station)
}

/**
 * A statement that was signed at the station that hands it in: whoever stole a certificate speaks
 * for that station alone.
 *
 * @throws TamgaError `malformed`; `forbidden`: signed at another one
 */
export function readSigned(body: SignedBody, station: string | undefined): SignedStatement {
  const signed = {
    statement: bytesOf('statement', body.statement),
    officer: bytesOf('officer', body.officer),
    signature: bytesOf('signature', body.signature),
    credential: bytesOf('credential', body.credential),
  }
  if (station === undefined || postOf(signed) === station) return signed
  throw elsewhere(station)
}

function postOf({ statement }: SignedStatement): string {
  return decodeStatement(statement).post
}

function elsewhere(station: string): TamgaError {
  return new TamgaError('forbidden', `${station} hands in what was signed at another post`)
}
