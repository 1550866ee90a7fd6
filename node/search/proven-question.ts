/** A question that a node asks others: it stands in that node's own log, and is shown to. */
import { verifyTlogProof } from '../../crypto/tlog-proof.ts'
import type { ProvenEntry } from '../../protocol/answer.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { logOrigin, logVerifier, type Roster } from '../../protocol/roster.ts'
import type { Ledger } from '../log/ledger.ts'

/** @throws TamgaError `forbidden`, `bad-proof`, `malformed` */
export function provenQuestion(
  proven: ProvenEntry,
  from: string,
  { roster }: { roster: Roster },
  { ledger }: { ledger: Ledger },
): Entry {
  const asker = roster.nodes.find(({ name }) => name === from)
  if (!asker || proven.log !== from) throw new TamgaError('forbidden', "not the asker's own log")
  if (ledger.quarantine.has(from)) {
    throw new TamgaError('forbidden', `the log of ${from} contradicts itself`)
  }
  try {
    const origin = logOrigin(roster.network, from)
    verifyTlogProof(proven.entry, proven.proof, origin, logVerifier(roster.network, asker))
  } catch (cause) {
    throw new TamgaError('bad-proof', 'the query is not proven to be logged', { cause })
  }
  return decodeEntry(proven.entry)
}
