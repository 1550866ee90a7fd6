/** A gallery searched by worker threads: what a node uses, so that its event loop stays free. */
import { Worker } from 'node:worker_threads'
import {
  GalleryError,
  type Gallery,
  type GalleryPerson,
  type SearchRequest,
  type SearchResult,
} from './gallery.ts'
import { People } from './people.ts'
import { Ranking } from './ranking.ts'
import type { Slab } from './slab.ts'
import { aborted, checkRequest, chunksOf, rankingOptions, resultOf } from './search-plan.ts'
import {
  CONTROL_BYTES,
  UNWANTED,
  type FromWorker,
  type SearchMessage,
  type ToWorker,
} from './worker-messages.ts'

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
}

export interface WorkerGalleryModules {
  /** Starts a thread that runs `gallery-worker`. */
  readonly spawn: () => Worker
}

interface Search {
  readonly id: number
  readonly request: SearchRequest
  /** The state it sees. */
  readonly number: number
  readonly ranking: Ranking
  readonly searched: Map<number, number>
  readonly control: SharedArrayBuffer
  /** Workers that have not answered yet. */
  readonly awaited: Set<Worker>
  readonly resolve: (result: SearchResult) => void
  /** May be called more than once; the first counts. */
  readonly reject: (error: GalleryError) => void
}

/**
 * One search runs at a time, on all workers; others wait in order of arrival.
 *
 * Owns the slabs (through `People`) and the workers. A worker that dies fails the search it worked
 * on with `crashed` and is replaced; people are in shared memory and none is lost.
 */
export class WorkerGallery implements Gallery {
  readonly #people: People
  readonly #workers = new Set<Worker>()
  readonly #waiting: Search[] = []
  readonly #waitingMax: number
  readonly #spawn: () => Worker
  #running: Search | undefined
  #searches = 0
  #crashes = 0
  #isClosed = false

  constructor(
    { workers, waitingMax, fingersMax }: WorkerGalleryOptions,
    { spawn }: WorkerGalleryModules = { spawn: spawnWorker },
  ) {
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
      throw new RangeError(`a gallery has 1 to ${WORKERS_MAX} workers, not ${workers}`)
    }
    this.#waitingMax = waitingMax ?? WAITING_MAX_DEFAULT
    this.#spawn = spawn
    this.#people = new People({ fingersMax: fingersMax ?? FINGERS_MAX_DEFAULT }, (slab) => {
      for (const worker of this.#workers) post(worker, slabMessage(slab))
    })
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

  async search(request: SearchRequest): Promise<SearchResult> {
    this.#checkOpen()
    checkRequest(request)
    if (this.#running && this.#waiting.length >= this.#waitingMax) {
      throw new GalleryError('busy', `${this.#waitingMax} searches are waiting already`)
    }
    const { signal } = request
    const onAbort = (): void => this.#abandon(search, aborted(signal!))
    let search!: Search
    const result = new Promise<SearchResult>((resolve, reject) => {
      search = this.#newSearch(request, resolve, reject)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#waiting.push(search)
    this.#startNext()
    try {
      return await result
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const closed = new GalleryError('closed', 'the gallery is closed')
    for (const search of this.#waiting.splice(0)) this.#end(search, closed)
    if (this.#running) {
      setUnwanted(this.#running)
      this.#end(this.#running, closed)
      this.#running = undefined
    }
    await Promise.all([...this.#workers].map((worker) => worker.terminate()))
    this.#workers.clear()
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new GalleryError('closed', 'the gallery is closed')
    if (this.#workers.size === 0) throw new GalleryError('crashed', 'no worker stays alive')
  }

  #newSearch(request: SearchRequest, resolve: Search['resolve'], reject: Search['reject']): Search {
    this.#searches += 1
    return {
      id: this.#searches,
      request,
      number: this.#people.enter(),
      ranking: new Ranking(rankingOptions(request)),
      searched: new Map(),
      control: new SharedArrayBuffer(CONTROL_BYTES),
      awaited: new Set(),
      resolve,
      reject,
    }
  }

  #startNext(): void {
    if (this.#running) return
    const search = this.#waiting.shift()
    if (!search) return
    this.#running = search
    const message = this.#messageOf(search)
    for (const worker of this.#workers) {
      search.awaited.add(worker)
      post(worker, message)
    }
  }

  #messageOf({ id, request, number, control }: Search): SearchMessage {
    const chunks = chunksOf(this.#people, request)
    const pieces = Uint32Array.from(
      chunks.flatMap(({ slab, from, to }) => [slab.handle.slab, from, to]),
    )
    const { fingers } = request
    const ranking = rankingOptions(request)
    return { kind: 'search', search: id, fingers, ...ranking, number, pieces, control }
  }

  #onPart(worker: Worker, { search: id, ranked, searched }: FromWorker): void {
    const search = this.#running
    if (search?.id !== id || !search.awaited.delete(worker)) return
    for (const candidate of ranked) search.ranking.add(candidate)
    for (const [shard, people] of searched) {
      search.searched.set(shard, (search.searched.get(shard) ?? 0) + people)
    }
    this.#endIfAnswered(search)
  }

  #endIfAnswered(search: Search): void {
    if (search.awaited.size > 0) return
    this.#crashes = 0
    this.#running = undefined
    this.#end(search)
    this.#startNext()
  }

  #end(search: Search, error?: GalleryError): void {
    this.#people.leave(search.number)
    if (error) search.reject(error)
    else search.resolve(resultOf(search.request, search.ranking.ranked, search.searched))
  }

  /**
   * A running search is told to stop but keeps its state visible until every worker has stopped.
   */
  #abandon(search: Search, error: GalleryError): void {
    search.reject(error)
    const at = this.#waiting.indexOf(search)
    if (at >= 0) {
      this.#waiting.splice(at, 1)
      this.#people.leave(search.number)
    } else if (this.#running === search) setUnwanted(search)
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
    const search = this.#running
    if (search?.awaited.delete(worker)) {
      setUnwanted(search)
      search.reject(crashed)
      if (search.awaited.size === 0) {
        this.#running = undefined
        this.#end(search, crashed)
        this.#startNext()
      }
    }
    if (this.#workers.size > 0) return
    for (const waiting of this.#waiting.splice(0)) this.#end(waiting, crashed)
  }
}

function spawnWorker(): Worker {
  return new Worker(new URL('./gallery-worker.js', import.meta.url))
}

function setUnwanted({ control }: Search): void {
  Atomics.store(new Int32Array(control), UNWANTED, 1)
}

function slabMessage(slab: Slab): ToWorker {
  return { kind: 'slab', slab: slab.handle }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message, [])
}
