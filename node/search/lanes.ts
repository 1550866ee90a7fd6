/**
 * Who may search now, who waits, and who is refused: a lane each for the border, for searches for
 * duplicates and for whatever is in no hurry.
 *
 * Lanes share no places, so that none can take another's; what runs shares the processors, and
 * there the gallery lets the border go first. Nothing is searched for whoever is refused.
 */
import type { Priority } from '../../matcher/gallery/gallery.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Action } from '../../protocol/statement.ts'
import type { Clock } from '../clock.ts'
import { BACKLOG_SHARE, WAITING_SHARE } from '../limits.ts'
import type { Pace } from './pace.ts'

export type Lane = Priority

export type LaneLimits = Readonly<Record<Lane, number>>

export interface Wanted {
  /** On the node's clock, ms. */
  readonly deadline: number
  /** Fires when it is not wanted any more. */
  readonly signal?: AbortSignal | undefined
}

/** Nobody stands and waits for a search for duplicates. */
const LANES: Partial<Record<Action, Lane>> = { enrol: 'enrolment', update: 'enrolment' }

export function laneOf(action: Action): Lane {
  return LANES[action] ?? 'border'
}

interface Places {
  running: number
  /** In the order of arrival. */
  readonly waiting: Set<() => void>
}

export class Lanes {
  readonly #running: LaneLimits
  readonly #waiting: LaneLimits
  readonly #clock: Clock
  readonly #pace: Pace | undefined
  readonly #places: Readonly<Record<Lane, Places>> = {
    border: { running: 0, waiting: new Set() },
    enrolment: { running: 0, waiting: new Set() },
    bulk: { running: 0, waiting: new Set() },
  }

  /** How many search at a time, and how many may wait; by `pace`, if there is one, also fewer. */
  constructor(
    running: LaneLimits,
    waiting: LaneLimits,
    { clock, pace }: { clock: Clock; pace?: Pace },
  ) {
    this.#running = running
    this.#waiting = waiting
    this.#clock = clock
    this.#pace = pace
  }

  /**
   * Does `work` when there is room for it, and makes room when it is done.
   *
   * @throws TamgaError `overloaded`: too many wait already, those before it need too much of its
   *   time, or it waited for too much of it; `deadline`: nobody wants it any more; and what `work`
   *   throws
   */
  async within<T>(lane: Lane, wanted: Wanted, work: () => Promise<T>): Promise<T> {
    await this.#enter(lane, wanted)
    try {
      return await work()
    } finally {
      this.#leave(lane)
    }
  }

  async #enter(lane: Lane, { deadline, signal }: Wanted): Promise<void> {
    const places = this.#places[lane]
    if (signal?.aborted) throw givenUp()
    const backlogMs = this.#pace?.backlogMs(lane, places.running + places.waiting.size) ?? 0
    if (backlogMs > BACKLOG_SHARE * (deadline - this.#clock.now())) {
      throw new TamgaError('overloaded', 'the searches before this one need all of its time')
    }
    if (places.running < this.#running[lane]) {
      places.running += 1
      return
    }
    if (places.waiting.size >= this.#waiting[lane]) {
      throw new TamgaError('overloaded', `${places.waiting.size} searches wait already`)
    }
    await new Promise<void>((resolve, reject) => {
      const settle = (then: () => void): void => {
        places.waiting.delete(admit)
        stopTimer()
        signal?.removeEventListener('abort', onAbort)
        then()
      }
      const admit = (): void => settle(resolve)
      const onAbort = (): void => settle(() => reject(givenUp()))
      const onLate = (): void => {
        settle(() => reject(new TamgaError('overloaded', 'too many searches come before this one')))
      }
      const waitMs = (deadline - this.#clock.now()) * WAITING_SHARE
      const stopTimer = this.#clock.timer(waitMs, onLate)
      signal?.addEventListener('abort', onAbort)
      places.waiting.add(admit)
    })
  }

  /** The place goes to whoever has waited longest. */
  #leave(lane: Lane): void {
    const places = this.#places[lane]
    const [next] = places.waiting
    if (next) next()
    else places.running -= 1
  }
}

function givenUp(): TamgaError {
  return new TamgaError('deadline', 'nobody waits for this search any more')
}
