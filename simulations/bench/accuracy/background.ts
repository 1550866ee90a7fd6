/**
 * The crowd that real fingers are looked for in: people who were never born.
 *
 * How alike strangers among them look is held against real strangers by `npm run people:gate`; no
 * error rate is taken from them alone.
 */
import { availableParallelism } from 'node:os'
import type { GalleryPerson } from '../../../matcher/gallery/gallery.ts'
import { PACKED_BYTES } from '../../../matcher/packed.ts'
import { packedPeople } from '../../people/packed-people.ts'
import { INDEX_FINGERS } from '../../people/person.ts'

const SEED = 'bench:accuracy background 2'

export type BackgroundPerson = Omit<GalleryPerson, 'shard'>

/** People 0 to `people` of the crowd, the same each time: one impression of each index finger. */
export async function* backgroundPeople(people: number): AsyncGenerator<BackgroundPerson> {
  const threads = availableParallelism()
  for await (const { from, to, records } of packedPeople({ seed: SEED }, { to: people, threads })) {
    for (let index = from; index < to; index += 1) {
      const fingers = INDEX_FINGERS.map((position, at) => {
        const row = (index - from) * INDEX_FINGERS.length + at
        return { position, packed: records.slice(row * PACKED_BYTES, (row + 1) * PACKED_BYTES) }
      })
      yield { id: `synthetic ${index}`, fingers }
    }
  }
}
