/**
 * The second stage of a search: the shortlisted, finger by finger with the precise score; the same
 * on every thread.
 */
import { fuse } from '../fusion.ts'
import { PACKED_BYTES } from '../packed.ts'
import { fieldsOf, type Probe } from '../score/probe.ts'
import { scorePrepared } from '../score/score.ts'
import { exchanged, fits, type Assignment } from './assignment.ts'
import type { Candidate } from './gallery.ts'
import { Ranking, type Rankable, type RankingOptions } from './ranking.ts'
import type { Slab } from './slab.ts'

export interface Ranked extends Rankable {
  readonly candidate: Candidate
}

export interface ComparisonOptions extends RankingOptions {
  readonly fingers: readonly { readonly position: number; readonly probe: Probe }[]
  /** As `assignmentsOf` gives them: as said, then perhaps exchanged. */
  readonly assignments: readonly Assignment[]
}

/** By finger of the probe; undefined where the person has none to compare it with. */
type Scores = readonly (number | undefined)[]

/** One thread's part of it. */
export class Comparison {
  readonly #options: ComparisonOptions
  readonly #ranking: Ranking<Ranked>

  constructor(options: ComparisonOptions) {
    this.#options = options
    this.#ranking = new Ranking(options)
  }

  get ranked(): readonly Ranked[] {
    return this.#ranking.ranked
  }

  add(slab: Slab, row: number, fingers: number): void {
    const { assignments } = this.#options
    const all = assignments.map((assignment) => this.#scores(slab, row, fingers, assignment))
    const [said, swapped] = all
    const isSwapped = swapped !== undefined && fuse(swapped) > fuse(said!)
    const scores = isSwapped ? swapped : said!
    const score = fuse(scores)
    if (!this.#ranking.admits(score)) return
    const id = slab.idAt(row)
    const candidate: Candidate = {
      id: new TextDecoder().decode(id),
      shard: slab.handle.shard,
      score,
      fingers: this.#options.fingers.map(({ position }, finger) => {
        const comparedAs = isSwapped ? exchanged(position) : position
        return { position: comparedAs, score: fuse([scores[finger]]) }
      }),
    }
    this.#ranking.add({ score, id, candidate })
  }

  #scores(slab: Slab, row: number, fingers: number, assignment: Assignment): Scores {
    const records = fieldsOf(slab.records)
    return this.#options.fingers.map(({ probe }, finger) => {
      let best: number | undefined
      for (let other = row; other < row + fingers; other += 1) {
        if (!fits(assignment, finger, slab.positionAt(other))) continue
        best = Math.max(best ?? 0, scorePrepared(probe, records, other * PACKED_BYTES))
      }
      return best
    })
  }
}
