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

/** What the newest time counts: a rush is noticed after a few searches, one odd one is not. */
const GAIN = 1 / 8

export class Pace {
  readonly #clock: Clock
  readonly #underWay: Record<Priority, number> = { border: 0, enrolment: 0, bulk: 0 }
  /** When the last one ended, or the first of those under way began. */
  #since = 0
  #meanMs = 0

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /** Does `work`, which is one search of the gallery. One that fails says nothing of the pace. */
  async of<T>(priority: Priority, work: () => Promise<T>): Promise<T> {
    if (this.#before('bulk') === 0) this.#since = this.#clock.now()
    this.#underWay[priority] += 1
    try {
      const result = await work()
      const now = this.#clock.now()
      this.#meanMs += GAIN * (Math.max(0, now - this.#since) - this.#meanMs)
      this.#since = now
      return result
    } finally {
      this.#underWay[priority] -= 1
    }
  }

  /**
   * Until those are done that come before one more of this priority, ms; `known` are perhaps still
   * on their way here.
   */
  backlogMs(priority: Priority, known: number): number {
    return Math.max(this.#before(priority), known) * this.#meanMs
  }

  #before(priority: Priority): number {
    const { border, enrolment, bulk } = this.#underWay
    if (priority === 'border') return border
    return border + enrolment + (priority === 'bulk' ? bulk : 0)
  }
}
