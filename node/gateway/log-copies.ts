/**
 * Who may fetch entries over HTTP: whoever shows the token that a logged deed of an auditor commits
 * to, until its time is over. Nothing of it is on disk: after a restart an auditor asks anew, and
 * that is on record again.
 */
import { toHex } from '../../crypto/bytes.ts'
import { copyDigest } from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { LOG_COPIES_MAX } from './limits.ts'

const TOKEN = /^Bearer ([0-9a-f]{64})$/

export class LogCopies {
  readonly #clock: Clock
  /** By commitment, the oldest first: until when, ms. */
  readonly #until = new Map<string, number>()

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /** To be called once the deed stands in the log. Makes the oldest one void where too many are. */
  allow({ commitment, until }: { commitment: Uint8Array; until: number }): void {
    this.#until.set(toHex(commitment), until)
    if (this.#until.size > LOG_COPIES_MAX) this.#until.delete(this.#until.keys().next().value!)
  }

  /** @throws TamgaError `forbidden` */
  check(authorization: string | undefined): void {
    const [, token] = TOKEN.exec(authorization ?? '') ?? []
    const until = token && this.#until.get(toHex(copyDigest(Buffer.from(token, 'hex'))))
    if (until && this.#clock.now() < until) return
    throw new TamgaError('forbidden', 'entries are for auditors, upon a deed that is on record')
  }
}
