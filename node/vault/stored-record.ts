/**
 * A sealed record as it lies on this node's disks, in its two halves: the ciphertext in the store,
 * salt and wrapped key on the key shelf.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import {
  commitmentOf,
  SEALED_OVERHEAD_BYTES,
  SEAL_NONCE_BYTES,
  type Sealed,
} from '../../crypto/sealing.ts'
import { bytes, bytesUpTo, codec, record } from '../../protocol/codec.ts'
import { DOSSIER_BYTES_MAX } from '../../protocol/dossier.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { KeyMaterial, KeyShelf } from '../store/key-shelf.ts'
import type { Store } from '../store/store.ts'

/** What the store has of a record. */
type Row = Pick<Sealed, 'nonce' | 'ciphertext'>

export const recordRows = codec(
  'vault row',
  DOSSIER_BYTES_MAX + SEALED_OVERHEAD_BYTES + 64,
  record<Row>({
    nonce: bytes(SEAL_NONCE_BYTES),
    ciphertext: bytesUpTo(DOSSIER_BYTES_MAX + SEALED_OVERHEAD_BYTES),
  }),
)

export interface StoredRecord extends Row {
  readonly material: KeyMaterial
}

interface RecordModules {
  readonly store: Store
  readonly keys: KeyShelf
}

/**
 * Both halves, which make up what a leaf commits to; undefined when one is not here. Whether the
 * data key opens it only the node can tell.
 *
 * @throws TamgaError `storage` when what is here is not what was kept; `forbidden` when it was
 *   destroyed
 */
export async function readRecord(
  commitment: Uint8Array,
  handle: Uint8Array,
  { store, keys }: RecordModules,
): Promise<StoredRecord | undefined> {
  if (keys.state(commitment) === 'destroyed') throw destroyed()
  const row = await store.get(recordKey(handle, commitment))
  const material = await keys.get(commitment)
  if (!row || !material) return undefined
  return readable(() => {
    const stored = { ...recordRows.decode(row), material }
    if (equalBytes(commitmentOf({ ...stored, salt: material.salt }), commitment)) return stored
    throw new Error('another commitment')
  })
}

/** Under the handle, so that all records of a person are found, also those that no log knows. */
export function recordKey(handle: Uint8Array, commitment: Uint8Array): string {
  return `${recordPrefix(handle)}${toHex(commitment)}`
}

export function recordPrefix(handle: Uint8Array): string {
  return `vault/${toHex(handle)}/`
}

export function destroyed(): TamgaError {
  return new TamgaError('forbidden', 'the keys of this sealed record were destroyed')
}

/** Reads what is on disk: whatever is wrong with it is the disk's fault. */
export function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new TamgaError('storage', 'a sealed record on disk is damaged', { cause })
  }
}
