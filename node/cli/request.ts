/** What a station sends: captured fingers, and an officer's signed statement about them. */
import { toBase64 } from '../../crypto/bytes.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { encodePayload, payloadDigest, PAYLOAD_NONCE_BYTES } from '../../protocol/payload.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { signStatement, type Statement } from '../../protocol/statement.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { Key } from './key-file.ts'

export interface Asked extends Omit<Statement, 'at' | 'payloadDigest'> {
  readonly fingers: readonly CapturedFinger[]
}

/** The body of `/v1/enrol`, `/v1/identify` and `/v1/verify`. */
export interface RequestBody {
  readonly statement: string
  readonly officer: string
  readonly signature: string
  readonly payload: string
}

export function signedRequest(
  { fingers, ...about }: Asked,
  officer: Key,
  { clock, random }: { clock: Clock; random: Random },
): RequestBody {
  const payload = encodePayload({ nonce: random.bytes(PAYLOAD_NONCE_BYTES), fingers })
  const statement = { ...about, at: clock.now(), payloadDigest: payloadDigest(payload) }
  const signed = signStatement(statement, signerFromSeed(officer.seed))
  return {
    statement: toBase64(signed.statement),
    officer: toBase64(signed.officer),
    signature: toBase64(signed.signature),
    payload: toBase64(payload),
  }
}
