/** One line on a terminal that says how far something long has come; nothing anywhere else. */

/** How often the line is written again, ms. */
const SHOWN_MS = 200

export class Progress {
  readonly #what: string
  readonly #unit: string
  readonly #started = performance.now()
  #shown = 0

  constructor(what: string, unit: string) {
    this.#what = what
    this.#unit = unit
  }

  show(at: number, of: number): void {
    const now = performance.now()
    if (!process.stderr.isTTY || now - this.#shown < SHOWN_MS) return
    this.#shown = now
    const share = of > 0 ? Math.floor((100 * at) / of) : 100
    const rate = Math.round((1_000 * at) / (now - this.#started))
    this.#write(`${this.#what}: ${share} % of ${of} ${this.#unit}, ${rate} a second`)
  }

  clear(): void {
    if (this.#shown > 0) this.#write('')
  }

  #write(line: string): void {
    process.stderr.write(`\r${line}\u001b[K`)
  }
}
