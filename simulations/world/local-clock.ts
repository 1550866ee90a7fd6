/**
 * One machine's view of the virtual time: its own offset, and an end.
 *
 * When the machine crashes its timers are gone and its sleepers never wake, as in a process that
 * was killed: code of a former life must not act in the next.
 */
import type { Clock } from '../../node/clock.ts'

export class LocalClock implements Clock {
  readonly #clock: Clock
  readonly #cancels = new Set<() => void>()
  #offsetMs: number
  #stopped = false

  constructor({ offsetMs }: { offsetMs: number }, { clock }: { clock: Clock }) {
    this.#clock = clock
    this.#offsetMs = Math.round(offsetMs)
  }

  now(): number {
    return this.#clock.now() + this.#offsetMs
  }

  /** Never resolves once the clock has been stopped. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.timer(ms, resolve)
    })
  }

  timer(ms: number, then: () => void): () => void {
    if (this.#stopped) return () => {}
    const cancel = this.#clock.timer(ms, () => {
      this.#cancels.delete(cancel)
      then()
    })
    this.#cancels.add(cancel)
    return () => {
      this.#cancels.delete(cancel)
      cancel()
    }
  }

  /** Sets the clock forward, or with a negative `ms` back; timers keep their length. */
  shift(ms: number): void {
    this.#offsetMs += Math.round(ms)
  }

  /** Ends all that waits on this clock. */
  stop(): void {
    this.#stopped = true
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }
}
