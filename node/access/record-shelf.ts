/**
 * The access records that are kept here, by the log and the leaf hash of their batch: so that they
 * can be on disk before the batch is in the log. What a crash leaves without its batch is never
 * asked for.
 *
 * Layout: `access/<log>/<leaf, hexadecimal>` holds `recordBatches`.
 */
import { toHex } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import { checkRecords, recordBatches } from '../../protocol/access-record.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { decodeEntryOf } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { StoredLog } from '../log/stored-log.ts'
import type { Store } from '../store/store.ts'

/** A batch, and whose records its leaf names. */
export interface PlacedBatch {
  readonly log: string
  readonly leaf: Uint8Array
  readonly batch: Batch
}

export class RecordShelf {
  readonly #store: Store

  constructor({ store }: { store: Store }) {
    this.#store = store
  }

  /**
   * All records of the batch; undefined where they are not here, or have rotted: others have them.
   *
   * @throws TamgaError `storage`
   */
  async get({ log, leaf, batch }: PlacedBatch): Promise<readonly Uint8Array[] | undefined> {
    const value = await this.#store.get(keyOf(log, leaf))
    if (!value) return undefined
    try {
      const records = recordBatches.decode(value)
      checkRecords(batch, records)
      return records
    } catch (error) {
      if (asTamgaError(error).code === 'internal') throw error
      return undefined
    }
  }

  /**
   * Keeps what the caller has made, or held against the batch. Durable when it resolves.
   *
   * @throws TamgaError `storage`
   */
  async put(log: string, leaf: Uint8Array, records: readonly Uint8Array[]): Promise<void> {
    const op = { type: 'put' as const, key: keyOf(log, leaf), value: recordBatches.encode(records) }
    await this.#store.batch([op], { durable: true })
  }
}

/** @throws TamgaError `malformed`: something else stands there; `storage` */
export async function batchAt(stored: StoredLog, index: number): Promise<PlacedBatch> {
  const bytes = await stored.entry(index)
  return { log: stored.name, leaf: hashLeaf(bytes), batch: decodeEntryOf('batch', bytes) }
}

function keyOf(log: string, leaf: Uint8Array): string {
  return `access/${log}/${toHex(leaf)}`
}
