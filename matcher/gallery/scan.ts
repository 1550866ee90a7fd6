/** The comparison of a probe with everybody in some rows of a slab; the same on every thread. */
import { PACKED_BYTES } from '../packed.ts'
import { prepareProbe, type Probe } from '../score/probe.ts'
import { scorePrepared } from '../score/score.ts'
import type { GalleryFinger } from './gallery.ts'
import { Ranking, type RankingOptions } from './ranking.ts'
import type { Slab } from './slab.ts'

/** Rows of a slab, and of which search they are a part. */
export interface Chunk {
  readonly slab: Slab
  readonly from: number
  /** Behind the last; a person who begins before it is read to the end. */
  readonly to: number
}

export interface ScanOptions extends RankingOptions {
  readonly fingers: readonly GalleryFinger[]
  /** Which state of the gallery is searched. */
  readonly number: number
}

/** One search, or one thread's part of it. */
export class Scan {
  readonly #probes: readonly { position: number; probe: Probe }[]
  readonly #number: number
  readonly #ranking: Ranking
  readonly #searched = new Map<number, number>()

  constructor({ fingers, number, ...ranking }: ScanOptions) {
    this.#probes = fingers.map(({ position, packed }) => ({
      position,
      probe: prepareProbe(packed),
    }))
    this.#number = number
    this.#ranking = new Ranking(ranking)
  }

  get ranking(): Ranking {
    return this.#ranking
  }

  /** People compared with, by shard. */
  get searched(): ReadonlyMap<number, number> {
    return this.#searched
  }

  add({ slab, from, to }: Chunk): void {
    let people = 0
    for (let row = from; row < to;) {
      const fingers = slab.fingersAt(row, this.#number)
      if (fingers > 0) {
        people += 1
        this.#compare(slab, row, fingers)
      }
      row += Math.max(1, fingers)
    }
    const { shard } = slab.handle
    this.#searched.set(shard, (this.#searched.get(shard) ?? 0) + people)
  }

  #compare(slab: Slab, row: number, fingers: number): void {
    const scores = this.#probes.map(({ position, probe }) => ({
      position,
      score: bestOf(slab, row, fingers, position, probe),
    }))
    const score = scores.reduce((sum, finger) => sum + finger.score, 0)
    if (!this.#ranking.admits(score)) return
    const padded = slab.idAt(row)
    const end = padded.indexOf(0)
    const id = padded.slice(0, end < 0 ? padded.length : end)
    const { shard } = slab.handle
    const candidate = { id: new TextDecoder().decode(id), shard, score, fingers: scores }
    this.#ranking.add({ candidate, id })
  }
}

function bestOf(slab: Slab, row: number, fingers: number, position: number, probe: Probe): number {
  let best = 0
  for (let finger = row; finger < row + fingers; finger += 1) {
    const other = slab.positionAt(finger)
    if (other !== position && other !== 0 && position !== 0) continue
    best = Math.max(best, scorePrepared(probe, slab.records, finger * PACKED_BYTES))
  }
  return best
}
