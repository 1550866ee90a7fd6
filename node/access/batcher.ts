/**
 * Puts access records into batches of the own log. A batch closes as soon as the one before it is
 * durable: a record that comes alone waits for nobody, and what comes while the disk is busy shares
 * the next one. So nobody waits longer than for one batch besides their own, which is a few ms; how
 * many share one follows from how many come.
 *
 * The records are durably on the shelf before their batch is appended. A crash between the two
 * leaves records that stand in no log; nobody was asked or answered on them.
 */
import { hashLeaf } from '../../crypto/hash.ts'
import { groupRecords, proveRecord, type NewRecord } from '../../protocol/access-record.ts'
import type { RecordProof } from '../../protocol/record-proof.ts'
import type { ProvenEntry, ProvenRecord } from '../../protocol/answer.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX, ENTRY_BYTES_MAX } from '../../protocol/limits.ts'
import { RECORDS_WAITING_BYTES_MAX, RECORDS_WAITING_MAX } from '../limits.ts'
import type { Ledger } from '../log/ledger.ts'
import type { RecordShelf } from './record-shelf.ts'

/** A record that stands in the own log. */
export interface Batched {
  /** Index of its batch. */
  readonly index: number
  readonly bytes: Uint8Array
  readonly proof: RecordProof
}

interface Waiting extends NewRecord {
  readonly resolve: (batched: Batched) => void
  readonly reject: (error: TamgaError) => void
}

interface BatcherModules {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
}

export class Batcher {
  readonly #modules: BatcherModules
  #waiting: Waiting[] = []
  #bytes = 0
  #isDraining = false

  constructor(modules: BatcherModules) {
    this.#modules = modules
  }

  /**
   * Resolves once the record and its batch are durable and a checkpoint covers the batch.
   *
   * @throws TamgaError `overloaded`: too many wait, nothing was done; `too-large`; what
   *   `Log.append` throws
   */
  async add(record: NewRecord): Promise<Batched> {
    const { length } = record.bytes
    if (length > ENTRY_BYTES_MAX) throw new TamgaError('too-large', `a record of ${length} bytes`)
    const isFull = this.#bytes + length > RECORDS_WAITING_BYTES_MAX
    if (isFull || this.#waiting.length >= RECORDS_WAITING_MAX) {
      throw new TamgaError('overloaded', 'too many access records wait for their batch')
    }
    this.#bytes += length
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...record, resolve, reject })
      if (!this.#isDraining) void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    this.#isDraining = true
    // Lets everything that comes in the same turn share the first batch.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const taken = this.#take()
      try {
        await this.#append(taken)
      } catch (error) {
        for (const { reject } of taken) reject(asTamgaError(error))
      }
    }
    this.#isDraining = false
  }

  #take(): Waiting[] {
    let bytes = 0
    const past = this.#waiting.findIndex((record, place) => {
      const before = bytes
      bytes += record.bytes.length
      return place >= BATCH_RECORDS_MAX || before > BATCH_BYTES_MAX
    })
    const taken = this.#waiting.splice(0, past < 0 ? this.#waiting.length : past)
    for (const record of taken) this.#bytes -= record.bytes.length
    return taken
  }

  async #append(taken: readonly Waiting[]): Promise<void> {
    const { ledger, shelf } = this.#modules
    const { groups, ordered } = groupRecords(taken)
    const records = ordered.map(({ bytes }) => bytes)
    const entry = encodeEntry({ type: 'batch', at: ledger.now(), groups })
    await shelf.put(ledger.own.name, hashLeaf(entry), records)
    const index = await ledger.own.append(entry)
    for (const [place, { bytes, resolve }] of ordered.entries()) {
      resolve({ index, bytes, proof: await proveRecord(entry, records, place) })
    }
  }
}

/** The record under the proof of its batch. */
export function provenRecord({ bytes, proof }: Batched, batch: ProvenEntry): ProvenRecord {
  return { log: batch.log, entry: bytes, proof: batch.proof, batch: proof }
}
