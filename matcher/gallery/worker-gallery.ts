/** A gallery searched by worker threads: what a node uses, so that its event loop stays free. */
import { Worker } from 'node:worker_threads'
import type { KernelName } from '../kernel/kernel.ts'
import { preferLargePages } from '../kernel/native-kernel.ts'
import {
  GalleryError,
  type Gallery,
  type GalleryPerson,
  type SearchRequest,
  type SearchResult,
} from './gallery.ts'
import { People } from './people.ts'
import { RunningSearch } from './running-search.ts'
import { aborted, checkRequest } from './search-plan.ts'
import type { Slab } from './slab.ts'
import { isBefore, Waiting } from './waiting.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** Threads: more than cores only take turns. */
const WORKERS_MAX = 256

/** Searches that may wait. Each is answered by all workers, so more would only wait longer. */
const WAITING_MAX_DEFAULT = 64

/** Fingers: 10 million take some 10 GB of memory. */
const FINGERS_MAX_DEFAULT = 10_000_000

/** Workers that die one after another without any search done between: the fault is not passing. */
const CRASHES_MAX = 8

export interface WorkerGalleryOptions {
  readonly workers: number
  readonly waitingMax?: number
  readonly fingersMax?: number
  /** By what the first stage is computed; by the fastest there is, if absent. */
  readonly kernel?: KernelName
}

export interface WorkerGalleryModules {
  /** Starts a thread that runs `gallery-worker`. */
  readonly spawn: () => Worker
}

/**
 * One search runs at a time, on all workers. Others wait by priority; one that comes before the
 * running one interrupts it for a while.
 *
 * Owns the slabs (through `People`) and the workers. A worker that dies fails the search it worked
 * on with `crashed` and is replaced; people are in shared memory and none is lost.
 */
export class WorkerGallery implements Gallery {
  readonly #people: People
  readonly #workers = new Set<Worker>()
  readonly #waiting = new Waiting<RunningSearch>()
  readonly #waitingMax: number
  readonly #kernel: KernelName | undefined
  readonly #spawn: () => Worker
  #running: RunningSearch | undefined
  /** Workers that have not answered the running search yet. */
  readonly #awaited = new Set<Worker>()
  #searches = 0
  #crashes = 0
  #isClosed = false

  constructor(
    { workers, waitingMax, fingersMax, kernel }: WorkerGalleryOptions,
    { spawn }: WorkerGalleryModules = { spawn: spawnWorker },
  ) {
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
      throw new RangeError(`a gallery has 1 to ${WORKERS_MAX} workers, not ${workers}`)
    }
    this.#waitingMax = waitingMax ?? WAITING_MAX_DEFAULT
    this.#kernel = kernel
    this.#spawn = spawn
    this.#people = new People(
      { fingersMax: fingersMax ?? FINGERS_MAX_DEFAULT },
      {
        onSlab: (slab) => {
          preferLargePages(slab.records)
          this.#tell(slabMessage(slab))
        },
        onRetired: ({ handle }) => this.#tell({ kind: 'retired', slab: handle.slab }),
      },
    )
    for (let count = 0; count < workers; count += 1) this.#startWorker()
  }

  add(person: GalleryPerson): void {
    this.#people.add(person)
  }

  remove(id: string): boolean {
    return this.#people.remove(id)
  }

  has(id: string): boolean {
    return this.#people.place(id) !== undefined
  }

  count(shard?: number): number {
    return this.#people.count(shard)
  }

  compact(people: number): number {
    return this.#people.compact(people)
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    this.#checkOpen()
    checkRequest(request)
    if (this.#running && this.#waiting.length >= this.#waitingMax) {
      throw new GalleryError('busy', `${this.#waitingMax} searches are waiting already`)
    }
    const search = this.#newSearch(request)
    const { signal } = request
    const onAbort = (): void => this.#abandon(search, aborted(signal!))
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#waiting.add(search)
    if (this.#running && isBefore(search.priority, this.#running.priority)) {
      this.#running.interrupt()
    }
    this.#startNext()
    try {
      return await search.result
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const closed = new GalleryError('closed', 'the gallery is closed')
    for (const search of this.#waiting.clear()) this.#drop(search, closed)
    if (this.#running) this.#drop(this.#running, closed)
    this.#running = undefined
    await Promise.all([...this.#workers].map((worker) => worker.terminate()))
    this.#workers.clear()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new GalleryError('closed', 'the gallery is closed')
    if (this.#workers.size === 0) throw new GalleryError('crashed', 'no worker stays alive')
  }

  #newSearch(request: SearchRequest): RunningSearch {
    this.#searches += 1
    const number = this.#people.enter()
    const options = { id: this.#searches, request, number, kernel: this.#kernel }
    return new RunningSearch(options, { people: this.#people })
  }

  #startNext(): void {
    if (this.#running) return
    this.#running = this.#waiting.next()
    if (this.#running) this.#post(this.#running)
  }

  #post(search: RunningSearch): void {
    const message = search.message()
    for (const worker of this.#workers) {
      this.#awaited.add(worker)
      post(worker, message)
    }
  }

  #onPart(worker: Worker, part: FromWorker): void {
    const search = this.#running
    if (search?.id !== part.search || !this.#awaited.delete(worker)) return
    search.add(part)
    if (this.#awaited.size === 0) this.#onAnswered(search)
  }

  /** All workers have come to the end of a stage, or were stopped. */
  #onAnswered(search: RunningSearch): void {
    this.#running = undefined
    search.advance()
    if (search.isFound) this.#crashes = 0
    if (search.isOver) this.#people.leave(search.number)
    else this.#waiting.addAgain(search)
    this.#startNext()
  }

  #drop(search: RunningSearch, error: GalleryError): void {
    search.fail(error)
    this.#people.leave(search.number)
  }

  /** A running one keeps its state visible until every worker has stopped. */
  #abandon(search: RunningSearch, error: GalleryError): void {
    if (this.#waiting.remove(search)) this.#drop(search, error)
    else if (this.#running === search) search.fail(error)
  }

  #startWorker(): void {
    const worker = this.#spawn()
    this.#workers.add(worker)
    worker.on('message', (part: FromWorker) => this.#onPart(worker, part))
    worker.on('error', (cause) => this.#onDeath(worker, cause))
    worker.on('exit', () => this.#onDeath(worker))
    for (const slab of this.#people.allSlabs()) post(worker, slabMessage(slab))
  }

  #onDeath(worker: Worker, cause?: unknown): void {
    if (!this.#workers.delete(worker) || this.#isClosed) return
    this.#crashes += 1
    if (this.#crashes <= CRASHES_MAX) this.#startWorker()
    const crashed = new GalleryError('crashed', 'a worker died during the search', { cause })
    if (this.#workers.size === 0) {
      for (const waiting of this.#waiting.clear()) this.#drop(waiting, crashed)
    }
    const search = this.#running
    if (!search || !this.#awaited.delete(worker)) return
    search.fail(crashed)
    if (this.#awaited.size === 0) this.#onCrashed(search)
  }

  #onCrashed(search: RunningSearch): void {
    this.#running = undefined
    this.#people.leave(search.number)
    this.#startNext()
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#workers) post(worker, message)
  }
}

function spawnWorker(): Worker {
  return new Worker(new URL('./gallery-worker.js', import.meta.url))
}

function slabMessage(slab: Slab): ToWorker {
  return { kind: 'slab', slab: slab.handle }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message, [])
}
