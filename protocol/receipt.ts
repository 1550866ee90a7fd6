/**
 * A replica's word that it keeps a sealed record, durably, and that it has opened it: inside was
 * what the officer signed for, the officer's credential was good as far as the replica knew, and
 * the law let the person be enrolled as the entry says.
 *
 * An enrolment carries the receipts of all replicas of its shard. Without them it counts for
 * nothing, so a node cannot enter a person whose record is nowhere, nor put a commitment of its own
 * beside an officer's statement that it found in somebody else's log.
 */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { sha256 } from '../crypto/hash.ts'
import { list, record } from './codec.ts'
import { nodeShape, signatureShape } from './identifiers.ts'
import { REPLICAS_MAX } from './limits.ts'
import type { Taken } from './taken.ts'

/** What a receipt is about. */
export interface Deposited {
  /** The node that enrols: a receipt is good in its log, and in no other. */
  readonly home: string
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
  /** The officer's statement, bytes as signed. */
  readonly statement: Uint8Array
  readonly taken: Taken
}

export interface Receipt {
  readonly replica: string
  readonly signature: Uint8Array
}

export const receiptsShape = list(
  record<Receipt>({ replica: nodeShape, signature: signatureShape }),
  REPLICAS_MAX,
)

export function signReceipt(deposited: Deposited, replica: Signer): Uint8Array {
  return replica.sign(signedBytes(deposited))
}

export function verifyReceipt(
  deposited: Deposited,
  signature: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  return verifySignature(publicKey, signedBytes(deposited), signature)
}

/** All of fixed length but what comes last, where no word has a line break. */
function signedBytes({ home, handle, commitment, statement, taken }: Deposited): Uint8Array {
  const { policy, verdict, citizenship, sex, ageBand } = taken
  const words = [policy, verdict, citizenship, sex, ageBand, home].join('\n')
  const header = utf8('tamga/receipt/v2\n')
  return concatBytes(header, handle, commitment, sha256(statement), utf8(words))
}
