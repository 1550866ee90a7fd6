/**
 * Synthetic people as a gallery holds them, many at a time, made by worker threads.
 *
 * ```ts
 * const everybody = packedPeople({ seed: 'bench' }, { to: 1_000_000, threads: 2 })
 * for await (const { from, records } of everybody) {
 *   // PACKED_BYTES a finger, person after person from number `from`
 * }
 * ```
 */
import { Worker } from 'node:worker_threads'
import { INDEX_FINGERS } from './person.ts'

/** People handed over at a time: some megabyte, a tenth of a second's work. */
const BATCH_PEOPLE = 512

/** Batches under way in a thread: one in work, one to begin with at once. */
const BATCHES_PER_THREAD = 2

export interface PackedPopulation {
  readonly seed: string
  /** ISO finger positions that everybody gives. */
  readonly positions?: readonly number[]
}

export interface PeopleRange {
  /** Number of the first person. */
  readonly from: number
  /** Number behind the last. */
  readonly to: number
}

export interface PackedPeople extends PeopleRange {
  /** Enrolment impressions: a record for each finger in the order of positions, nothing between. */
  readonly records: Uint8Array
}

/** What a thread is started with. */
export interface PackingWork {
  readonly seed: string
  readonly positions: readonly number[]
}

/**
 * People `from` (0) to `to` in order, in batches. The same seed gives the same bytes whatever the
 * number of threads. Whoever stops reading stops the threads; no more than two batches a thread
 * are ever waiting to be read.
 *
 * @throws whatever a thread died of
 */
export async function* packedPeople(
  { seed, positions = INDEX_FINGERS }: PackedPopulation,
  { from = 0, to, threads = 1 }: { from?: number; to: number; threads?: number },
): AsyncGenerator<PackedPeople> {
  const work: PackingWork = { seed, positions }
  const workers = Array.from({ length: threads }, () => new PackingThread(work))
  const underWay: Promise<PackedPeople>[] = []
  const batches = batchesOf({ from, to })
  let started = 0
  const start = (): void => {
    const { value } = batches.next()
    if (value === undefined) return
    underWay.push(workers[started % threads]!.pack(value))
    started += 1
  }
  try {
    for (let count = 0; count < BATCHES_PER_THREAD * threads; count += 1) start()
    for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) {
      const people = await first
      start()
      yield people
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
  }
}

function* batchesOf({ from, to }: PeopleRange): Generator<PeopleRange, undefined> {
  for (let next = from; next < to; next += BATCH_PEOPLE) {
    yield { from: next, to: Math.min(to, next + BATCH_PEOPLE) }
  }
  return undefined
}

interface Waiting {
  readonly range: PeopleRange
  readonly resolve: (people: PackedPeople) => void
  readonly reject: (error: Error) => void
}

/** A thread that packs one range after another, in the order asked for. */
class PackingThread {
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []

  constructor(work: PackingWork) {
    this.#worker = new Worker(new URL('./packing-worker.js', import.meta.url), { workerData: work })
    this.#worker.on('message', (records: Uint8Array) => {
      const first = this.#waiting.shift()
      first?.resolve({ ...first.range, records })
    })
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('a packing thread ended early')))
  }

  pack(range: PeopleRange): Promise<PackedPeople> {
    const packed = new Promise<PackedPeople>((resolve, reject) => {
      this.#waiting.push({ range, resolve, reject })
    })
    // Whoever stops reading never asks what became of it.
    packed.catch(() => undefined)
    this.#worker.postMessage(range, [])
    return packed
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
