/**
 * Whether a node may have an enrolment held against the others: the enrolment stands in the ledger
 * and is the person's record now, and the node keeps that record. What authorises the search is the
 * statement that the enrolment was made under, however old.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { authoriseEnrolment } from '../../protocol/authority.ts'
import type { CrossQuery } from '../../protocol/entry/cross-check.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { logOf } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Statement } from '../../protocol/statement.ts'
import type { Ledger } from '../log/ledger.ts'
import type { Registry } from '../registry/registry.ts'

/**
 * The statement of the enrolment that is asked about, once this node has read as far as the
 * question has.
 *
 * @throws TamgaError `forbidden`: not of that enrolment, or by a node that does not keep it;
 *   `not-found`, and what `authoriseEnrolment` throws
 */
export async function enrolledBy(
  { enrolment: { log, index, leaf } }: Pick<CrossQuery, 'enrolment'>,
  asker: string,
  { roster }: { roster: Roster },
  { ledger, registry }: { ledger: Ledger; registry: Registry },
): Promise<Statement> {
  const isHere = logOf(roster, log) && index < ledger.size(log)
  if (!isHere) throw new TamgaError('not-found', 'no such enrolment is here')
  const bytes = await ledger.stored(log).entry(index)
  const entry = decodeEntryOf('enrolment', bytes)
  const current = registry.person(entry.handle)
  const isRecord = equalBytes(hashLeaf(bytes), leaf) && current && equalBytes(current.leaf, leaf)
  if (!isRecord) throw new TamgaError('forbidden', 'this enrolment is no record of now')
  if (!registry.moves.keepersOf(entry.shard).includes(asker)) {
    throw new TamgaError('forbidden', `${asker} does not keep this record`)
  }
  return authoriseEnrolment(entry, log, roster).statement
}
