/**
 * What may be asked twice: a token bucket that every call fills a little.
 *
 * When one node is slow there are tokens enough. When all are slow, because all have too much to
 * do, asking twice would make it worse: then they run out.
 */
import { HEDGES_AT_ONCE, HEDGES_SHARE } from '../limits.ts'

export class HedgeBudget {
  #tokens = HEDGES_AT_ONCE

  /** A call is made. */
  earn(): void {
    this.#tokens = Math.min(HEDGES_AT_ONCE, this.#tokens + HEDGES_SHARE)
  }

  /** Whether what one call was asked may be asked of others too. */
  take(): boolean {
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
