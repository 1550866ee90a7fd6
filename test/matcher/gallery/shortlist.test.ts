import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { MemoryGallery } from '../../../matcher/gallery/memory-gallery.ts'
import { SHORTLIST_MAX, shortlistOf } from '../../../matcher/gallery/shortlist.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import { PEOPLE, everybody, fingersOf } from '../support/people.ts'

const SHARDS = [0, 1, 2]

const promises = suite('a shortlist')

promises('is of 1,000 where all people are in one shard, and of their share over many', () => {
  is(shortlistOf(1), SHORTLIST_MAX)
  for (const shards of [2, 3, 4, 16, 64]) {
    const all = shards * shortlistOf(shards)
    ok(all >= SHORTLIST_MAX && all < SHORTLIST_MAX + shards, `${all} over ${shards} shards`)
  }
  is(shortlistOf(16), 63)
  is(shortlistOf(1_024), 8)
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
