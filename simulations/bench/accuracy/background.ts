/**
 * The crowd that real fingers are looked for in: people who were never born.
 *
 * They are kinder than real strangers, so what is measured among them is how search behaves when a
 * gallery grows; no error rate of strangers alone is taken from them.
 */
import type { GalleryPerson } from '../../../matcher/gallery/gallery.ts'
import { pack } from '../../../matcher/packed.ts'
import { impression } from '../../people/impression.ts'
import { INDEX_FINGERS, drawQuality, generatePerson } from '../../people/person.ts'
import { SeededRandom } from '../../world/seeded-random.ts'

const SEED = 'bench:accuracy background 1'

/** Person `index` of the crowd, the same each time: one impression of each index finger. */
export function backgroundPerson(index: number, shard: number): GalleryPerson {
  const random = new SeededRandom(`${SEED}/${index}`)
  const person = generatePerson(random, { positions: INDEX_FINGERS })
  const fingers = person.fingers.map((finger) => ({
    position: finger.position,
    packed: pack(impression(finger, random, { quality: drawQuality(person, random) })),
  }))
  return { id: `synthetic ${index}`, shard, fingers }
}
