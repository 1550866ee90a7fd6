/**
 * The numbered rows below one prefix, read once and in order, a page ahead of whoever hashes them.
 */
import type { Store } from '../../store/store.ts'

type Row = readonly [key: string, value: Uint8Array]

interface CursorOptions {
  /** All rows below it belong to the cursor; it ends with a slash. */
  readonly prefix: string
  /** The key that row `index` stands under; keys sort as the numbers do. */
  readonly keyOf: (index: number) => string
  /** Rows read at once. */
  readonly pageRows: number
}

interface CursorModules {
  readonly store: Store
  /** Hears of every row that is none of those taken. */
  readonly onStray: (key: string) => Promise<void>
}

export class RowCursor {
  readonly #options: CursorOptions
  readonly #modules: CursorModules
  #page: readonly Row[] = []
  #at = 0
  #next: Promise<readonly Row[]> | undefined

  constructor(options: CursorOptions, modules: CursorModules) {
    this.#options = options
    this.#modules = modules
    this.#next = this.#read(options.prefix)
  }

  /**
   * Rows `first` to `first + count`, undefined where there is none. Each call goes on behind the
   * last one: what stands in between is stray.
   *
   * @throws TamgaError `storage`
   */
  async take(first: number, count: number): Promise<(Uint8Array | undefined)[]> {
    const values: (Uint8Array | undefined)[] = []
    for (let index = first; index < first + count; index += 1) {
      const key = this.#options.keyOf(index)
      const row = this.#isAt(key) ? this.#page[this.#at] : await this.#seek(key)
      const isThere = row?.[0] === key
      values.push(isThere ? row[1] : undefined)
      if (isThere) this.#at += 1
    }
    return values
  }

  /** Whatever is left is stray. @throws TamgaError `storage` */
  async end(): Promise<void> {
    await this.#seek(undefined)
  }

  #isAt(key: string): boolean {
    return this.#page[this.#at]?.[0] === key
  }

  /** The first row that does not stand before `key`, or none before the end. */
  async #seek(key: string | undefined): Promise<Row | undefined> {
    for (;;) {
      const row = this.#page[this.#at] ?? (await this.#turn())
      if (!row || (key !== undefined && row[0] >= key)) return row
      await this.#modules.onStray(row[0])
      this.#at += 1
    }
  }

  async #turn(): Promise<Row | undefined> {
    if (!this.#next) return undefined
    this.#page = await this.#next
    this.#at = 0
    const last = this.#page.at(-1)
    const isLast = !last || this.#page.length < this.#options.pageRows
    // No key stands between a key and itself with a zero behind it.
    this.#next = isLast ? undefined : this.#read(`${last[0]}\0`)
    return this.#page[0]
  }

  #read(from: string): Promise<readonly Row[]> {
    const { prefix, pageRows } = this.#options
    const page = this.#modules.store.range(from, endOf(prefix), pageRows)
    // It is awaited when its turn comes; it may fail before.
    page.catch(() => undefined)
    return page
  }
}

/** The first key behind all that begin with `prefix`. */
export function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`
}
