/**
 * What a node tells a post, checked with the roster alone: that the deed stands in the node's log,
 * and that an answer is to this question. Nothing else that a node says is used but how the person
 * stands, which no proof goes with.
 */
import { equalBytes, fromBase64 } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { thresholdFor } from '../../matcher/threshold.ts'
import type { Asked, Standing } from '../../protocol/border/register-lines.ts'
import { WATCH_CAUSES } from '../../protocol/deed.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodePayload } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import { LIFE_STATUSES } from '../../protocol/rules/eligibility.ts'
import type { SignedDeed } from '../../protocol/signed-deed.ts'
import { decodeStatement, type SignedStatement } from '../../protocol/statement.ts'
import { verifyAnswer } from '../audit/verify-answer.ts'
import { expect, verifyIncluded } from '../audit/verify-part.ts'

/** JSON of a stranger. */
type Told = Readonly<Record<string, unknown>>

export interface AskedOf {
  readonly node: string
  readonly roster: Roster
}

/**
 * The leaf hash under which `node` has logged the deed.
 *
 * @throws TamgaError `bad-proof`, `malformed`
 */
export function toldRecorded(reply: unknown, asked: SignedDeed, { node, roster }: AskedOf) {
  const told = objectOf(reply)
  expect(told['log'] === node, `${node} answers for the log of another`)
  const entry = bytesOf(told, 'entry')
  verifyIncluded({ log: node, entry, proof: textOf(told, 'proof') }, roster)
  const { deed, signatures } = decodeEntryOf('act', entry)
  const isIt =
    equalBytes(deed, asked.deed) &&
    signatures.length === asked.signatures.length &&
    signatures.every((one, place) => equalBytes(one.signature, asked.signatures[place]!.signature))
  expect(isIt, `${node} has logged another deed`)
  return hashLeaf(entry)
}

/**
 * What `node` has found to the question, by no lower threshold than this build has.
 *
 * @throws TamgaError as `verifyAnswer`
 */
export function toldAnswer(
  reply: unknown,
  signed: SignedStatement,
  { payload, node, roster }: AskedOf & { readonly payload: Uint8Array },
): Asked {
  const { answer, statement } = verifyAnswer(bytesOf(objectOf(reply), 'proof'), roster)
  const asked = decodeStatement(signed.statement)
  const isIt =
    statement.action === asked.action &&
    statement.at === asked.at &&
    equalOrAbsent(statement.handle, asked.handle) &&
    equalOrAbsent(statement.payloadDigest, asked.payloadDigest)
  expect(answer.node === node && isIt, `${node} answers another question`)
  const least = thresholdFor(decodePayload(payload).fingers.length)
  expect(answer.threshold >= least, `a threshold of ${answer.threshold}, where ${least} is due`)
  return answer
}

/** How the person stands, as the node says it: nothing proves it. */
export function toldStanding(reply: unknown): Standing | undefined {
  const { status, watch } = objectOf(reply)
  if (status === undefined) return undefined
  const known = LIFE_STATUSES.find((one) => one === status)
  const cause = WATCH_CAUSES.find((one) => one === watch)
  expect(known, 'a status that there is none of')
  expect(watch === undefined || cause, 'a cause that there is none of')
  return { status: known, watch: cause }
}

export function objectOf(value: unknown): Told {
  if (typeof value === 'object' && value !== null) return value as Told
  throw new TamgaError('malformed', 'it is not as a node answers')
}

function textOf(told: Told, field: string): string {
  const value = told[field]
  if (typeof value === 'string') return value
  throw new TamgaError('malformed', `an answer without its ${field}`)
}

function bytesOf(told: Told, field: string): Uint8Array {
  try {
    return fromBase64(textOf(told, field))
  } catch (cause) {
    throw new TamgaError('malformed', `the ${field} of an answer`, { cause })
  }
}

function equalOrAbsent(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b)
}
