/**
 * What other nodes have signed of the own log's newest checkpoints, and who waits for it.
 *
 * Lines come in from witnesses and mirrors one by one, each for the checkpoint that it was made of;
 * a quorum is a quorum over one checkpoint. Only the newest checkpoints are kept: what is covered
 * by an older one is covered by them too.
 */
import { parseCheckpoint } from '../../crypto/checkpoint.ts'
import { addSignatures, parseNote } from '../../crypto/note.ts'
import { COSIGNATURES_MAX } from '../../protocol/limits.ts'
import { cosignaturesOn, weigh, type Cosignature, type Witnessed } from '../../protocol/quorum.ts'
import { logOrigin, type Roster } from '../../protocol/roster.ts'
import type { Clock } from '../clock.ts'
import { GATHERED_MAX, WITNESS_REFRESH_MS } from '../limits.ts'
import { bareNote } from './bare-note.ts'

export interface CosignaturesOptions {
  /** The node whose log it is. */
  readonly log: string
  readonly roster: Roster
}

/** A checkpoint with the lines that came in for it. */
export interface Gathered {
  readonly size: number
  readonly text: string
  readonly note: string
  readonly witnessed: Witnessed
}

interface Gathering extends Gathered {
  /** The note with the log's own line and no other. */
  readonly bare: string
  readonly lines: readonly Cosignature[]
}

/** How well somebody wants an entry to be covered: safe is witnessed and mirrored. */
export type Wanted = 'witnessed' | 'safe'

interface Waiter {
  readonly index: number
  readonly wanted: Wanted
  readonly done: () => void
}

export class Cosignatures {
  readonly #options: CosignaturesOptions
  readonly #clock: Clock
  /** By size, the oldest first. */
  readonly #gathered = new Map<number, Gathering>()
  readonly #waiters = new Set<Waiter>()
  readonly #best: Partial<Record<Wanted, Gathering>> = {}

  constructor(options: CosignaturesOptions, { clock }: { clock: Clock }) {
    this.#options = options
    this.#clock = clock
  }

  /** The newest that a quorum has cosigned. */
  get witnessed(): Gathered | undefined {
    return this.#best.witnessed
  }

  /** The newest that enough nodes hold, besides. */
  get safe(): Gathered | undefined {
    return this.#best.safe
  }

  at(size: number): Gathered | undefined {
    return this.#gathered.get(size)
  }

  /** A checkpoint of the own log, new or with lines on it that were kept. */
  begin(note: string): void {
    const { log, roster } = this.#options
    const lines = cosignaturesOn(note, log, roster)
    const gathering = this.#composed(bareNote(note, logOrigin(roster.network, log)), lines)
    if (this.#gathered.has(gathering.size)) return
    this.#gathered.set(gathering.size, gathering)
    if (this.#gathered.size > GATHERED_MAX) {
      this.#gathered.delete(this.#gathered.keys().next().value!)
    }
    this.#settle(gathering)
  }

  /**
   * Takes a line that verified. Returns whether others should hear of it: it made up a quorum, or
   * enough mirrors, or a quorum that is much newer.
   */
  add(size: number, line: Cosignature): boolean {
    const before = this.#gathered.get(size)
    if (!before) return false
    const others = before.lines.filter(({ node, kind }) => {
      return node !== line.node || kind !== line.kind
    })
    if (others.filter(({ kind }) => kind === line.kind).length >= COSIGNATURES_MAX) return false
    const next = this.#composed(before.bare, [...others, line])
    this.#gathered.set(size, next)
    this.#settle(next)
    return isWorthMore(next.witnessed, before.witnessed)
  }

  /** The note over entry `index` that is worth the most: of equal worth, the newest. */
  covering(index: number): Gathered | undefined {
    for (const best of [this.#best.safe, this.#best.witnessed]) {
      if (best && best.size > index) return best
    }
    const all = [...this.#gathered.values()].filter(({ size }) => size > index)
    const most = Math.max(...all.map(({ lines }) => lines.length))
    return all.findLast(({ lines }) => lines.length === most)
  }

  /** Resolves when entry `index` is as well covered as wanted, or `waitMs` later. */
  async wait(index: number, wanted: Wanted, waitMs: number): Promise<void> {
    if (this.#covers(index, wanted)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiters.delete(waiter)
        cancel()
        resolve()
      }
      const cancel = this.#clock.timer(waitMs, done)
      const waiter = { index, wanted, done }
      this.#waiters.add(waiter)
    })
  }

  #covers(index: number, wanted: Wanted): boolean {
    return (this.#best[wanted]?.size ?? 0) > index
  }

  #composed(bare: string, lines: readonly Cosignature[]): Gathering {
    const { log, roster } = this.#options
    const { text } = parseNote(bare)
    const added = lines.map(({ line }) => line)
    const size = Number(parseCheckpoint(text).size)
    const note = addSignatures(bare, added)
    return { size, text, bare, note, lines, witnessed: weigh(lines, log, roster) }
  }

  #settle(gathering: Gathering): void {
    const { size, witnessed } = gathering
    if (!witnessed.isWitnessed) return
    const wanted: Wanted[] = witnessed.isSafe ? ['witnessed', 'safe'] : ['witnessed']
    for (const kind of wanted) {
      if (size >= (this.#best[kind]?.size ?? 0)) this.#best[kind] = gathering
    }
    for (const waiter of this.#waiters) {
      if (this.#covers(waiter.index, waiter.wanted)) waiter.done()
    }
  }
}

/** Whether the cosignatures of one checkpoint have become so many, or so new, that it matters. */
export function isWorthMore(now: Witnessed, before: Witnessed): boolean {
  if (!now.isWitnessed) return false
  if (!before.isWitnessed || (now.isSafe && !before.isSafe)) return true
  return (now.at ?? 0) - (before.at ?? 0) >= WITNESS_REFRESH_MS / 2
}
