/**
 * Who is found by which enrolment, as the logs say it up to some frontier: the part of the register
 * that says what a shard has to search, and nothing else of it.
 *
 * Believes the entries to be those of the logs: whoever reads them has checked that.
 */
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import type { LogSize } from '../../protocol/identifiers.ts'
import type { Roster } from '../../protocol/roster.ts'
import { TemplateSet, type TemplateName } from '../../protocol/template-set.ts'
import type { Folded } from './folded.ts'
import { Joiner } from './joiner.ts'
import type { LifeChange } from './lives.ts'
import { PeopleFold } from './people-fold.ts'
import type { WholeLogs } from './replay.ts'

interface Enrolment extends TemplateName {
  readonly shard: number
  readonly leaf: Uint8Array
}

export class LoggedPeople {
  readonly #people: PeopleFold
  readonly #joiner: Joiner
  readonly #enrolments = new Map<string, Enrolment[]>()
  readonly #found = new Map<string, Enrolment>()
  readonly #sets = new Map<number, TemplateSet>()

  constructor({ roster }: { roster: Roster }) {
    this.#people = new PeopleFold({ roster })
    this.#joiner = new Joiner({ roster })
  }

  /**
   * Up to the frontier, and no further. Each log is read once, from its beginning.
   *
   * @returns how much of each log was there
   */
  async read(logs: WholeLogs, frontier: readonly LogSize[]): Promise<LogSize[]> {
    const read: LogSize[] = []
    for (const { node, size } of frontier) {
      let index = 0
      if (size > 0) {
        for await (const bytes of logs.get(node) ?? []) {
          this.#take(node, index, bytes)
          index += 1
          if (index === size) break
        }
      }
      read.push({ node, size: index })
    }
    return read
  }

  /** Whether the person is to be found. */
  isFound(handle: Uint8Array): boolean {
    return this.#found.has(toHex(handle))
  }

  /** What the shard has to search. */
  templates(shard: number): TemplateSet {
    return this.#sets.get(shard) ?? new TemplateSet()
  }

  /** The same one by one, in the order of the set: by name of the log, and in it by index. */
  inOrder(shard: number): TemplateName[] {
    return [...this.#found.values()]
      .filter((enrolment) => enrolment.shard === shard)
      .sort((a, b) => (a.log === b.log ? a.index - b.index : a.log < b.log ? -1 : 1))
  }

  /** An entry that cannot be read, or that nobody was entitled to, counts for nothing. */
  #take(log: string, index: number, bytes: Uint8Array): void {
    let folded: Folded
    let changes: readonly LifeChange[]
    try {
      folded = this.#joiner.join(log, index, bytes)
      changes = this.#changes(folded)
    } catch (error) {
      if (asTamgaError(error).code === 'internal') throw error
      return
    }
    for (const change of changes) this.#find(change)
  }

  #changes(folded: Folded): readonly LifeChange[] {
    const { entry, log, index, leaf } = folded
    if (entry.type === 'enrolment') {
      const { handle, shard, commitment } = entry
      const key = toHex(handle)
      const known = this.#enrolments.get(key) ?? []
      this.#enrolments.set(key, [...known, { handle, shard, commitment, log, index, leaf }])
    }
    return this.#people.compare(folded, this.#people.take(folded))
  }

  #find({ handle, now }: LifeChange): void {
    const key = toHex(handle)
    const before = this.#found.get(key)
    const enrolment = now && this.#enrolments.get(key)?.find(({ leaf }) => equalBytes(leaf, now))
    if (before === enrolment) return
    if (before) this.#sets.get(before.shard)?.remove(before)
    if (!enrolment) return void this.#found.delete(key)
    this.#found.set(key, enrolment)
    const set = this.#sets.get(enrolment.shard) ?? new TemplateSet()
    this.#sets.set(enrolment.shard, set)
    set.add(enrolment)
  }
}
