/** How far a long command has come: a bar on a terminal, a line now and then anywhere else. */

/** How often it is said, ms: a terminal redraws, a log file fills. */
const REDRAW_MS = 200
const LINE_MS = 10_000

const BAR_WIDTH = 30

interface ProgressModules {
  readonly clock: { now(): number }
  readonly out: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }
}

export class Progress {
  readonly #what: string
  readonly #modules: ProgressModules
  readonly #started: number
  #last: number

  constructor(what: string, modules: ProgressModules) {
    this.#what = what
    this.#modules = modules
    this.#started = modules.clock.now()
    this.#last = this.#started
  }

  /** To be called as often as anything moves; most calls do nothing. */
  show(done: number, total: number): void {
    const { clock, out } = this.#modules
    const now = clock.now()
    if (now - this.#last < (out.isTTY ? REDRAW_MS : LINE_MS)) return
    this.#last = now
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const rate = Math.round((1_000 * done) / Math.max(1, now - this.#started))
    const said = `${this.#what} ${Math.floor(100 * share)} %, ${done} of ${total}, ${rate}/s`
    if (!out.isTTY) out.write(`${said}\n`)
    else {
      const bar = '#'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '.')
      out.write(`\r\u001B[K[${bar}] ${said}`)
    }
  }

  /** Leaves a terminal's line as it was. */
  end(): void {
    const { out } = this.#modules
    if (out.isTTY) out.write('\r\u001B[K')
  }
}
