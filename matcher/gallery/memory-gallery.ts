/** A gallery searched on the caller's own thread: for simulations, tools and tests. */
import {
  GalleryError,
  type Gallery,
  type GalleryPerson,
  type SearchRequest,
  type SearchResult,
} from './gallery.ts'
import { People, type PeopleOptions } from './people.ts'
import { Scan } from './scan.ts'
import { checkRequest, chunksOf, rankingOptions, resultOf } from './search-plan.ts'

/** Fingers of a simulated region; a record is about 1 KB. */
const FINGERS_MAX_DEFAULT = 1_000_000

/**
 * Deterministic: a search is done, in one go, before `search` returns its promise. It holds the
 * thread for as long as that takes, some 50 µs a finger, so a node uses `WorkerGallery` instead.
 */
export class MemoryGallery implements Gallery {
  readonly #people: People
  #isClosed = false

  constructor({ fingersMax = FINGERS_MAX_DEFAULT }: Partial<PeopleOptions> = {}) {
    this.#people = new People({ fingersMax })
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
    if (this.#isClosed) throw new GalleryError('closed', 'the gallery is closed')
    checkRequest(request)
    const number = this.#people.enter()
    try {
      const scan = new Scan({ fingers: request.fingers, number, ...rankingOptions(request) })
      for (const chunk of chunksOf(this.#people, request)) scan.add(chunk)
      return resultOf(request, scan.ranking.ranked, scan.searched)
    } finally {
      this.#people.leave(number)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }
}
