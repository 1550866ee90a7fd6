/**
 * What a station sends: captured fingers, for an enrolment what is stated of the person, and an
 * officer's signed statement about both.
 */
import { toBase64 } from '../../crypto/bytes.ts'
import { encodePayload, payloadDigest, PAYLOAD_NONCE_BYTES } from '../../protocol/payload.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { applicationDigest } from '../../protocol/rules/application.ts'
import {
  signStatement,
  type OfficerKey,
  type SignedStatement,
  type Statement,
} from '../../protocol/statement.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'

export interface Asked extends Omit<Statement, 'at' | 'payloadDigest' | 'deedDigest'> {
  readonly fingers: readonly CapturedFinger[]
  /** Of an enrolment or update: `encodeApplication`. */
  readonly application?: Uint8Array
}

export interface StationRequest {
  readonly signed: SignedStatement
  readonly payload: Uint8Array
  readonly application: Uint8Array
}

/** The body of `/v1/enrol`, `/v1/identify` and `/v1/verify`; an application only to enrol. */
export interface RequestBody extends SignedBody {
  readonly payload: string
  readonly application?: string
}

/** A signed statement as JSON has it. */
export interface SignedBody {
  readonly statement: string
  readonly officer: string
  readonly signature: string
  readonly credential: string
}

export function signRequest(
  { fingers, application, ...about }: Asked,
  officer: OfficerKey,
  { clock, random }: { clock: Clock; random: Random },
): StationRequest {
  const payload = encodePayload({ nonce: random.bytes(PAYLOAD_NONCE_BYTES), fingers })
  const statement = {
    ...about,
    at: clock.now(),
    payloadDigest: payloadDigest(payload),
    deedDigest: application && applicationDigest(application),
  }
  const signed = signStatement(statement, officer)
  return { signed, payload, application: application ?? new Uint8Array() }
}

export function bodyOf({ signed, payload, application }: StationRequest): RequestBody {
  const body = { ...signedBodyOf(signed), payload: toBase64(payload) }
  return application.length > 0 ? { ...body, application: toBase64(application) } : body
}

export function signedBodyOf({
  statement,
  officer,
  signature,
  credential,
}: SignedStatement): SignedBody {
  return {
    statement: toBase64(statement),
    officer: toBase64(officer),
    signature: toBase64(signature),
    credential: toBase64(credential),
  }
}
