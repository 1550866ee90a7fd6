/** Sealed templates as bytes: what a replica keeps, and what travels to it. */
import { SEALED_OVERHEAD_BYTES, WRAPPED_BYTES, type Sealed } from '../crypto/sealing.ts'
import { bytes, bytesUpTo, codec, list, record } from './codec.ts'
import { DOSSIER_BYTES_MAX } from './dossier.ts'
import { REPLICAS_MAX } from './limits.ts'

/** A sealed dossier, bytes: the ciphertext and one wrapped key for every replica. */
export const SEALED_BYTES_MAX = DOSSIER_BYTES_MAX + REPLICAS_MAX * 160 + 128

const sealedRecords = codec(
  'sealed record',
  SEALED_BYTES_MAX,
  record<Sealed>({
    salt: bytes(32),
    nonce: bytes(12),
    ciphertext: bytesUpTo(DOSSIER_BYTES_MAX + SEALED_OVERHEAD_BYTES),
    keys: list(
      record<Sealed['keys'][number]>({
        recipient: bytes(32),
        ephemeral: bytes(32),
        nonce: bytes(24),
        wrapped: bytes(WRAPPED_BYTES),
      }),
      REPLICAS_MAX,
    ),
  }),
)

export const encodeSealed = sealedRecords.encode
export const decodeSealed = sealedRecords.decode
