import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { MemoryGallery } from '../../../matcher/gallery/memory-gallery.ts'
import { SHORTLIST_MAX, shortlistOf } from '../../../matcher/gallery/shortlist.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import { PEOPLE, everybody, fingersOf } from '../support/people.ts'

const SHARDS = [0, 1, 2]

const promises = suite('a shortlist')

promises('is of 1,000, of their share over many, and of a little more for one finger', () => {
  for (const fingers of [1, 2, 10]) is(shortlistOf(1, fingers), SHORTLIST_MAX)
  for (const shards of [2, 3, 4, 16, 64]) {
    const all = shards * shortlistOf(shards, 2)
    ok(all >= SHORTLIST_MAX && all < SHORTLIST_MAX + shards, `${all} over ${shards} shards`)
    const ofOne = shards * shortlistOf(shards, 1)
    ok(ofOne >= all && ofOne <= 1.6 * SHORTLIST_MAX, `${ofOne} over ${shards} shards`)
  }
  is(shortlistOf(16, 2), 63)
  is(shortlistOf(16, 1), 79)
  is(shortlistOf(1_024, 2), 8)
})

for (const gallery of [new MemoryGallery(), new WorkerGallery({ workers: 2 })]) {
  const { name } = gallery.constructor

  promises(`of ${name} has the same people of a shard, whatever else is searched`, async () => {
    for (const person of everybody(SHARDS.length)) gallery.add(person)
    for (const shortlist of [1, 2, 7]) {
      const asked = { fingers: fingersOf(4, 2), threshold: 0, limit: PEOPLE, shortlist }
      const together = await gallery.search({ ...asked, shards: SHARDS })
      is(together.candidates.length, SHARDS.length * shortlist)
      for (const shard of SHARDS) {
        const alone = await gallery.search({ ...asked, shards: [shard] })
        equal(
          alone.candidates,
          together.candidates.filter((candidate) => candidate.shard === shard),
        )
      }
    }
    await gallery.close()
  })
}

promises.run()
