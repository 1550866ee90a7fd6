/**
 * What officers signed, as a key: a statement is good once, in whichever log and however often it
 * stands. Statements are in the clear in the logs, so any node can write what others have signed
 * into its own log again, as a new entry with a time and a predecessor of its choice.
 */
import { compareBytes, concatBytes, toHex } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import type { SignedStatement } from '../../protocol/statement.ts'

/**
 * The same for the same statements of the same officers, in whatever order they stand: who copies
 * an entry may turn it round. Officers at one post may sign the same words in one millisecond.
 */
export function saidBy(
  signatures: readonly Pick<SignedStatement, 'statement' | 'officer'>[],
): string {
  const signed = signatures.map(({ statement, officer }) => concatBytes(officer, statement))
  return toHex(sha256(...signed.toSorted(compareBytes)))
}
