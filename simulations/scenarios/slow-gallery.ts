/**
 * A gallery whose searches take their time on the simulated clock: one at a time, and those that
 * wait by priority and by when they are due, as the workers of a node do it.
 */
import {
  GalleryError,
  type Priority,
  type SearchRequest,
  type SearchResult,
} from '../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import { Waiting } from '../../matcher/gallery/waiting.ts'
import type { Clock } from '../../node/clock.ts'

interface Turn {
  readonly priority: Priority
  readonly due: number | undefined
  begin(): void
}

export class SlowGallery extends MemoryGallery {
  /** How long a search takes from now on, ms. */
  searchMs: number
  /** Searches that ran to their end. */
  done = 0
  /** Searches that were given up while they waited or ran. */
  abandoned = 0
  readonly #clock: Clock
  readonly #waiting = new Waiting<Turn>()
  #isBusy = false

  constructor({ searchMs }: { searchMs: number }, { clock }: { clock: Clock }) {
    super()
    this.searchMs = searchMs
    this.#clock = clock
  }

  /** Searches that wait or run. */
  get atWork(): number {
    return this.#waiting.length + (this.#isBusy ? 1 : 0)
  }

  override async search(request: SearchRequest): Promise<SearchResult> {
    const { signal, due, priority = 'enrolment' } = request
    await new Promise<void>((resolve, reject) => {
      let stopTimer: (() => void) | undefined
      const onEnd = (): void => {
        signal?.removeEventListener('abort', onAbort)
        this.#endTurn()
        resolve()
      }
      const turn: Turn = {
        priority,
        due,
        begin: () => {
          stopTimer = this.#clock.timer(this.searchMs, onEnd)
        },
      }
      const onAbort = (): void => {
        stopTimer?.()
        if (!this.#waiting.remove(turn)) this.#endTurn()
        this.abandoned += 1
        reject(new GalleryError('aborted', 'the search was given up'))
      }
      if (signal?.aborted) return reject(new GalleryError('aborted', 'given up before'))
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(turn)
      if (!this.#isBusy) this.#endTurn()
    })
    this.done += 1
    return super.search(request)
  }

  #endTurn(): void {
    const next = this.#waiting.next()
    this.#isBusy = next !== undefined
    next?.begin()
  }
}
