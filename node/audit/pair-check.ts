/**
 * That every pair of enrolments of now was compared, by what the logs say of their searches. Keeps
 * what it must know of each enrolment and of each step of a life: some kilobytes a person.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { EnrolledRecord } from '../../protocol/pairs/pair-coverage.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Folded } from './folded.ts'
import { COMPARED_MS_MAX, PAIRS_COUNTED_MAX } from './limits.ts'
import { PeopleFold } from './people-fold.ts'
import type { Remarks } from './remarks.ts'

export interface PairCounts {
  /** People with an enrolment or update that counts. */
  readonly records: number
  readonly pairs: number
  /** Pairs that nobody has compared; more are not counted than `PAIRS_COUNTED_MAX`. */
  readonly uncovered: number
}

interface PairOptions {
  readonly roster: Roster
  /** Whether a pair that was not compared is a finding, however new it is. */
  readonly arePairsDemanded: boolean
}

export class PairCheck {
  readonly #options: PairOptions
  readonly #remarks: Remarks
  readonly #people: PeopleFold
  /** When the enrolment was logged, by its leaf. */
  readonly #times = new Map<string, number>()
  #newest = 0

  constructor(options: PairOptions, { remarks }: { remarks: Remarks }) {
    this.#options = options
    this.#remarks = remarks
    this.#people = new PeopleFold(options)
  }

  /** To be called with every entry that counts, of each log in order. */
  take(folded: Folded): void {
    const { entry, leaf } = folded
    this.#newest = Math.max(this.#newest, entry.at)
    if (entry.type === 'enrolment') this.#times.set(toHex(leaf), entry.at)
    this.#people.compare(folded, this.#people.take(folded))
  }

  /** To be called at the end. */
  finish(): PairCounts {
    const { records } = this.#people.pairs
    let uncovered = 0
    for (const pair of this.#people.pairs.uncovered()) {
      if (uncovered === PAIRS_COUNTED_MAX) break
      uncovered += 1
      this.#remark(pair)
    }
    return { records, pairs: (records * (records - 1)) / 2, uncovered }
  }

  #remark([a, b]: readonly [EnrolledRecord, EnrolledRecord]): void {
    const [first, later] = this.#people.pairs.isFirst(a, b) ? [a, b] : [b, a]
    const { log, index } = later
    const age = this.#newest - Math.max(this.#timeOf(first), this.#timeOf(later))
    const isFinding = this.#options.arePairsDemanded || age > COMPARED_MS_MAX
    const where = { log, index, severity: isFinding ? 'finding' : 'note' } as const
    const what = `it was not compared with the enrolment at ${first.index} of ${first.log}`
    this.#remarks.add('not-compared', where, what)
  }

  #timeOf({ leaf }: EnrolledRecord): number {
    return this.#times.get(toHex(leaf)) ?? 0
  }
}
