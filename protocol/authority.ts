/**
 * Who may do what: a signed statement and its credential held against the roster. The one place
 * where it is decided, for the node that is asked, the shard that searches, the fold and the
 * auditor alike.
 */
import { equalBytes } from '../crypto/bytes.ts'
import { openGrant, personOf, type Grant } from './credential.ts'
import { decodeDeed, deedDigest, type Deed } from './deed.ts'
import type { Act } from './entry/act.ts'
import type { Enrolment } from './entry/enrolment.ts'
import { TamgaError } from './errors.ts'
import { verifyReceipt, type Deposited } from './receipt.ts'
import { rostersOf } from './epochs.ts'
import type { Roster } from './roster.ts'
import { checkPermitted, checkPersons } from './rules/permissions.ts'
import { RuleRefusal } from './rules/rule-refusal.ts'
import { replicasOf, shardOf } from './shards.ts'
import {
  openStatement,
  STATEMENT_AGE_MS_MAX,
  STATEMENT_AHEAD_MS_MAX,
  type SignedStatement,
  type Statement,
} from './statement.ts'

/** A statement, and what entitles whoever signed it. */
export interface Authorised {
  readonly statement: Statement
  readonly grant: Grant
}

/**
 * Opens a statement whose officer may do what it says, in this network: everything that needs no
 * log. Whether the credential has been revoked is for `audit/credentials.ts`.
 *
 * @throws RuleRefusal or TamgaError `bad-signature`, `forbidden`, or what `decodeStatement` throws
 */
export function authorise(signed: SignedStatement, roster: Roster): Authorised {
  const authorised = openCovered(signed, roster)
  const { statement, grant } = authorised
  if (statement.action === 'record') throw new TamgaError('forbidden', 'a deed is no question')
  checkPermitted(grant, statement.action, statement.purpose)
  return authorised
}

/**
 * Opens a statement of somebody who holds a credential, whether or not it lets them do this: what
 * is refused is theirs too.
 *
 * @throws TamgaError `bad-signature`, `forbidden`, or what `decodeStatement` throws
 */
export function openSigned(signed: SignedStatement, roster: Roster): Authorised {
  const grant = openGrant(signed.credential, roster)
  const statement = openStatement(signed)
  if (statement.network !== roster.network) {
    throw new TamgaError('forbidden', `a statement for ${statement.network}`)
  }
  if (equalBytes(grant.publicKey, signed.officer)) return { statement, grant }
  throw new TamgaError('forbidden', `the credential of ${grant.name} is for another key`)
}

/** A deed that is properly signed by as many and such persons as it takes. */
export interface AuthorisedDeed {
  readonly deed: Deed
  /** One for each signature, in their order. */
  readonly by: readonly Authorised[]
}

/** @throws RuleRefusal or TamgaError `bad-signature`, `forbidden`, `malformed`, `unprocessable` */
export function authoriseDeed(
  { deed: encoded, signatures }: Pick<Act, 'deed' | 'signatures'>,
  roster: Roster,
): AuthorisedDeed {
  const deed = decodeDeed(encoded)
  const digest = deedDigest(encoded)
  const by = signatures.map((signed) => openCovered(signed, roster))
  for (const { statement, grant } of by) {
    const isOf = statement.action === 'record' && equalBytes(statement.deedDigest!, digest)
    if (!isOf) throw new TamgaError('unprocessable', 'a statement is about another deed')
    checkPermitted(grant, deed.type, statement.purpose)
  }
  checkSubject(by)
  checkPersons(
    deed.type,
    by.map(({ grant }) => grant),
  )
  return { deed, by }
}

/** @throws RuleRefusal `forbidden`: `statement-stale`, signed too long before `now` or after it */
export function checkFresh({ at }: Statement, now: number): void {
  const isStale = now - at > STATEMENT_AGE_MS_MAX || at - now > STATEMENT_AHEAD_MS_MAX
  if (!isStale) return
  throw new RuleRefusal('forbidden', ['statement-stale'], 'signed too long ago, or in the future')
}

/**
 * Whether an enrolment in the log of `home` counts: its officer might enrol, the statement is about
 * this person, the shard is the person's own, and all its replicas have the record. A node cannot
 * put anybody into the register by itself.
 *
 * @throws TamgaError `forbidden`, `bad-signature` and the like
 */
export function authoriseEnrolment(entry: Enrolment, home: string, roster: Roster): Authorised {
  const authorised = authorise(entry, roster)
  const { action, handle } = authorised.statement
  const isEnrolment = action === 'enrol' || action === 'update'
  if (!isEnrolment || !handle || !equalBytes(handle, entry.handle)) {
    throw new TamgaError('forbidden', 'the statement is not about this enrolment')
  }
  if (entry.shard !== shardOf(entry.handle, roster)) {
    throw new TamgaError('forbidden', `shard ${entry.shard} is not this person's`)
  }
  checkReceipts({ home, ...entry }, entry, roster)
  return authorised
}

function openCovered(signed: SignedStatement, roster: Roster): Authorised {
  const opened = openSigned(signed, roster)
  const { statement, grant } = opened
  if (statement.at >= grant.from && statement.at < grant.until) return opened
  const message = `the credential of ${grant.name} is for another time`
  throw new RuleRefusal('forbidden', ['credential-expired'], message)
}

/** Two who sign one deed mean one person, and are not one person. */
function checkSubject(by: readonly Authorised[]): void {
  const [first, second] = by
  if (!first || !second) return
  const [a, b] = [first.statement.handle, second.statement.handle]
  const isSame = a === undefined || b === undefined ? a === b : equalBytes(a, b)
  if (!isSame) throw new TamgaError('unprocessable', 'the statements are about two persons')
  const isOne =
    equalBytes(first.grant.publicKey, second.grant.publicKey) ||
    personOf(first.grant) === personOf(second.grant)
  if (!isOne) return
  throw new RuleRefusal('forbidden', ['same-person-twice'], 'one person has signed twice')
}

/** One receipt of every replica that the shard had in some epoch, and of nobody else. */
function checkReceipts(
  deposited: Deposited,
  { shard, receipts }: Pick<Enrolment, 'shard' | 'receipts'>,
  roster: Roster,
): void {
  const names = receipts.map(({ replica }) => replica).join(' ')
  const then = rostersOf(roster).find((one) => replicasOf(shard, one).join(' ') === names)
  if (!then) throw new TamgaError('forbidden', 'not every replica has given a receipt')
  for (const { replica, signature } of receipts) {
    const { publicKey } = then.nodes.find(({ name }) => name === replica)!
    if (verifyReceipt(deposited, signature, publicKey)) continue
    throw new TamgaError('bad-signature', `${replica} gave no receipt for this record`)
  }
}
