/**
 * An officer's signed statement: what is asked, of whom, why, under which case.
 *
 * Every enrolment, every query and every deed starts with one, and its bytes go into the log as
 * they came, with the officer's credential, so that an auditor can check both years later without
 * trusting any node.
 */
import { utf8, concatBytes } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { bytesUpTo, codec, oneOf, optional, record, text } from './codec.ts'
import { CREDENTIAL_BYTES_MAX } from './credential.ts'
import { TamgaError } from './errors.ts'
import {
  digestShape,
  handleShape,
  nodeShape,
  publicKeyShape,
  signatureShape,
  timeShape,
} from './identifiers.ts'
import { TEXT_BYTES_MAX } from './limits.ts'

/** A statement's fixed fields, four texts and a name, bytes. */
export const STATEMENT_BYTES_MAX = 4 * TEXT_BYTES_MAX + 320

/**
 * How old a statement may be, ms: a post that was cut off replays its queue when it is back, within
 * a day. How far ahead: officers' clocks are not all set well.
 */
export const STATEMENT_AGE_MS_MAX = 86_400_000
export const STATEMENT_AHEAD_MS_MAX = 300_000

/** `update` is the enrolment of somebody whose prints are taken anew; `record` is any deed. */
export const ACTIONS = ['enrol', 'identify', 'verify', 'update', 'record'] as const
export type Action = (typeof ACTIONS)[number]

export interface Statement {
  /** The register it is meant for: a statement for a test network says nothing in a real one. */
  readonly network: string
  readonly action: Action
  /** The station or border post at which it is signed. */
  readonly post: string
  /** Why: one of `PURPOSES`. */
  readonly purpose: string
  readonly caseNumber: string
  /** The article of law, order of a court or consent that it rests on. */
  readonly legalBasis: string
  /** When the officer signed, by the station's clock. */
  readonly at: number
  /** Whose record it is about; absent when the question is who it is. */
  readonly handle: Uint8Array | undefined
  /** What was captured, as `payloadDigest` has it; absent from a deed. */
  readonly payloadDigest: Uint8Array | undefined
  /** `deedDigest` of a deed, `applicationDigest` of an enrolment; absent from a question. */
  readonly deedDigest: Uint8Array | undefined
}

/** A statement as it travels: bytes as signed, by whom, the signature, and what entitles them. */
export interface SignedStatement {
  readonly statement: Uint8Array
  readonly officer: Uint8Array
  readonly signature: Uint8Array
  /** The officer's credential, as their organisation signed it. */
  readonly credential: Uint8Array
}

export const signedStatementFields = {
  statement: bytesUpTo(STATEMENT_BYTES_MAX),
  officer: publicKeyShape,
  signature: signatureShape,
  credential: bytesUpTo(CREDENTIAL_BYTES_MAX),
}

/** Who signs, and the credential under which they do. */
export interface OfficerKey {
  readonly signer: Signer
  readonly credential: Uint8Array
}

const statements = codec(
  'statement',
  STATEMENT_BYTES_MAX,
  record<Statement>({
    network: text(TEXT_BYTES_MAX),
    action: oneOf(...ACTIONS),
    post: nodeShape,
    purpose: text(TEXT_BYTES_MAX),
    caseNumber: text(TEXT_BYTES_MAX),
    legalBasis: text(TEXT_BYTES_MAX),
    at: timeShape,
    handle: optional(handleShape),
    payloadDigest: optional(digestShape),
    deedDigest: optional(digestShape),
  }),
)

/** @throws TamgaError also `unprocessable`: an empty field, or one that does not fit the action */
export function decodeStatement(encoded: Uint8Array): Statement {
  const statement = statements.decode(encoded)
  for (const field of ['post', 'purpose', 'caseNumber', 'legalBasis'] as const) {
    if (statement[field] !== '') continue
    throw new TamgaError('unprocessable', `a statement needs its ${field}`)
  }
  const { action } = statement
  const isDeed = action === 'record'
  const isEnrolment = action === 'enrol' || action === 'update'
  if (!isDeed && (statement.handle === undefined) !== (action === 'identify')) {
    throw new TamgaError('unprocessable', `a handle does not fit ${action}`)
  }
  const hasDeed = statement.deedDigest !== undefined
  if ((statement.payloadDigest === undefined) !== isDeed || hasDeed !== (isDeed || isEnrolment)) {
    throw new TamgaError('unprocessable', `these digests do not fit ${action}`)
  }
  return statement
}

export function signStatement(
  statement: Statement,
  { signer, credential }: OfficerKey,
): SignedStatement {
  const encoded = statements.encode(statement)
  const signature = signer.sign(signedBytes(encoded))
  return { statement: encoded, officer: signer.publicKey, signature, credential }
}

/**
 * Checks the signature and reads the statement. Says nothing about whether the officer may do this:
 * that is for `authority.ts`.
 *
 * @throws TamgaError `bad-signature`, or what `decodeStatement` throws
 */
export function openStatement({ statement, officer, signature }: SignedStatement): Statement {
  if (!verifySignature(officer, signedBytes(statement), signature)) {
    throw new TamgaError('bad-signature', 'the statement is not signed by this officer')
  }
  return decodeStatement(statement)
}

function signedBytes(encoded: Uint8Array): Uint8Array {
  return concatBytes(utf8('tamga/statement/v1\n'), encoded)
}
