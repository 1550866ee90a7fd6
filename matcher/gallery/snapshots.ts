/** States of a gallery that are kept for audits. */
import { GalleryError, type BlockOfPeople, type Snapshot } from './gallery.ts'
import type { People } from './people.ts'
import { blocksOf } from './search-plan.ts'

/** Kept at once: each keeps in memory whoever was removed since. */
const SNAPSHOTS_MAX = 4

export class Snapshots {
  readonly #people: People
  #kept = 0

  constructor({ people }: { people: People }) {
    this.#people = people
  }

  /** @throws GalleryError `busy` */
  take(): Snapshot {
    if (this.#kept >= SNAPSHOTS_MAX) {
      throw new GalleryError('busy', `${SNAPSHOTS_MAX} snapshots are kept already`)
    }
    this.#kept += 1
    const number = this.#people.enter()
    let isKept = true
    return {
      number,
      blocks: (shards) => blocksOfPeople(this.#people, shards, number),
      release: () => {
        if (!isKept) return
        isKept = false
        this.#kept -= 1
        this.#people.leave(number)
      },
    }
  }
}

function* blocksOfPeople(
  people: People,
  shards: readonly number[],
  number: number,
): Generator<BlockOfPeople> {
  for (const { slab, from, to } of blocksOf(people, shards)) {
    const found: BlockOfPeople['people'][number][] = []
    for (let row = from; row < to;) {
      const fingers = slab.fingersAt(row, number)
      if (fingers > 0) {
        const id = new TextDecoder().decode(slab.idAt(row))
        found.push({ id, fingers: slab.fingersOf(row) })
      }
      row += Math.max(1, fingers)
    }
    if (found.length > 0)
      yield { shard: slab.handle.shard, slab: slab.handle.slab, from, people: found }
  }
}
