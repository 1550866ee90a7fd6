/**
 * An officer's signed statement: what is asked, of whom, why, under which case.
 *
 * Every enrolment and every query starts with one, and its bytes go into the log as they came, so
 * that an auditor can check the officer's signature years later without trusting any node.
 */
import { utf8, concatBytes } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { codec, oneOf, optional, record, text } from './codec.ts'
import { TamgaError } from './errors.ts'
import { digestShape, handleShape, timeShape } from './identifiers.ts'
import { TEXT_BYTES_MAX } from './limits.ts'

/** A statement's fixed fields and four texts, bytes. */
export const STATEMENT_BYTES_MAX = 4 * TEXT_BYTES_MAX + 256

/**
 * How old a statement may be, ms: a post that was cut off replays its queue when it is back, within
 * a day. How far ahead: officers' clocks are not all set well.
 */
export const STATEMENT_AGE_MS_MAX = 86_400_000
export const STATEMENT_AHEAD_MS_MAX = 300_000

export const ACTIONS = ['enrol', 'identify', 'verify'] as const
export type Action = (typeof ACTIONS)[number]

export interface Statement {
  /** The register it is meant for: a statement for a test network says nothing in a real one. */
  readonly network: string
  readonly action: Action
  /** Why: a code of the purposes that the law knows. */
  readonly purpose: string
  readonly caseNumber: string
  /** Under which right the person is enrolled (consent, duty); empty for a query. */
  readonly legalBasis: string
  /** When the officer signed, by the station's clock. */
  readonly at: number
  /** Who is enrolled or verified; absent when the question is who it is. */
  readonly handle: Uint8Array | undefined
  /** What was captured, as `payloadDigest` has it. */
  readonly payloadDigest: Uint8Array
}

/** A statement as it travels: bytes as signed, by whom, and the signature. */
export interface SignedStatement {
  readonly statement: Uint8Array
  readonly officer: Uint8Array
  readonly signature: Uint8Array
}

const statements = codec(
  'statement',
  STATEMENT_BYTES_MAX,
  record<Statement>({
    network: text(TEXT_BYTES_MAX),
    action: oneOf(...ACTIONS),
    purpose: text(TEXT_BYTES_MAX),
    caseNumber: text(TEXT_BYTES_MAX),
    legalBasis: text(TEXT_BYTES_MAX),
    at: timeShape,
    handle: optional(handleShape),
    payloadDigest: digestShape,
  }),
)

/** @throws TamgaError also `unprocessable`: an empty purpose or case number, a wrong handle */
export function decodeStatement(encoded: Uint8Array): Statement {
  const statement = statements.decode(encoded)
  if (statement.purpose === '' || statement.caseNumber === '') {
    throw new TamgaError('unprocessable', 'a statement needs a purpose and a case number')
  }
  if ((statement.handle === undefined) !== (statement.action === 'identify')) {
    throw new TamgaError('unprocessable', `a handle does not fit ${statement.action}`)
  }
  return statement
}

export function signStatement(statement: Statement, officer: Signer): SignedStatement {
  const encoded = statements.encode(statement)
  const signature = officer.sign(signedBytes(encoded))
  return { statement: encoded, officer: officer.publicKey, signature }
}

/**
 * Checks the signature and reads the statement. Says nothing about whether the officer may do this:
 * that is the roster's to say.
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
