/**
 * Sealed templates, as this node keeps them for the shards it is a replica of.
 *
 * A record is kept in two places. The store has the ciphertext, which says nothing and may be in
 * any backup; the key shelf has the salt and the data key as wrapped for this node, without which
 * nobody can open the ciphertext or test it against a leaf. To destroy the record is to destroy
 * those. What is kept begins with the ciphertext, what is destroyed begins with the keys: wherever
 * a crash comes, there are no keys to which no row leads, and so none that an erasure overlooks.
 *
 * What is on disk is sealed; it is opened only into the memory of the gallery. A record is found by
 * its commitment, so what a leaf commits to is what is kept here or nothing is.
 */
import { equalBytes, fromHex } from '../../crypto/bytes.ts'
import {
  commitmentOf,
  open,
  SealingError,
  wrapFor,
  type BoxKeys,
  type Sealed,
} from '../../crypto/sealing.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { decodeDossier, type Dossier } from '../../protocol/dossier.ts'
import { decodePayload, type Payload } from '../../protocol/payload.ts'
import { decodeSealed, encodeSealed } from '../../protocol/sealed-record.ts'
import type { Random } from '../random.ts'
import type { KeyShelf, KeyState } from '../store/key-shelf.ts'
import type { Store } from '../store/store.ts'
import {
  destroyed,
  readable,
  readRecord,
  recordKey,
  recordPrefix,
  recordRows,
} from './stored-record.ts'

interface VaultOptions {
  /** The keys to which other nodes wrap data keys for this one. */
  readonly boxKeys: BoxKeys
}

interface VaultModules {
  readonly store: Store
  readonly keys: KeyShelf
  readonly random: Random
}

/** A record that this node can open, and what is in it. */
export interface Opened {
  readonly handle: Uint8Array
  readonly commitment: Uint8Array
  readonly sealed: Sealed
  readonly dossier: Dossier
}

/** Rows of one person read at once: more than anybody has. */
const PAGE_ROWS = 256

export class Vault {
  readonly #boxKeys: BoxKeys
  readonly #modules: VaultModules

  constructor({ boxKeys }: VaultOptions, modules: VaultModules) {
    this.#boxKeys = boxKeys
    this.#modules = modules
  }

  /** @throws TamgaError `malformed`; `unprocessable` when this node could never open it */
  inspect(handle: Uint8Array, encoded: Uint8Array): Opened {
    const sealed = decodeSealed(encoded)
    const dossier = this.#unseal(sealed, handle)
    return { handle, commitment: commitmentOf(sealed), sealed, dossier }
  }

  /**
   * Keeps a sealed record that was inspected; resolves once it is durable.
   *
   * @throws TamgaError `forbidden`: it was destroyed here, and nobody brings it back; `storage`
   */
  async put({ handle, commitment, sealed }: Opened): Promise<void> {
    const { store, keys } = this.#modules
    const { salt, nonce, ciphertext } = sealed
    const own = sealed.keys.find(({ recipient }) => equalBytes(recipient, this.#boxKeys.publicKey))!
    if (this.state(commitment) === 'destroyed') throw destroyed()
    const key = recordKey(handle, commitment)
    const value = recordRows.encode({ nonce, ciphertext })
    await store.batch([{ type: 'put', key, value }], { durable: true })
    try {
      await keys.put(commitment, { ...own, salt })
    } catch (error) {
      if (this.state(commitment) === 'destroyed') await this.destroy(commitment, handle)
      throw error
    }
  }

  /** What became of the keys of a record: `none` also when they are damaged. */
  state(commitment: Uint8Array): KeyState {
    return this.#modules.keys.state(commitment)
  }

  /** Whether something is here of the record that may be opened: whether it can is not tried. */
  async has(commitment: Uint8Array, handle: Uint8Array): Promise<boolean> {
    if (this.state(commitment) !== 'kept') return false
    return (await this.#modules.store.get(recordKey(handle, commitment))) !== undefined
  }

  /**
   * The payload that a leaf commits to, or undefined when it is not here.
   *
   * @throws TamgaError `storage` when what is here is not what was kept; `forbidden` when it was
   *   destroyed
   */
  async open(commitment: Uint8Array, handle: Uint8Array): Promise<Payload | undefined> {
    const payload = await this.payload(commitment, handle)
    return payload && readable(() => decodePayload(payload))
  }

  /** The same as it was captured: the bytes that the officer signed for. */
  async payload(commitment: Uint8Array, handle: Uint8Array): Promise<Uint8Array | undefined> {
    const sealed = await this.#sealed(commitment, handle)
    return sealed && readable(() => this.#unseal(sealed, handle).payload)
  }

  /**
   * The record as it was sealed, for another replica: its data key wrapped anew for `recipient`,
   * and for nobody else.
   *
   * @throws TamgaError as `open`
   */
  async sealedFor(
    recipient: Uint8Array,
    commitment: Uint8Array,
    handle: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const sealed = await this.#sealed(commitment, handle)
    if (!sealed) return undefined
    const { random } = this.#modules
    const options = { context: handle, randomBytes: (length: number) => random.bytes(length) }
    return readable(() => {
      const keys = wrapFor([recipient], sealed, this.#boxKeys, options)
      return encodeSealed({ ...sealed, keys })
    })
  }

  /** Commitments of all records of a person that are in the store, logged or not. */
  async commitmentsOf(handle: Uint8Array): Promise<Uint8Array[]> {
    const prefix = recordPrefix(handle)
    const found: Uint8Array[] = []
    for (let from = prefix; ;) {
      const page = await this.#modules.store.range(from, `${prefix}~`, PAGE_ROWS)
      found.push(...page.map(([key]) => fromHex(key.slice(prefix.length))))
      const last = page.at(-1)
      if (!last || page.length < PAGE_ROWS) return found
      // No key stands between a key and itself with the first printable character behind it.
      from = `${last[0]} `
    }
  }

  /**
   * Destroys the keys of a record for good, whether they are here or not; resolves once that is
   * durable. Done again it does nothing.
   *
   * @throws TamgaError `storage`
   */
  async destroy(commitment: Uint8Array, handle: Uint8Array): Promise<void> {
    await this.#modules.keys.destroy(commitment)
    const key = recordKey(handle, commitment)
    await this.#modules.store.batch([{ type: 'del', key }], { durable: true })
  }

  /**
   * Gives up a record that others keep: its keys are overwritten, and it may come back. What was
   * destroyed stays so.
   *
   * @throws TamgaError `storage`
   */
  async release(commitment: Uint8Array, handle: Uint8Array): Promise<void> {
    await this.#modules.keys.clear(commitment)
    const key = recordKey(handle, commitment)
    await this.#modules.store.batch([{ type: 'del', key }], { durable: true })
  }

  /** Both halves put together. Undefined when one is not here. */
  async #sealed(commitment: Uint8Array, handle: Uint8Array): Promise<Sealed | undefined> {
    const stored = await readRecord(commitment, handle, this.#modules)
    if (!stored) return undefined
    const { nonce, ciphertext, material } = stored
    const { salt, ...own } = material
    return { nonce, ciphertext, salt, keys: [{ ...own, recipient: this.#boxKeys.publicKey }] }
  }

  #unseal(sealed: Sealed, handle: Uint8Array): Dossier {
    try {
      return decodeDossier(open(sealed, this.#boxKeys, handle))
    } catch (cause) {
      if (!(cause instanceof SealingError)) throw cause
      throw new TamgaError('unprocessable', 'a sealed record that this node cannot open', { cause })
    }
  }
}
