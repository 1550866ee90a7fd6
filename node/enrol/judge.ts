/**
 * Whether an enrolment may be: the officer and their credential, the digests that they signed for,
 * the person under the law of that day. The node that enrols asks this first, and each replica asks
 * it again for itself.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { authorise, checkFresh, type Authorised } from '../../protocol/authority.ts'
import type { Dossier } from '../../protocol/dossier.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodePayload, payloadDigest } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import {
  applicationDigest,
  decodeApplication,
  type Application,
} from '../../protocol/rules/application.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import type { SignedStatement, Statement } from '../../protocol/statement.ts'
import { decideTaken, type Taken } from '../../protocol/taken.ts'
import type { Clock } from '../clock.ts'
import type { Registry } from '../registry/registry.ts'

/**
 * That the person was not erased is asked here too: no replica takes in again what it has destroyed
 * or is about to.
 *
 * @throws RuleRefusal; TamgaError `forbidden`, `bad-signature`, `malformed`, `unprocessable`
 */
export function judgeEnrolment(
  handle: Uint8Array,
  signed: SignedStatement,
  dossier: Dossier,
  { roster, registry, clock }: { roster: Roster; registry: Registry; clock: Clock },
): Taken {
  const { statement } = authoriseEnroller(signed, roster)
  checkFresh(statement, clock.now())
  registry.credentials.check(signed, statement.at)
  if (!equalBytes(statement.handle!, handle)) {
    throw new TamgaError('forbidden', 'the statement is about somebody else')
  }
  const application = checkDossier(statement, dossier)
  if (registry.lives.life(handle).status === 'erased') {
    throw new RuleRefusal('conflict', ['is-erased'], 'the person was erased from the register')
  }
  return decideTaken(application, statement, registry.laws.policies)
}

/** @throws RuleRefusal; TamgaError `forbidden`, `bad-signature`, `malformed`, `unprocessable` */
function authoriseEnroller(signed: SignedStatement, roster: Roster): Authorised {
  const authorised = authorise(signed, roster)
  const { action } = authorised.statement
  if (action === 'enrol' || action === 'update') return authorised
  throw new TamgaError('forbidden', `not to ${action}`)
}

/** What was captured and what was stated are what the officer signed for, and fit together. */
function checkDossier(statement: Statement, { payload, application }: Dossier): Application {
  const isSigned =
    equalBytes(statement.payloadDigest!, payloadDigest(payload)) &&
    equalBytes(statement.deedDigest!, applicationDigest(application))
  if (!isSigned) throw new TamgaError('unprocessable', 'the statement is about something else')
  const stated = decodeApplication(application)
  const captured = decodePayload(payload).fingers.map(({ position }) => position)
  const recorded = stated.fingers.filter(({ attempts }) => attempts.length > 0)
  const isWhole =
    captured.length === recorded.length &&
    recorded.every(({ position }) => captured.includes(position))
  if (isWhole) return stated
  throw new TamgaError('unprocessable', 'the fingers are not those of which attempts are recorded')
}
