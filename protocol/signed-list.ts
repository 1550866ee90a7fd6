/** Lists that a node makes of its logs and signs: bytes as signed, and the signature. */
import { concatBytes, utf8 } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { bytesUpTo, codec, list, record, text, uint, type Codec } from './codec.ts'
import { coveredLogsShape, type CoveredLog } from './covered-log.ts'
import { TamgaError } from './errors.ts'
import { nodeShape, signatureShape, timeShape } from './identifiers.ts'
import { NODES_MAX, TEXT_BYTES_MAX } from './limits.ts'

/** One page, bytes: rows of at most 4 KiB, and checkpoints that 16 others have cosigned. */
export const LIST_BYTES_MAX = 1_048_576

/** Rows on one page: with their paths they leave half of its bytes to the checkpoints. */
export const LIST_ROWS_MAX = 128

/**
 * And the batches that prove rows on one page, bytes, but for the last one of them: then the page
 * ends, so that it has room for its checkpoints.
 */
export const LIST_BATCH_BYTES_MAX = 262_144

/** What every page says of itself. */
export interface ListPage {
  readonly network: string
  /** Who made the list, and signs it. */
  readonly node: string
  /** When, ms. */
  readonly at: number
  /** The logs that were looked through, up to where. */
  readonly frontier: readonly CoveredLog[]
  /** Those of which access records may be missing: whoever keeps them did not answer. */
  readonly unheard: readonly string[]
  /** How many rows come before those of this page, and how many there are in all. */
  readonly offset: number
  readonly total: number
}

export const listPageFields = {
  network: text(TEXT_BYTES_MAX),
  node: nodeShape,
  at: timeShape,
  frontier: coveredLogsShape,
  unheard: list(nodeShape, NODES_MAX),
  offset: uint(),
  total: uint(),
}

interface SignedBytes {
  readonly list: Uint8Array
  readonly signature: Uint8Array
}

const signed = codec(
  'signed list',
  LIST_BYTES_MAX + 128,
  record<SignedBytes>({ list: bytesUpTo(LIST_BYTES_MAX), signature: signatureShape }),
)

interface SignedLists<T> {
  /** @throws TamgaError `too-large` */
  readonly sign: (list: T, node: Signer) => Uint8Array
  /**
   * The list, if the key that `keyOf` has for its node has signed it. Its proofs are not looked at.
   *
   * @throws TamgaError `bad-signature`, `malformed`, `too-large`, or what `keyOf` throws
   */
  readonly open: (encoded: Uint8Array, keyOf: (node: string) => Uint8Array) => T
}

/** `kind` keeps a signature under one kind of list from being one under another. */
export function signedLists<T extends { readonly node: string }>(
  kind: string,
  lists: Codec<T>,
): SignedLists<T> {
  const signedBytes = (said: Uint8Array): Uint8Array =>
    concatBytes(utf8(`tamga/${kind}/v1\n`), said)
  return {
    sign(value, node) {
      const said = lists.encode(value)
      return signed.encode({ list: said, signature: node.sign(signedBytes(said)) })
    },
    open(encoded, keyOf) {
      const { list: said, signature } = signed.decode(encoded)
      const value = lists.decode(said)
      if (verifySignature(keyOf(value.node), signedBytes(said), signature)) return value
      throw new TamgaError('bad-signature', `${value.node} did not sign this ${kind}`)
    },
  }
}
