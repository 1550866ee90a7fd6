/**
 * Who may do what: a signed statement held against the roster. The one place where it is decided,
 * for the node that is asked, the shard that searches, the fold and the auditor alike.
 */
import { equalBytes } from '../crypto/bytes.ts'
import type { Enrolment } from './entry/enrolment.ts'
import { TamgaError } from './errors.ts'
import type { Roster } from './roster.ts'
import { verifyReceipt, type Deposited } from './receipt.ts'
import { replicasOf, shardOf } from './shards.ts'
import {
  openStatement,
  STATEMENT_AGE_MS_MAX,
  STATEMENT_AHEAD_MS_MAX,
  type SignedStatement,
  type Statement,
} from './statement.ts'

/**
 * Opens a statement whose officer may do what it says, in this network.
 *
 * @throws TamgaError `bad-signature`, `forbidden`, or what `decodeStatement` throws
 */
export function authorise(signed: SignedStatement, roster: Roster): Statement {
  const officer = roster.officers.find(({ publicKey }) => equalBytes(publicKey, signed.officer))
  if (!officer) throw new TamgaError('forbidden', 'the officer is not in the roster')
  const statement = openStatement(signed)
  if (statement.network !== roster.network) {
    throw new TamgaError('forbidden', `a statement for ${statement.network}`)
  }
  if (!officer.may.includes(statement.action)) {
    throw new TamgaError('forbidden', `officer ${officer.name} may not ${statement.action}`)
  }
  return statement
}

/** @throws TamgaError `forbidden`: signed too long before `now`, or after it */
export function checkFresh({ at }: Statement, now: number): void {
  if (now - at > STATEMENT_AGE_MS_MAX) throw new TamgaError('forbidden', 'the statement is too old')
  if (at - now > STATEMENT_AHEAD_MS_MAX) {
    throw new TamgaError('forbidden', 'the statement was signed in the future')
  }
}

/**
 * Whether an enrolment in the log of `home` counts: its officer might enrol, the statement is about
 * this person, the shard is the person's own, and all its replicas have the record. A node cannot
 * put anybody into the register by itself.
 *
 * @throws TamgaError `forbidden`, `bad-signature` and the like
 */
export function authoriseEnrolment(entry: Enrolment, home: string, roster: Roster): Statement {
  const statement = authorise(entry, roster)
  const { action, handle } = statement
  if (action !== 'enrol' || !handle || !equalBytes(handle, entry.handle)) {
    throw new TamgaError('forbidden', 'the statement is not about this enrolment')
  }
  if (entry.shard !== shardOf(entry.handle, roster)) {
    throw new TamgaError('forbidden', `shard ${entry.shard} is not this person's`)
  }
  const { payloadDigest } = statement
  checkReceipts({ home, payloadDigest, ...entry }, entry, roster)
  return statement
}

/** One receipt of every replica of the shard, and of nobody else. */
function checkReceipts(
  deposited: Deposited,
  { shard, receipts }: Pick<Enrolment, 'shard' | 'receipts'>,
  roster: Roster,
): void {
  const replicas = replicasOf(shard, roster)
  const isWhole =
    receipts.length === replicas.length &&
    replicas.every((name, place) => receipts[place]?.replica === name)
  if (!isWhole) throw new TamgaError('forbidden', 'not every replica has given a receipt')
  for (const { replica, signature } of receipts) {
    const { publicKey } = roster.nodes.find(({ name }) => name === replica)!
    if (verifyReceipt(deposited, signature, publicKey)) continue
    throw new TamgaError('bad-signature', `${replica} gave no receipt for this record`)
  }
}
