/**
 * Who is found by which enrolment, and who has been compared with whom: the part of the register
 * that its nodes and an auditor fold alike, from entries that count.
 *
 * What comes of it does not depend on the order in which logs are taken in.
 */
import {
  PairCoverage,
  type EnrolledRecord,
  type Rival,
} from '../../protocol/pairs/pair-coverage.ts'
import type { Roster } from '../../protocol/roster.ts'
import { Credentials, type Revoked } from './credentials.ts'
import type { Folded } from './folded.ts'
import { Lives, type LifeChange } from './lives.ts'
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
  readonly pairs: PairCoverage

  constructor({ roster }: { roster: Roster }) {
    this.credentials = new Credentials({ roster })
    this.pairs = new PairCoverage(roster.nodes.map(({ name }) => name))
  }

  /** To be called with every entry that counts, of each log in order, and then `compare`. */
  take(folded: Folded): TakenIn {
    const revoked = this.credentials.take(folded)
    const change = this.lives.take(folded)
    const suspended = revoked ? this.lives.revoked(revoked, folded.entry.at) : []
    return { revoked, changes: change ? [change, ...suspended] : suspended }
  }

  /**
   * Who is there now has to be compared, whom cross-checks have found stands in the way, and what
   * has been compared may be confirmed.
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
    for (let news; (news = this.#judge(onRivals)).length > 0;) {
      this.#setCurrent(news)
      all.push(...news)
    }
    return all
  }

  #setCurrent(changes: readonly LifeChange[]): void {
    for (const { handle, now } of changes) this.pairs.setCurrent(handle, now)
  }

  #judge(onRivals: RivalListener): LifeChange[] {
    return this.pairs.changes().flatMap((record) => {
      const { isCompared, rivals } = this.pairs.standing(record.leaf)
      if (rivals.length > 0) onRivals(record, rivals)
      const found = rivals.map(({ candidate }) => candidate.handle)
      return this.lives.compared(record, { isCompared, rivals: found }) ?? []
    })
  }
}
