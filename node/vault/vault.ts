/**
 * Sealed templates, as this node keeps them for the shards it is a replica of.
 *
 * What is on disk is sealed; it is opened only into the memory of the gallery. A record is found by
 * its commitment, so what a leaf commits to is what is kept here or nothing is.
 */
import { toHex } from '../../crypto/bytes.ts'
import { commitmentOf, open, SealingError, type BoxKeys } from '../../crypto/sealing.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodeDossier, type Dossier } from '../../protocol/dossier.ts'
import { decodePayload, type Payload } from '../../protocol/payload.ts'
import { decodeSealed } from '../../protocol/sealed-record.ts'
import type { Store } from '../store/store.ts'

interface VaultOptions {
  /** The keys to which other nodes wrap data keys for this one. */
  readonly boxKeys: BoxKeys
}

/** A record that this node can open, and what is in it. */
export interface Opened {
  readonly commitment: Uint8Array
  readonly dossier: Dossier
}

export class Vault {
  readonly #boxKeys: BoxKeys
  readonly #store: Store

  constructor({ boxKeys }: VaultOptions, { store }: { store: Store }) {
    this.#boxKeys = boxKeys
    this.#store = store
  }

  /** @throws TamgaError `malformed`; `unprocessable` when this node could never open it */
  inspect(handle: Uint8Array, encoded: Uint8Array): Opened {
    const sealed = decodeSealed(encoded)
    return { commitment: commitmentOf(sealed), dossier: this.#unseal(sealed, handle) }
  }

  /** Keeps a sealed record that was inspected; resolves once it is durable. */
  async put({ commitment }: Opened, encoded: Uint8Array): Promise<void> {
    const key = vaultKey(commitment)
    await this.#store.batch([{ type: 'put', key, value: encoded }], { durable: true })
  }

  /**
   * The payload that a leaf commits to, or undefined when it is not here.
   *
   * @throws TamgaError `storage` when what is here is not what was kept
   */
  async open(commitment: Uint8Array, handle: Uint8Array): Promise<Payload | undefined> {
    const encoded = await this.#store.get(vaultKey(commitment))
    if (!encoded) return undefined
    try {
      const sealed = decodeSealed(encoded)
      if (toHex(commitmentOf(sealed)) !== toHex(commitment)) throw new Error('another commitment')
      return decodePayload(this.#unseal(sealed, handle).payload)
    } catch (cause) {
      throw new TamgaError('storage', 'a sealed record on disk is damaged', { cause })
    }
  }

  #unseal(sealed: ReturnType<typeof decodeSealed>, handle: Uint8Array): Dossier {
    try {
      return decodeDossier(open(sealed, this.#boxKeys, handle))
    } catch (cause) {
      if (!(cause instanceof SealingError)) throw cause
      throw new TamgaError('unprocessable', 'a sealed record that this node cannot open', { cause })
    }
  }
}

function vaultKey(commitment: Uint8Array): string {
  return `vault/${toHex(commitment)}`
}
