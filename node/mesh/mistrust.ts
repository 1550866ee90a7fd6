/** What is held against each peer, and who has to stay out for it. */
import { CONSEQUENCES, type ErrorCode } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { BARRED_MS, MISTRUST_MAX, MISTRUST_MS } from './limits.ts'

interface Conduct {
  faults: number
  lastFault: number
  barredUntil: number
}

/** One record a peer of the roster: it cannot grow beyond that. */
export class Mistrust {
  readonly #clock: Clock
  readonly #records = new Map<string, Conduct>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts what `code` says about the peer; true when it is to be hung up on, and barred. */
  blame(peer: string, code: ErrorCode): boolean {
    const { penalty } = CONSEQUENCES[code]
    if (penalty === 'none') return false
    const now = this.#clock.now()
    const record = this.#records.get(peer) ?? { faults: 0, lastFault: now, barredUntil: 0 }
    if (now - record.lastFault > MISTRUST_MS) record.faults = 0
    record.faults += 1
    record.lastFault = now
    this.#records.set(peer, record)
    if (penalty === 'mistrust' && record.faults < MISTRUST_MAX) return false
    record.faults = 0
    record.barredUntil = now + BARRED_MS
    return true
  }

  /** How long the peer must still stay out, ms; 0 when it need not. */
  barredMs(peer: string): number {
    return Math.max(0, (this.#records.get(peer)?.barredUntil ?? 0) - this.#clock.now())
  }
}
