/**
 * Time that passes only when nothing is left to do at the present moment.
 *
 * `run` takes one event after the other, by time and then by order of arrival, and lets everything
 * that the event set in motion (promises, `nextTick`) come to rest before it takes the next. Code
 * that gets its time, randomness, disk and network from outside therefore runs the same way each
 * time, at whatever speed the machine has. Code that waits for the real world does not.
 */
import { EventQueue } from './event-queue.ts'
import { SimulationError } from './simulation-error.ts'
import { Trace } from './trace.ts'

import type { Clock } from '../../node/clock.ts'

/** When simulated time begins unless told otherwise: 2026-01-01T00:00:00Z, Unix ms. */
const START_MS = 1_767_225_600_000

/** Events that may wait at once: a simulation that has more has lost control of its queues. */
const PENDING_EVENTS_MAX = 1_000_000

export interface VirtualClockOptions {
  /** Named in errors, so that a failure can be replayed. */
  readonly seed: string | number
  readonly startMs?: number
  readonly trace?: Trace
}

export interface RunLimits {
  /** Ends the run once it holds; asked before the first event and after each. */
  readonly until?: () => boolean
  /** Virtual time that may pass. */
  readonly forMs?: number
  /** Events that may happen: what ends a loop that never sleeps for long. */
  readonly eventsMax: number
}

export class VirtualClock implements Clock {
  readonly seed: string
  readonly trace: Trace
  readonly #queue = new EventQueue()
  #atMs: number
  #running = false
  #events = 0

  constructor({ seed, startMs = START_MS, trace = new Trace() }: VirtualClockOptions) {
    this.seed = String(seed)
    this.trace = trace
    this.#atMs = startMs
  }

  /** Events that have happened so far. */
  get events(): number {
    return this.#events
  }

  /** Whole milliseconds, as on a machine; between events time has fractions. */
  now(): number {
    return Math.floor(this.#atMs)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.timer(ms, resolve)
    })
  }

  timer(ms: number, then: () => void): () => void {
    if (!Number.isFinite(ms)) throw new RangeError(`a timer of ${ms} ms never ends`)
    if (this.#queue.size >= PENDING_EVENTS_MAX) {
      throw new SimulationError('runaway', this.seed, `${PENDING_EVENTS_MAX} events are pending`)
    }
    return this.#queue.push(this.#atMs + Math.max(0, ms), then)
  }

  /**
   * Lets time pass: until `until` holds, or `forMs` later, or, with neither, until nothing is left.
   *
   * @throws SimulationError `deadlock` if nothing is left and `until` does not hold, `overdue` if
   * it
   *   does not hold after `forMs`, `runaway` after `eventsMax` events, `fault` if an event throws
   */
  async run({ until, forMs, eventsMax }: RunLimits): Promise<void> {
    if (this.#running) throw new Error('the virtual clock is running already')
    this.#running = true
    const endMs = forMs === undefined ? Infinity : this.#atMs + forMs
    try {
      await settled()
      for (let events = 0; ; events += 1) {
        if (until?.() === true) return
        const at = this.#queue.nextAt()
        if (at === undefined || at > endMs) return this.#stop({ until, endMs })
        if (events >= eventsMax) throw this.#error('runaway', `no end after ${events} events`)
        this.#happen()
        await settled()
      }
    } finally {
      this.#running = false
    }
  }

  /** Runs until `work` is settled, and is what it is. Errors as `run`'s. */
  async finish<T>(work: Promise<T>, limits: Omit<RunLimits, 'until'>): Promise<T> {
    let isSettled = false
    const note = () => {
      isSettled = true
    }
    work.then(note, note)
    await this.run({ ...limits, until: () => isSettled })
    return work
  }

  #stop({ until, endMs }: { until: (() => boolean) | undefined; endMs: number }): void {
    const isDeadlock = this.#queue.size === 0
    if (endMs !== Infinity) this.#atMs = endMs
    if (until === undefined) return
    if (isDeadlock) throw this.#error('deadlock', 'nothing is left to happen')
    throw this.#error('overdue', 'what was waited for has not happened in time')
  }

  #happen(): void {
    const event = this.#queue.pop()
    if (event === undefined) return
    this.#atMs = event.at
    this.#events += 1
    this.trace.note(`${event.at} #${event.order}`)
    try {
      event.action()
    } catch (cause) {
      throw this.#error('fault', `an event threw: ${String(cause)}`, { cause })
    }
  }

  #error(code: SimulationError['code'], message: string, options?: ErrorOptions): SimulationError {
    const when = new Date(this.now()).toISOString()
    return new SimulationError(code, this.seed, `${message} (${when})`, options)
  }
}

/**
 * One turn of the event loop: by its end every promise chain that was ready has run as far as it
 * can.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
