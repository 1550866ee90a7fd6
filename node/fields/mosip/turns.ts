/**
 * Who goes when. MOSIP wants every insert that came before an identify to be done by then; what is
 * about one reference goes in order as well. All else goes side by side, so many at once.
 */
import { Pool } from '../pool.ts'

export interface Turn {
  /** Whether everything that came before has to be done. */
  readonly isAfterAll: boolean
  /** Undefined for what is about none. */
  readonly referenceId: string | undefined
}

interface Taken extends Turn {
  readonly done: Promise<unknown>
}

export class Turns {
  readonly #taken = new Set<Taken>()
  readonly #pool: Pool

  constructor({ atOnceMax }: { atOnceMax: number }) {
    this.#pool = new Pool({ most: atOnceMax })
  }

  /** Does `work` when it is its turn. */
  take<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
    const before = [...this.#taken].filter((earlier) => mustWait(turn, earlier))
    const done = this.#after(before, work)
    const taken = { ...turn, done: done.catch(() => undefined) }
    this.#taken.add(taken)
    void taken.done.then(() => this.#taken.delete(taken))
    return done
  }

  /** Resolves when nothing is taken. */
  async idle(): Promise<void> {
    await Promise.all([...this.#taken].map(async ({ done }) => done))
  }

  async #after<T>(before: readonly Taken[], work: () => Promise<T>): Promise<T> {
    await Promise.all(before.map(async ({ done }) => done))
    return this.#pool.within(work)
  }
}

function mustWait(turn: Turn, earlier: Turn): boolean {
  if (turn.isAfterAll) return true
  return turn.referenceId !== undefined && turn.referenceId === earlier.referenceId
}
