/** One search of a gallery of workers: what is left to do, and what has come out so far. */
import type { KernelName } from '../kernel/kernel.ts'
import type { Ranked } from './comparison.ts'
import { GalleryError, type Priority, type SearchRequest, type SearchResult } from './gallery.ts'
import type { People } from './people.ts'
import { Ranking } from './ranking.ts'
import { readShortlist } from './shortlist-message.ts'
import { Shortlist, SHORTLIST_MAX } from './shortlist.ts'
import type { ScoreBoard } from './score-board.ts'
import { boardOf, piecesOf, rankingOptions, resultOf, seenBy, type Seen } from './search-plan.ts'
import {
  CONTROL_BYTES,
  NEXT_PIECE,
  PIECE_WORDS,
  STOPPED,
  type FromWorker,
  type WorkMessage,
} from './worker-messages.ts'

/** Times that others may be let go first: after that it runs to its end. */
const INTERRUPTIONS_MAX = 8

export interface RunningSearchOptions {
  readonly id: number
  readonly request: SearchRequest
  /** The state it sees. */
  readonly number: number
  readonly kernel: KernelName | undefined
}

/**
 * Everybody, then perhaps the digests of their scores, and then the shortlist: each a list of
 * pieces that workers take until none is left. Between pieces it can be stopped, and goes on later
 * with those that are left.
 */
export class RunningSearch {
  readonly id: number
  readonly number: number
  readonly priority: Priority
  readonly due: number | undefined
  readonly result: Promise<SearchResult>
  readonly #options: RunningSearchOptions
  readonly #people: People
  readonly #shortlist: Shortlist
  readonly #ranking: Ranking<Ranked>
  readonly #searched = new Map<number, number>()
  readonly #seen: Seen
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL_BYTES))
  readonly #resolve: (result: SearchResult) => void
  readonly #reject: (error: GalleryError) => void
  #board: ScoreBoard | undefined
  #stage: WorkMessage['kind'] = 'scan'
  #pieces: Uint32Array | undefined
  #interruptions = 0
  #outcome: 'found' | 'failed' | undefined

  constructor(options: RunningSearchOptions, { people }: { people: People }) {
    const { id, request, number } = options
    this.id = id
    this.number = number
    this.priority = request.priority ?? 'enrolment'
    this.due = request.due
    this.#options = options
    this.#people = people
    this.#seen = seenBy(people, request)
    this.#shortlist = new Shortlist(request.shortlist ?? SHORTLIST_MAX)
    this.#ranking = new Ranking(rankingOptions(request))
    const { promise, resolve, reject } = deferred()
    this.result = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Whether it has failed, or found all there is. */
  get isOver(): boolean {
    return this.#outcome !== undefined
  }

  /** Whether it has found all there is: no worker died in it, and nobody called it off. */
  get isFound(): boolean {
    return this.#outcome === 'found'
  }

  /** What workers are to do next. */
  message(): WorkMessage {
    this.#pieces ??= this.#firstPieces()
    Atomics.store(this.#control, STOPPED, 0)
    const { request, number, kernel } = this.#options
    return {
      kind: this.#stage,
      search: this.id,
      fingers: request.fingers,
      isSwapTried: request.isSwapTried ?? false,
      shortlist: request.shortlist ?? SHORTLIST_MAX,
      board: this.#board?.handle,
      ...rankingOptions(request),
      number,
      pieces: this.#pieces,
      control: this.#control.buffer,
      kernel,
    }
  }

  /** Takes one worker's part. */
  add({ shortlist, searched, ranked }: FromWorker): void {
    for (const one of readShortlist(shortlist)) this.#shortlist.add(one)
    for (const one of ranked) this.#ranking.add(one)
    for (const [shard, people] of searched) {
      this.#searched.set(shard, (this.#searched.get(shard) ?? 0) + people)
    }
  }

  /** After all workers' parts: goes on to what is next, or ends. */
  advance(): void {
    if (this.isOver || this.#isLeft()) return
    while (this.#stage !== 'compare') {
      this.#stage = this.#stage === 'scan' ? 'digest' : 'compare'
      this.#pieces = this.#nextPieces()
      Atomics.store(this.#control, NEXT_PIECE, 0)
      if (this.#isLeft()) return
    }
    this.#outcome = 'found'
    const found = { searched: this.#searched, board: this.#board, ranked: this.#ranking.ranked }
    this.#resolve(resultOf(this.#options.request, found))
  }

  /** Lets others go first, if that has not been asked of it too often. */
  interrupt(): void {
    if (this.#interruptions >= INTERRUPTIONS_MAX) return
    this.#interruptions += 1
    Atomics.store(this.#control, STOPPED, 1)
  }

  /** Nobody wants it any more; workers stop before the next piece. */
  fail(error: GalleryError): void {
    this.#outcome ??= 'failed'
    Atomics.store(this.#control, STOPPED, 1)
    this.#reject(error)
  }

  #isLeft(): boolean {
    return Atomics.load(this.#control, NEXT_PIECE) * PIECE_WORDS < this.#pieces!.length
  }

  #firstPieces(): Uint32Array {
    const { request } = this.#options
    if (request.only === undefined) {
      this.#board = boardOf(this.#people, request, this.#seen)
      return piecesOf(this.#people, request, this.#seen)
    }
    const { only: one } = this.#seen
    this.#stage = 'compare'
    if (!one) return new Uint32Array()
    this.#searched.set(one.shard, 1)
    return Uint32Array.of(one.slab, one.row, one.fingers)
  }

  #nextPieces(): Uint32Array {
    if (this.#stage === 'digest') return Uint32Array.from([...(this.#board?.blocks() ?? [])].flat())
    const { people } = this.#shortlist
    return Uint32Array.from(people.flatMap(({ slab, row, fingers }) => [slab, row, fingers]))
  }
}

function deferred(): {
  promise: Promise<SearchResult>
  resolve: (result: SearchResult) => void
  reject: (error: GalleryError) => void
} {
  let resolve!: (result: SearchResult) => void
  let reject!: (error: GalleryError) => void
  const promise = new Promise<SearchResult>((onResult, onError) => {
    resolve = onResult
    reject = onError
  })
  return { promise, resolve, reject }
}
