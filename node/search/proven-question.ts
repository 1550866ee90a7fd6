/** A question that a node asks others: it stands in that node's own log, and is shown to. */
import type { ProvenRecord } from '../../protocol/answer.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { decodeStatement } from '../../protocol/statement.ts'
import { checkPost, verifyRecorded } from '../audit/verify-part.ts'
import type { Ledger } from '../log/ledger.ts'

/**
 * As an entry or among the records of its post. That its officer signed it is for the caller.
 *
 * @throws TamgaError `forbidden`, `bad-proof`, `malformed`, `unprocessable`
 */
export function provenQuestion(
  proven: ProvenRecord,
  from: string,
  { roster }: { roster: Roster },
  { ledger }: { ledger: Ledger },
): Entry {
  const isOwn = proven.log === from && roster.nodes.some(({ name }) => name === from)
  if (!isOwn) throw new TamgaError('forbidden', "not the asker's own log")
  if (ledger.quarantine.has(from)) {
    throw new TamgaError('forbidden', `the log of ${from} contradicts itself`)
  }
  verifyRecorded(proven, roster)
  const question = decodeEntry(proven.entry)
  if (question.type === 'query') checkPost(proven, decodeStatement(question.statement).post)
  return question
}
