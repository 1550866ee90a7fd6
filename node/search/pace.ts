/**
 * How fast this node's gallery gets through its searches, and so how long one more would wait
 * there.
 *
 * A gallery does one search after the other, so the time from one end to the next is what each of
 * them takes of it. Every search is made at all nodes alike: what this one has waiting tells what
 * the others have. A peer that does not answer is nobody's load, and does not show in it.
 */
import type { Priority } from '../../matcher/gallery/gallery.ts'
import type { Clock } from '../clock.ts'
import { BACKLOG_SHARE_HERE } from '../limits.ts'

/** What the newest time counts: a rush is noticed after a few searches, one odd one is not. */
const GAIN = 1 / 8

/** One search of the gallery. */
export interface Paced {
  readonly priority: Priority
  /** On the node's clock, ms. */
  readonly deadline: number
  /** Gives it up: what comes before it needs too much of its time. */
  readonly refuse: () => void
}

export class Pace {
  readonly #clock: Clock
  /** In the order in which the gallery does those of one priority. */
  readonly #underWay: Readonly<Record<Priority, Paced[]>> = { border: [], enrolment: [], bulk: [] }
  /** When the last one ended, or the first of those under way began. */
  #since = 0
  #meanMs = 0

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /**
   * Does `work`, which is one search of the gallery. One that fails says nothing of the pace.
   *
   * Travellers' searches for which there is no time left are refused, this one or others: by all
   * nodes the same, since those that are due last come last everywhere. Others are in no hurry.
   */
  async of<T>(one: Paced, work: () => Promise<T>): Promise<T> {
    const lane = this.#underWay[one.priority]
    if (this.#before('bulk') === 0) this.#since = this.#clock.now()
    const later = lane.findIndex(({ deadline }) => deadline > one.deadline)
    lane.splice(later < 0 ? lane.length : later, 0, one)
    this.#refuseHopeless()
    try {
      const result = await work()
      const now = this.#clock.now()
      this.#meanMs += GAIN * (Math.max(0, now - this.#since) - this.#meanMs)
      this.#since = now
      return result
    } finally {
      lane.splice(lane.indexOf(one), 1)
    }
  }

  /**
   * Until those are done that come before one more of this priority, ms; `known` are perhaps still
   * on their way here.
   */
  backlogMs(priority: Priority, known = 0): number {
    return Math.max(this.#before(priority), known) * this.#meanMs
  }

  #refuseHopeless(): void {
    const now = this.#clock.now()
    let before = 0
    for (const { deadline, refuse } of this.#underWay.border) {
      if (before * this.#meanMs > BACKLOG_SHARE_HERE * (deadline - now)) refuse()
      else before += 1
    }
  }

  #before(priority: Priority): number {
    const { border, enrolment, bulk } = this.#underWay
    if (priority === 'border') return border.length
    return border.length + enrolment.length + (priority === 'bulk' ? bulk.length : 0)
  }
}
