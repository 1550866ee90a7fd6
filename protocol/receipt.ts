/**
 * A replica's word that it keeps a sealed record, durably, and that it has opened it: inside was
 * the payload that the officer signed for.
 *
 * An enrolment carries the receipts of all replicas of its shard. Without them it counts for
 * nothing, so a node cannot enter a person whose record is nowhere, nor put a commitment of its own
 * beside an officer's statement that it found in somebody else's log.
 */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { list, record } from './codec.ts'
import { nodeShape, signatureShape } from './identifiers.ts'
import { REPLICAS_MAX } from './limits.ts'

/** What a receipt is about. */
export interface Deposited {
  /** The node that enrols: a receipt is good in its log, and in no other. */
  readonly home: string
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
  readonly payloadDigest: Uint8Array
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

/** All of fixed length but the name, which comes last. */
function signedBytes({ home, handle, commitment, payloadDigest }: Deposited): Uint8Array {
  return concatBytes(utf8('tamga/receipt/v1\n'), handle, commitment, payloadDigest, utf8(home))
}
