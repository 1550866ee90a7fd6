/**
 * What makes sealed records openable, kept where it can be destroyed.
 *
 * A database never really deletes: what it is told to forget stays in its log, in its tables and in
 * every backup. So salts and wrapped data keys stand apart from the ciphertexts, in a place of
 * their own that no backup covers: the other replicas are the backup.
 */
import { BOX_KEY_BYTES, SALT_BYTES, WRAP_NONCE_BYTES, WRAPPED_BYTES } from '../../crypto/sealing.ts'

/** What the material of one record is found by, bytes: a commitment. */
export const KEY_ID_BYTES = 32

/** The salt of a sealed record, and its data key as it is wrapped for this node. */
export interface KeyMaterial {
  readonly salt: Uint8Array
  readonly ephemeral: Uint8Array
  readonly nonce: Uint8Array
  readonly wrapped: Uint8Array
}

/** How long each part of it is, bytes, in the order in which it is kept. */
export const MATERIAL_BYTES = {
  salt: SALT_BYTES,
  ephemeral: BOX_KEY_BYTES,
  nonce: WRAP_NONCE_BYTES,
  wrapped: WRAPPED_BYTES,
} as const satisfies Record<keyof KeyMaterial, number>

/** `none` is also what was kept in a slot that is damaged now. */
export type KeyState = 'kept' | 'destroyed' | 'none'

export interface KeyShelf {
  /**
   * Undefined where there is none, or none any more.
   *
   * @throws TamgaError `storage`: what is there is not what was put
   */
  get(id: Uint8Array): Promise<KeyMaterial | undefined>
  /**
   * Resolves once it survives a power cut. What is there already is replaced.
   *
   * @throws TamgaError `forbidden`: it was destroyed, for good; `overloaded`; `storage`: it may or
   *   may not be there after a restart, and until then nothing more is written
   */
  put(id: Uint8Array, material: KeyMaterial): Promise<void>
  /**
   * Overwrites the material where it stands, and leaves a mark that it was destroyed, also where
   * there was none: nothing is ever put under this id again. Resolves once that survives a power
   * cut.
   *
   * @throws TamgaError `overloaded`; `storage` as `put`
   */
  destroy(id: Uint8Array): Promise<void>
  /**
   * Overwrites the material where it stands, and leaves no mark: it may be put again. What was
   * destroyed stays so. Resolves once that survives a power cut.
   *
   * @throws TamgaError `overloaded`; `storage` as `put`
   */
  clear(id: Uint8Array): Promise<void>
  /** As of what is durable. */
  state(id: Uint8Array): KeyState
  /** Whether a write has failed: the shelf must be opened again. */
  readonly isBroken: boolean
  close(): Promise<void>
}
