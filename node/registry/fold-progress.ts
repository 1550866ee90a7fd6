/** How far every log is folded, and who waits until it is folded further. */
import { TamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import type { Clock } from '../clock.ts'

export class FoldProgress {
  readonly #clock: Clock
  readonly #sizes = new Map<string, number>()
  readonly #waiting = new Set<() => void>()

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /** Entries of the log that are folded. */
  of(log: string): number {
    return this.#sizes.get(log) ?? 0
  }

  set(log: string, size: number): void {
    this.#sizes.set(log, size)
  }

  /** To be called now and then: lets those go on who have waited for what is folded. */
  told(): void {
    for (const check of this.#waiting) check()
  }

  /**
   * Resolves when the fold has come as far as `horizon` in every log.
   *
   * @throws TamgaError `deadline`: a log did not arrive in time
   */
  async reach(horizon: readonly LogSize[], deadline: number): Promise<void> {
    const isThere = (): boolean => horizon.every(({ node, size }) => this.of(node) >= size)
    if (isThere()) return
    await new Promise<void>((resolve, reject) => {
      const late = new TamgaError('deadline', 'a log has not arrived that the query relies on')
      const cancel = this.#clock.timer(deadline - this.#clock.now(), () => {
        this.#waiting.delete(check)
        reject(late)
      })
      const check = (): void => {
        if (!isThere()) return
        this.#waiting.delete(check)
        cancel()
        resolve()
      }
      this.#waiting.add(check)
    })
  }
}
