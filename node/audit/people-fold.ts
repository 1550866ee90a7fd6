/**
 * Who is found by which enrolment, and who has been compared with whom: the part of the register
 * that its nodes and an auditor fold alike, from entries that count.
 *
 * What comes of it does not depend on the order in which logs are taken in.
 */
import { compareBytes, equalBytes } from '../../crypto/bytes.ts'
import {
  PairCoverage,
  type EnrolledRecord,
  type Rival,
} from '../../protocol/pairs/pair-coverage.ts'
import { logsOf } from '../../protocol/epochs.ts'
import { Credentials, type CredentialsOptions, type Revoked } from './credentials.ts'
import type { Folded } from './folded.ts'
import { Lives, type LifeChange } from './lives.ts'
import { Numbers } from './numbers.ts'
import { takePairs } from './take-pairs.ts'

export interface TakenIn {
  /** Lives that are another than before. */
  readonly changes: readonly LifeChange[]
  /** Whose signatures the entry has ended, if it has. */
  readonly revoked: Revoked | undefined
}

/** Hears of records of the same fingers that came before a record, all that are known. */
export type RivalListener = (record: EnrolledRecord, rivals: readonly Rival[]) => void

export class PeopleFold {
  readonly credentials: Credentials
  readonly lives = new Lives()
  readonly numbers = new Numbers()
  readonly pairs: PairCoverage

  constructor(options: CredentialsOptions) {
    const { roster } = options
    this.credentials = new Credentials(options)
    this.pairs = new PairCoverage(logsOf(roster).map(({ name }) => name))
  }

  /** To be called with every entry that counts, of each log in order, and then `compare`. */
  take(folded: Folded): TakenIn {
    const revoked = this.credentials.take(folded)
    const change = this.lives.take(folded)
    const suspended = revoked ? this.lives.revoked(revoked, folded.entry.at) : []
    return { revoked, changes: change ? [change, ...suspended] : suspended }
  }

  /**
   * Who is there now has to be compared, whom cross-checks have found or who has the same number
   * stands in the way, and who has been compared may be confirmed.
   *
   * @returns `changes` and those that come of it
   */
  compare(
    folded: Folded,
    { changes }: TakenIn,
    onRivals: RivalListener = () => undefined,
  ): readonly LifeChange[] {
    takePairs(this.pairs, folded)
    this.#setCurrent(changes)
    const all = [...changes]
    // Rivals may change who is found, and that who has been compared; nobody is found by this.
    let records = [...this.pairs.changes(), ...this.#numbered(folded)]
    while (records.length > 0) {
      const news = records.flatMap((record) => this.#judge(record, onRivals) ?? [])
      this.#setCurrent(news)
      all.push(...news)
      records = [...this.pairs.changes()]
    }
    return all
  }

  #setCurrent(changes: readonly LifeChange[]): void {
    for (const { handle, now } of changes) this.pairs.setCurrent(handle, now)
  }

  /** Whom an entry concerns by their number: those whom it is of, and who came in under it too. */
  #numbered(folded: Folded): EnrolledRecord[] {
    const { entry } = folded
    if (entry.type === 'claim') this.numbers.take(folded, entry)
    else if (entry.type !== 'enrolment') return []
    const namesakes = this.numbers.namesakes(entry.handle)
    if (entry.type !== 'claim' && namesakes.length === 0) return []
    return [entry, ...namesakes].flatMap(({ handle }) => this.#recordsOf(handle))
  }

  #judge(record: EnrolledRecord, onRivals: RivalListener): LifeChange | undefined {
    const found = this.pairs.standing(record.leaf)
    const rivals = [...found.rivals, ...this.#rivalsByNumber(record)]
    const isCompared = found.isCompared && !this.numbers.isOpen(record.handle)
    if (rivals.length > 0) onRivals(record, rivals)
    const handles = rivals.map(({ candidate }) => candidate.handle)
    return this.lives.compared(record, { isCompared, rivals: handles })
  }

  /** Who came in under the same number before, and was not found by a search. */
  #rivalsByNumber({ handle, leaf }: EnrolledRecord): Rival[] {
    const own = this.#firstOf(handle)
    const { rivals } = this.pairs.standing(leaf)
    return this.numbers.namesakes(handle).flatMap((namesake) => {
      const other = this.#firstOf(namesake.handle)
      const isFound = rivals.some(({ candidate }) => equalBytes(candidate.handle, namesake.handle))
      if (!own || !other || isFound || !this.pairs.isFirst(other, own)) return []
      const { log, index, shard } = other
      const place = { handle: namesake.handle, shard, log, index }
      return [{ candidate: { ...place, score: 0, fingers: [] }, at: namesake.at, threshold: 0 }]
    })
  }

  #firstOf(handle: Uint8Array): EnrolledRecord | undefined {
    const records = this.#recordsOf(handle).toSorted((a, b) => compareBytes(a.leaf, b.leaf))
    const [some, ...others] = records
    return some && others.reduce((a, b) => (this.pairs.isFirst(a, b) ? a : b), some)
  }

  /** All that were entered, whether they count or not. */
  #recordsOf(handle: Uint8Array): EnrolledRecord[] {
    return this.lives.events(handle).flatMap(({ leaf }) => this.pairs.record(leaf) ?? [])
  }
}
