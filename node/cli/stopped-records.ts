/** The sealed records of a node that does not run: which are due by its logs, here, and sound. */
import { join } from 'node:path'
import { asTamgaError } from '../../protocol/errors.ts'
import type { Roster } from '../../protocol/roster.ts'
import { replicasOf } from '../../protocol/shards.ts'
import { systemClock } from '../clock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { nodeKeys } from '../node.ts'
import { systemRandom } from '../random.ts'
import { dueRecords, type DueRecord } from '../registry/due-records.ts'
import { fetchRecord } from '../search/fetch-record.ts'
import { KeyFile } from '../store/key-file.ts'
import type { Store } from '../store/store.ts'
import { readRecord } from '../vault/stored-record.ts'
import { Vault } from '../vault/vault.ts'
import type { Key } from './key-file.ts'
import { wholeLogs } from './whole-logs.ts'

export interface StoppedRecordsOptions {
  readonly self: string
  readonly roster: Roster
  /** The node's folder. */
  readonly data: string
}

/** A record that is due and not here as it should be, and why. */
export interface DamagedRecord extends DueRecord {
  readonly fault: string
}

export class StoppedRecords {
  readonly #options: StoppedRecordsOptions
  readonly #store: Store
  readonly #keys: KeyFile

  private constructor(options: StoppedRecordsOptions, store: Store, keys: KeyFile) {
    this.#options = options
    this.#store = store
    this.#keys = keys
  }

  /** @throws TamgaError `not-found`: there is no key file; `storage` */
  static async open(
    options: StoppedRecordsOptions,
    { store }: { store: Store },
  ): Promise<StoppedRecords> {
    return new StoppedRecords(options, store, await KeyFile.open(join(options.data, 'keys')))
  }

  /** How many are due, and which of them are missing, damaged, or destroyed without an erasure. */
  async check(): Promise<{ due: number; damaged: DamagedRecord[] }> {
    const { roster } = this.#options
    const due = await dueRecords(await wholeLogs(this.#store, roster), this.#options)
    const damaged: DamagedRecord[] = []
    for (const record of due) {
      const fault = await this.#faultOf(record)
      if (fault !== undefined) damaged.push({ ...record, fault })
    }
    return { due: due.length, damaged }
  }

  /** Fetches a record from another replica. Returns why none had it; undefined if it is here. */
  async mend(record: DueRecord, { seed }: Key, mesh: Mesh): Promise<string | undefined> {
    const { self, roster } = this.#options
    const disks = { store: this.#store, keys: this.#keys, random: systemRandom }
    const vault = new Vault({ boxKeys: nodeKeys(seed).box }, disks)
    const reasons: string[] = []
    for (const replica of replicasOf(record.shard, roster).filter((name) => name !== self)) {
      try {
        await fetchRecord(replica, record, { vault, mesh, clock: systemClock })
        return undefined
      } catch (error) {
        reasons.push(`${replica}: ${asTamgaError(error).message}`)
      }
    }
    return reasons.join('; ') || 'there is no other replica'
  }

  async close(): Promise<void> {
    await this.#keys.close()
  }

  async #faultOf({ commitment, handle }: DueRecord): Promise<string | undefined> {
    try {
      const stored = await readRecord(commitment, handle, { store: this.#store, keys: this.#keys })
      return stored ? undefined : 'missing'
    } catch (error) {
      return asTamgaError(error).message
    }
  }
}
