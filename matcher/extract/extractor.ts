/** Images turned into prints by worker threads, so that the thread that was asked stays free. */
import { Worker } from 'node:worker_threads'
import { IMAGE_BYTES_MAX } from '../image/image.ts'
import { InvalidImage } from '../image/invalid-image.ts'
import { ExtractorError } from './extractor-error.ts'
import type { PrintsMessage } from './extractor-messages.ts'
import { Job } from './job.ts'
import type { Print, PrintsOptions } from './prints.ts'

/** Threads: more than cores only take turns. */
const WORKERS_MAX = 256

/** Images that may wait for each worker: one takes a fraction of a second, a record a few. */
const WAITING_PER_WORKER = 16

/** And their bytes: the longest ones would fill memory long before they are so many. */
const WAITING_BYTES_MAX = 268_435_456

/**
 * How long one request may take by default, ms, waiting included: a record with all fingers and
 * slaps takes some seconds on a slow core, and nobody waits longer at a counter.
 */
const TIMEOUT_MS_DEFAULT = 30_000

/**
 * JavaScript objects of one worker, MiB: several times what the largest image needs. Pixels are
 * not counted here; the readers bound those.
 */
const HEAP_MIB_MAX = 512

export interface ExtractorOptions {
  readonly workers: number
  /** Images that may wait. */
  readonly waitingMax?: number
}

export interface ExtractorModules {
  /** Calls `then` once, `ms` later, unless the returned function is called before. */
  readonly clock: { timer(ms: number, then: () => void): () => void }
  /** Starts a thread that runs `extractor-worker`. */
  readonly spawn?: () => Worker
}

export interface PrintsRequest extends PrintsOptions {
  /** An image, or a record of several. Copied; the caller may do with it what it likes. */
  readonly bytes: Uint8Array
  /** Milliseconds from now. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Requests are served in the order in which they come, each by one worker.
 *
 * Owns the threads. Each is started when there is work for it, and then stays. One whose request is
 * given up, or that dies, is gone for good, and another takes its place only when there is work
 * again: so a thread that cannot live costs one request each time, and never turns in a circle.
 * An image is in the memory of one worker until it has answered, and nowhere after.
 */
export class Extractor {
  readonly #workers: number
  readonly #waitingMax: number
  readonly #clock: ExtractorModules['clock']
  readonly #spawn: () => Worker
  /** All that have not ended, those about to included: there are never more than `workers`. */
  readonly #threads = new Set<Worker>()
  readonly #idle: Worker[] = []
  readonly #running = new Map<Worker, Job>()
  readonly #waiting: Job[] = []
  #waitingBytes = 0
  #isClosed = false

  constructor(
    { workers, waitingMax }: ExtractorOptions,
    { clock, spawn = spawnWorker }: ExtractorModules,
  ) {
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
      throw new RangeError(`an extractor has 1 to ${WORKERS_MAX} workers, not ${workers}`)
    }
    this.#workers = workers
    this.#waitingMax = waitingMax ?? workers * WAITING_PER_WORKER
    this.#clock = clock
    this.#spawn = spawn
  }

  /**
   * The prints in an image, or in each image of a record in its order: all of them, or none.
   *
   * @throws InvalidImage: what it was given; ExtractorError: the extractor
   */
  async prints(request: PrintsRequest): Promise<readonly Print[]> {
    const { bytes, signal, timeoutMs = TIMEOUT_MS_DEFAULT } = request
    this.#check(request)
    const job = new Job(request)
    const onAbort = (): void => this.#giveUp(job, aborted(signal!))
    signal?.addEventListener('abort', onAbort, { once: true })
    const cancel = this.#clock.timer(timeoutMs, () => this.#giveUp(job, late(timeoutMs)))
    this.#waiting.push(job)
    this.#waitingBytes += bytes.length
    this.#startNext()
    try {
      return await job.result
    } finally {
      cancel()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Whatever waits or runs fails with `closed`; resolves when every thread has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    const closed = new ExtractorError('closed', 'the extractor is closed')
    for (const job of [...this.#waiting.splice(0), ...this.#running.values()]) job.fail(closed)
    this.#running.clear()
    await Promise.all([...this.#threads].map((worker) => worker.terminate()))
  }

  #check({ bytes, signal }: PrintsRequest): void {
    if (this.#isClosed) throw new ExtractorError('closed', 'the extractor is closed')
    if (signal?.aborted) throw aborted(signal)
    if (bytes.length > IMAGE_BYTES_MAX) {
      throw new InvalidImage('too-long', `${bytes.length} bytes, at most ${IMAGE_BYTES_MAX}`)
    }
    // A thread that is ending is not free, and what waits for it waits for nothing that runs.
    if (this.#idle.length > 0 || this.#threads.size < this.#workers) return
    const isFull = this.#waiting.length >= this.#waitingMax
    if (isFull || this.#waitingBytes + bytes.length > WAITING_BYTES_MAX) {
      throw new ExtractorError('busy', `${this.#waiting.length} images are waiting already`)
    }
  }

  #startNext(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      if (this.#idle.length === 0 && this.#threads.size >= this.#workers) return
      const job = this.#waiting.shift()!
      this.#waitingBytes -= job.byteCount
      try {
        const worker = this.#idle.pop() ?? this.#startWorker()
        this.#running.set(worker, job)
        job.post(worker)
      } catch (cause) {
        job.fail(new ExtractorError('crashed', 'no worker could be started', { cause }))
      }
    }
  }

  #startWorker(): Worker {
    const worker = this.#spawn()
    this.#threads.add(worker)
    worker.on('message', (message: PrintsMessage) => this.#onAnswer(worker, message))
    worker.on('error', (cause) => this.#onDeath(worker, cause))
    worker.on('exit', () => this.#onExit(worker))
    return worker
  }

  #onAnswer(worker: Worker, message: PrintsMessage): void {
    const job = this.#running.get(worker)
    if (!job) return
    this.#running.delete(worker)
    this.#idle.push(worker)
    job.end(message)
    this.#startNext()
  }

  #onDeath(worker: Worker, cause?: unknown): void {
    const job = this.#running.get(worker)
    this.#running.delete(worker)
    job?.fail(new ExtractorError('crashed', 'the worker died over this image', { cause }))
    const place = this.#idle.indexOf(worker)
    if (place >= 0) this.#idle.splice(place, 1)
  }

  #onExit(worker: Worker): void {
    this.#onDeath(worker)
    this.#threads.delete(worker)
    this.#startNext()
  }

  /** One that runs takes its thread with it: there is no other way to stop it. */
  #giveUp(job: Job, error: ExtractorError): void {
    const place = this.#waiting.indexOf(job)
    if (place >= 0) {
      this.#waiting.splice(place, 1)
      this.#waitingBytes -= job.byteCount
    }
    for (const [worker, running] of this.#running) {
      if (running !== job) continue
      this.#running.delete(worker)
      void worker.terminate()
    }
    job.fail(error)
  }
}

function spawnWorker(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MIB_MAX }
  return new Worker(new URL('./extractor-worker.js', import.meta.url), { resourceLimits })
}

function aborted({ reason }: AbortSignal): ExtractorError {
  return new ExtractorError('aborted', 'the image is no longer wanted', { cause: reason })
}

function late(timeoutMs: number): ExtractorError {
  return new ExtractorError('deadline', `not extracted within ${timeoutMs} ms`)
}
