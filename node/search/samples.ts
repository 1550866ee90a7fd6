/**
 * Queries that were drawn to be looked at again, with their probes: in memory alone, for some days,
 * and never of somebody who was erased since. No probe of a query is on any disk, so what a node
 * that is stopped has drawn is gone with it.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import type { Answer, ProvenRecord } from '../../protocol/answer.ts'
import { samples, type Sample } from '../../protocol/sample.ts'
import type { Clock } from '../clock.ts'
import { SAMPLE_KEPT_MS, SAMPLES_MAX } from '../limits.ts'

export interface KeptSample extends Sample {
  readonly said: Answer
  readonly query: ProvenRecord
  readonly payload: Uint8Array
}

interface Kept {
  readonly sample: KeptSample
  readonly stopTimer: () => void
}

export class Samples {
  readonly #clock: Clock
  /** By id of the query, the oldest first. */
  readonly #kept = new Map<string, Kept>()

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  get size(): number {
    return this.#kept.size
  }

  /** Ids of the queries, the oldest first. */
  queries(): string[] {
    return [...this.#kept.keys()]
  }

  get(queryId: string): KeptSample | undefined {
    return this.#kept.get(queryId)?.sample
  }

  /** The same for somebody outside, without the probe. */
  encoded(queryId: string): Uint8Array | undefined {
    const sample = this.get(queryId)
    return sample && samples.encode({ answer: sample.answer, scores: sample.scores })
  }

  add(sample: KeptSample): void {
    const key = toHex(sample.said.queryId)
    const stopTimer = this.#clock.timer(SAMPLE_KEPT_MS, () => this.#kept.delete(key))
    this.#kept.set(key, { sample, stopTimer })
    for (const oldest of this.queries().slice(0, -SAMPLES_MAX)) this.#drop(oldest)
  }

  /** Drops all whose answer names this person. */
  forget(handle: Uint8Array): void {
    for (const [key, { sample }] of this.#kept) {
      const { candidates } = sample.said
      if (candidates.some((named) => equalBytes(named.handle, handle))) this.#drop(key)
    }
  }

  close(): void {
    for (const key of this.queries()) this.#drop(key)
  }

  #drop(key: string): void {
    this.#kept.get(key)?.stopTimer()
    this.#kept.delete(key)
  }
}
