/**
 * Entries that wait to be appended, in the order in which they came; bounded in count and bytes.
 */
import { TamgaError } from '../../protocol/errors.ts'
import {
  APPEND_BATCH_BYTES_MAX,
  APPEND_BATCH_MAX,
  APPEND_QUEUE_BYTES_MAX,
  APPEND_QUEUE_MAX,
} from '../limits.ts'

interface Waiting {
  readonly entry: Uint8Array
  readonly resolve: (index: number) => void
  readonly reject: (error: TamgaError) => void
}

/** What is written at once. One of the two is to be called when it is known what became of it. */
export interface Batch {
  readonly entries: readonly Uint8Array[]
  resolve(from: number): void
  reject(error: TamgaError): void
}

export class AppendQueue {
  #waiting: Waiting[] = []
  #bytes = 0

  get size(): number {
    return this.#waiting.length
  }

  /**
   * Resolves with the entry's index. @throws TamgaError `overloaded`, or what it is refused with
   */
  add(entry: Uint8Array): Promise<number> {
    const isFull = this.#bytes + entry.length > APPEND_QUEUE_BYTES_MAX
    if (isFull || this.#waiting.length >= APPEND_QUEUE_MAX) {
      return Promise.reject(new TamgaError('overloaded', 'the log has too many entries waiting'))
    }
    this.#bytes += entry.length
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject })
    })
  }

  /** The next ones, as many as one batch takes. */
  take(): Batch {
    let bytes = 0
    const past = this.#waiting.findIndex(({ entry }, place) => {
      bytes += entry.length
      return place >= APPEND_BATCH_MAX || (place > 0 && bytes > APPEND_BATCH_BYTES_MAX)
    })
    const batch = this.#waiting.splice(0, past < 0 ? this.#waiting.length : past)
    for (const { entry } of batch) this.#bytes -= entry.length
    return {
      entries: batch.map(({ entry }) => entry),
      resolve: (from) => batch.forEach(({ resolve }, i) => resolve(from + i)),
      reject: (error) => batch.forEach(({ reject }) => reject(error)),
    }
  }

  /** Lets down everybody who waits. */
  refuse(error: TamgaError): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    for (const { reject } of waiting) reject(error)
  }
}
