/**
 * Every log that any state of a model has, once, by number: a log is its last entry and the log
 * before that. States hold numbers, so that they are cheap to keep and to compare.
 */
import { entryKey, type ModelEntry } from './regions.ts'

/** Of the log that is empty. */
export const EMPTY = 0

interface KnownLog {
  readonly before: number
  readonly entries: readonly ModelEntry[]
}

/** Other names for regions and enrolments: the new name of each by the old one. */
export interface Renaming {
  readonly id: number
  readonly regions: readonly number[]
  readonly enrolments: readonly number[]
}

export class LogTable {
  readonly #logs: KnownLog[] = [{ before: EMPTY, entries: [] }]
  readonly #byKey = new Map<string, number>()
  /** By renaming, then by log. */
  readonly #renamed: number[][] = []

  entries(log: number): readonly ModelEntry[] {
    return this.#logs[log]!.entries
  }

  size(log: number): number {
    return this.#logs[log]!.entries.length
  }

  /** The log with one entry more. */
  with(log: number, entry: ModelEntry): number {
    const key = `${log}/${entryKey(entry)}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const number = this.#logs.length
    this.#logs.push({ before: log, entries: [...this.entries(log), entry] })
    this.#byKey.set(key, number)
    return number
  }

  /** Without its last entry. */
  before(log: number): number {
    return this.#logs[log]!.before
  }

  /** Its first `size` entries. */
  upTo(log: number, size: number): number {
    let prefix = log
    while (this.size(prefix) > size) prefix = this.before(prefix)
    return prefix
  }

  renamed(log: number, names: Renaming): number {
    if (log === EMPTY) return EMPTY
    const known = (this.#renamed[names.id] ??= [])
    known[log] ??= this.with(
      this.renamed(this.before(log), names),
      renamed(this.entries(log).at(-1)!, names),
    )
    return known[log]
  }
}

export function renamed<E extends ModelEntry>(entry: E, { regions, enrolments }: Renaming): E {
  const frontier = [...entry.frontier]
  for (const [log, size] of entry.frontier.entries()) frontier[regions[log]!] = size
  if (entry.type === 'seen') return { ...entry, frontier }
  const named = entry.named.map((one) => enrolments[one]!).toSorted((a, b) => a - b)
  return { ...entry, frontier, enrolment: enrolments[entry.enrolment]!, named }
}
