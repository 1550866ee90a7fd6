/**
 * Whether all other logs have once been here whole. Until then nobody can say that something stands
 * in none of them; afterwards a log that lags behind by a little is no reason not to.
 */
import { closedLog } from '../../protocol/epochs.ts'
import type { Roster } from '../../protocol/roster.ts'

interface ArrivalsOptions {
  readonly self: string
  readonly roster: Roster
}

interface ArrivalsModules {
  /** Of a log that was caught with two histories nothing more comes. */
  readonly isCaught: (log: string) => boolean
}

export class Arrivals {
  readonly #options: ArrivalsOptions
  readonly #modules: ArrivalsModules
  readonly #arrived = new Set<string>()
  #areAll = false

  constructor(options: ArrivalsOptions, modules: ArrivalsModules) {
    this.#options = options
    this.#modules = modules
  }

  /** To be called when a log is folded as far as it is known here. */
  folded(log: string, size: number): void {
    if (size > 0) this.#arrived.add(log)
  }

  /** Once true it stays so. The log of a node that joins with the newest epoch begins empty. */
  get areAll(): boolean {
    const { nodes, past = [], closed = [] } = this.#options.roster
    const before = past.at(-1)?.nodes ?? nodes.map(({ name }) => name)
    const due = [...before, ...closed.map(({ name }) => name)]
    this.#areAll ||= due.every((log) => this.#isHere(log))
    return this.#areAll
  }

  #isHere(log: string): boolean {
    const { self, roster } = this.#options
    if (log === self || this.#arrived.has(log) || this.#modules.isCaught(log)) return true
    return closedLog(roster, log)?.size === 0
  }
}
