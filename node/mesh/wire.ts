/**
 * What two nodes say on a kept stream: requests and cancellations one way, answers and errors back.
 *
 * A body is `id` (uint32), `kind` (uint8) and the kind's own part, big-endian throughout:
 *
 *     request  remaining ms (uint32), payload      the receiver turns it into a deadline of its
 * own,
 *     answer   payload                             so clocks need not agree
 *     error    wire code (uint8), message (UTF-8)
 *     cancel   nothing
 */
import { codeFromWire, CONSEQUENCES, TamgaError, type ErrorCode } from '../../protocol/errors.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'
import { newFrame, PREFIX_BYTES } from './frame.ts'

export type Message =
  | {
      readonly kind: 'request'
      readonly id: number
      readonly remainingMs: number
      readonly payload: Uint8Array
    }
  | { readonly kind: 'answer'; readonly id: number; readonly payload: Uint8Array }
  | {
      readonly kind: 'error'
      readonly id: number
      readonly code: ErrorCode
      readonly message: string
    }
  | { readonly kind: 'cancel'; readonly id: number }

const KINDS = { request: 1, answer: 2, error: 3, cancel: 4 } as const

/** `id` and `kind`, bytes. */
const HEAD_BYTES = 5

/** Remaining milliseconds, bytes. */
const REMAINING_BYTES = 4

/** A payload of a request or an answer, bytes: what a frame holds besides the longest header. */
export const PAYLOAD_BYTES_MAX = FRAME_BYTES_MAX - HEAD_BYTES - REMAINING_BYTES

/** An error's message, bytes of UTF-8: a sentence or two for a log line. */
export const MESSAGE_BYTES_MAX = 512

/** Longest a request may be waited for, ms: what a timer can hold, some 25 days. */
const REMAINING_MS_MAX = 2_147_483_647

const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() }

/** Time from `now` to `deadline` as it may cross the wire: whole ms, 0 when there is none left. */
export function remainingMs(deadline: number, now: number): number {
  const left = Math.ceil(deadline - now)
  return left > 0 ? Math.min(left, REMAINING_MS_MAX) : 0
}

/** Each encoder returns a whole frame, length prefix included, and has copied what it was given. */
export function encodeRequest(id: number, remaining: number, payload: Uint8Array): Uint8Array {
  const frame = head('request', id, REMAINING_BYTES + payload.length)
  viewOf(frame).setUint32(PREFIX_BYTES + HEAD_BYTES, remaining)
  frame.set(payload, PREFIX_BYTES + HEAD_BYTES + REMAINING_BYTES)
  return frame
}

export function encodeAnswer(id: number, payload: Uint8Array): Uint8Array {
  const frame = head('answer', id, payload.length)
  frame.set(payload, PREFIX_BYTES + HEAD_BYTES)
  return frame
}

/** Cuts the message to `MESSAGE_BYTES_MAX`, never inside a character. */
export function encodeError(id: number, { code, message }: TamgaError): Uint8Array {
  const text = new Uint8Array(MESSAGE_BYTES_MAX)
  const { written } = utf8.encoder.encodeInto(message, text)
  const frame = head('error', id, 1 + written)
  frame[PREFIX_BYTES + HEAD_BYTES] = CONSEQUENCES[code].wire
  frame.set(text.subarray(0, written), PREFIX_BYTES + HEAD_BYTES + 1)
  return frame
}

export function encodeCancel(id: number): Uint8Array {
  return head('cancel', id, 0)
}

/**
 * Reads a frame's body; the payload is a view on it.
 *
 * @throws TamgaError `malformed`
 */
export function decodeMessage(body: Uint8Array): Message {
  if (body.length < HEAD_BYTES) throw malformed(`a frame of ${body.length} bytes`)
  const view = viewOf(body)
  const id = view.getUint32(0)
  const kind = view.getUint8(4)
  const rest = body.subarray(HEAD_BYTES)
  switch (kind) {
    case KINDS.request:
      if (rest.length < REMAINING_BYTES) throw malformed('a request without its time')
      return {
        kind: 'request',
        id,
        remainingMs: Math.min(view.getUint32(HEAD_BYTES), REMAINING_MS_MAX),
        payload: rest.subarray(REMAINING_BYTES),
      }
    case KINDS.answer:
      return { kind: 'answer', id, payload: rest }
    case KINDS.error:
      return decodeError(id, rest)
    case KINDS.cancel:
      if (rest.length > 0) throw malformed('a cancellation with a payload')
      return { kind: 'cancel', id }
    default:
      throw malformed(`a frame of kind ${kind}`)
  }
}

function decodeError(id: number, rest: Uint8Array): Message {
  const wire = rest[0]
  if (wire === undefined || rest.length > 1 + MESSAGE_BYTES_MAX) {
    throw malformed(`an error of ${rest.length} bytes`)
  }
  return {
    kind: 'error',
    id,
    code: codeFromWire(wire),
    message: utf8.decoder.decode(rest.subarray(1)),
  }
}

function head(kind: keyof typeof KINDS, id: number, restBytes: number): Uint8Array {
  const frame = newFrame(HEAD_BYTES + restBytes)
  viewOf(frame).setUint32(PREFIX_BYTES, id)
  frame[PREFIX_BYTES + 4] = KINDS[kind]
  return frame
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function malformed(what: string): TamgaError {
  return new TamgaError('malformed', `${what} is not a message`)
}
