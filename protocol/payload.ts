/**
 * What a station captured: 1–10 fingers' templates, and a nonce so that their digest says nothing.
 *
 * The digest stands in the officer's statement and so in the log. Without the nonce it would let
 * anybody test a known fingerprint against the log; with it, sealed and destroyed together with the
 * templates, it is a random number (EDPB guidelines 02/2025 on hashes as personal data).
 */
import { sha256 } from '../crypto/hash.ts'
import { utf8 } from '../crypto/bytes.ts'
import { bytes, bytesUpTo, codec, list, record, uint } from './codec.ts'
import { TamgaError } from './errors.ts'
import { FINGERS_MAX, TEMPLATE_BYTES_MAX } from './limits.ts'

/** Random bytes that hide the templates behind their digest. */
export const PAYLOAD_NONCE_BYTES = 32

/** Ten templates of the longest kind and their frame, bytes. */
export const PAYLOAD_BYTES_MAX = FINGERS_MAX * (TEMPLATE_BYTES_MAX + 16) + 64

export interface CapturedFinger {
  /** ISO/IEC 19794-2 finger position: 1 right thumb … 10 left little finger, 0 unknown. */
  readonly position: number
  /** The template as captured, in any format that the matcher reads. */
  readonly template: Uint8Array
}

export interface Payload {
  readonly nonce: Uint8Array
  readonly fingers: readonly CapturedFinger[]
}

const payloadShape = record<Payload>({
  nonce: bytes(PAYLOAD_NONCE_BYTES),
  fingers: list(
    record<CapturedFinger>({ position: uint(10), template: bytesUpTo(TEMPLATE_BYTES_MAX) }),
    FINGERS_MAX,
  ),
})

const payloads = codec('payload', PAYLOAD_BYTES_MAX, payloadShape)

export const encodePayload = payloads.encode

/** @throws TamgaError also `unprocessable`: no finger at all, or one position twice */
export function decodePayload(encoded: Uint8Array): Payload {
  const payload = payloads.decode(encoded)
  const known = payload.fingers.map(({ position }) => position).filter((position) => position > 0)
  if (payload.fingers.length === 0) throw new TamgaError('unprocessable', 'no finger was captured')
  if (new Set(known).size < known.length) {
    throw new TamgaError('unprocessable', 'a finger position stands twice')
  }
  return payload
}

/** What an officer signs for, and the log shows: the digest of the payload's own bytes. */
export function payloadDigest(encoded: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/payload/v1\n'), encoded)
}
