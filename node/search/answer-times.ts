/**
 * How soon nodes answer, as the calls to them have shown: whom to ask first, and how long one may
 * be out before somebody else is asked as well.
 *
 * Mean and deviation are smoothed as TCP smooths round trips (RFC 6298 §2). An answer that nobody
 * waited for to the end counts with the time for which it was waited: left out, the late ones would
 * be missing from the times, and patience would shrink from one to the next.
 */
import type { Clock } from '../clock.ts'
import {
  HEDGE_MS_MAX,
  HEDGE_MS_MIN,
  SILENT_RETRY_MS,
  SLOWER_RETRY_MS,
  SOONER_SHARE,
  TIMES_KEPT,
  TIMES_TELLING,
} from '../limits.ts'

/** RFC 6298 §2.3: what a new time counts in the mean, and what in the deviation. */
const MEAN_GAIN = 1 / 8
const DEVIATION_GAIN = 1 / 4

/**
 * After so long, ms, what was known of a node counts as much as what is new: some retries are
 * enough for one that was slow to show that it no longer is.
 */
const HALF_LIFE_MS = SILENT_RETRY_MS / 2

/** Retries as soon as these of one that has broken its silence: its first answers came late. */
const RETURNING_RETRIES = 8

/** RFC 6298 §2.3, K: how many deviations beyond the mean hardly any answer is. */
const DEVIATIONS_LATE = 4

/** Of a hundred answers five take longer. */
const LATE_PERCENTILE = 0.95

/** One call; whoever made it says how it ended, once. */
export interface TimedCall {
  /** When it was made, on the node's clock, ms. */
  readonly at: number
  answered(): void
  /** It is there, and has too much to do. */
  refused(): void
  /** It cannot be reached, or what it says is of no use. */
  failed(): void
  /** Nobody waits for it any more: its time is over, or somebody else was sooner. */
  givenUp(): void
}

/** Keeps some numbers for each node that was asked: as many as a roster has. */
export class AnswerTimes {
  readonly #clock: Clock
  readonly #nodes = new Map<string, NodeTimes>()

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /** A call to `node` begins. */
  asked(node: string): TimedCall {
    const times = this.#timesOf(node)
    const at = this.#clock.now()
    const call: TimedCall = {
      at,
      answered: () => times.answered(call, this.#clock.now()),
      refused: () => times.refused(call),
      failed: () => times.failed(call),
      givenUp: () => times.givenUp(call, this.#clock.now()),
    }
    times.waiting.add(call)
    return call
  }

  /**
   * The replicas of a shard as they are best asked: first the one from which an answer is expected
   * soonest, then the others as they come. One comes before another that stands before it only if
   * it is clearly sooner, so that shards stay spread over nodes that are alike; one that was silent
   * comes last until it has answered again.
   */
  inOrder(replicas: readonly string[]): string[] {
    const now = this.#clock.now()
    const left = replicas.map((node) => ({ node, ms: this.#timesOf(node).expectedMs(now) }))
    const ordered: string[] = []
    while (left.length > 0) {
      let best = 0
      left.forEach(({ ms }, place) => {
        if (ms < left[best]!.ms * SOONER_SHARE) best = place
      })
      ordered.push(left.splice(best, 1)[0]!.node)
    }
    return ordered
  }

  /** How long `node` may be out before it is late: by its own times 95 of 100 answers are there. */
  patienceMs(node: string): number {
    return this.#timesOf(node).patienceMs()
  }

  hasAnsweredSince(node: string, at: number): boolean {
    return this.#timesOf(node).answeredAt >= at
  }

  /**
   * Whether a node that is passed over is to be asked all the same, so that it can show that it is
   * back, or faster: once in `SILENT_RETRY_MS` when it is silent, or was just now, and when it has
   * not been heard for `SLOWER_RETRY_MS` where others are only sooner.
   */
  takeRetry(node: string): boolean {
    return this.#timesOf(node).takeRetry(this.#clock.now())
  }

  #timesOf(node: string): NodeTimes {
    const times = this.#nodes.get(node) ?? new NodeTimes()
    this.#nodes.set(node, times)
    return times
  }
}

class NodeTimes {
  /** Calls that are out, the oldest first. */
  readonly waiting = new Set<TimedCall>()
  answeredAt = -Infinity
  #retriedAt = -Infinity
  #retriesLeft = 0
  #isSilent = false
  #meanMs = 0
  #deviationMs = 0
  #addedAt = 0
  /** The newest times, ms, each in the place of the oldest. */
  readonly #kept = new Float64Array(TIMES_KEPT)
  #count = 0

  answered(call: TimedCall, now: number): void {
    this.waiting.delete(call)
    this.answeredAt = now
    this.#isSilent = false
    this.#add(now - call.at, now)
  }

  refused(call: TimedCall): void {
    this.waiting.delete(call)
  }

  failed(call: TimedCall): void {
    this.waiting.delete(call)
    this.#isSilent ||= this.answeredAt < call.at
  }

  givenUp(call: TimedCall, now: number): void {
    this.waiting.delete(call)
    const ms = now - call.at
    // One that was not late yet says nothing.
    if (this.#count > 0 && ms < this.patienceMs()) return
    this.#isSilent ||= this.answeredAt < call.at
    this.#add(ms, now)
  }

  /** Nobody knows of a node that was never asked: it is worth a try. */
  expectedMs(now: number): number {
    if (this.#isSilent) return Infinity
    const [oldest] = this.waiting
    const isOut = oldest !== undefined && this.answeredAt < oldest.at
    return Math.max(this.#meanMs + this.#deviationMs, isOut ? now - oldest.at : 0)
  }

  takeRetry(now: number): boolean {
    const isReturning = this.#isSilent || this.#retriesLeft > 0
    const isDue = isReturning
      ? now >= this.#retriedAt + SILENT_RETRY_MS
      : now >= Math.max(this.#retriedAt, this.answeredAt) + SLOWER_RETRY_MS
    if (!isDue) return false
    this.#retriedAt = now
    this.#retriesLeft = this.#isSilent ? RETURNING_RETRIES : Math.max(0, this.#retriesLeft - 1)
    return true
  }

  patienceMs(): number {
    return Math.min(HEDGE_MS_MAX, Math.max(HEDGE_MS_MIN, this.#lateMs()))
  }

  #lateMs(): number {
    if (this.#count === 0) return HEDGE_MS_MAX
    if (this.#count < TIMES_TELLING) return this.#meanMs + DEVIATIONS_LATE * this.#deviationMs
    const sorted = this.#kept.slice(0, Math.min(this.#count, TIMES_KEPT)).sort()
    return sorted[Math.ceil(sorted.length * LATE_PERCENTILE) - 1]!
  }

  /** A clock that was put back gives no time that could be used. */
  #add(ms: number, now: number): void {
    const time = Math.max(0, ms)
    if (this.#count === 0) {
      this.#meanMs = time
      this.#deviationMs = time / 2
    } else {
      const aged = 1 - 2 ** (-Math.max(0, now - this.#addedAt) / HALF_LIFE_MS)
      const distance = Math.abs(time - this.#meanMs)
      this.#deviationMs += Math.max(DEVIATION_GAIN, aged) * (distance - this.#deviationMs)
      this.#meanMs += Math.max(MEAN_GAIN, aged) * (time - this.#meanMs)
    }
    this.#addedAt = now
    this.#kept[this.#count % TIMES_KEPT] = time
    this.#count += 1
  }
}
