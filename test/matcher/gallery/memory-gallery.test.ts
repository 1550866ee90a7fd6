import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import { equal, is, ok, unreachable } from 'uvu/assert'
import {
  GalleryError,
  type GalleryFinger,
  type GalleryPerson,
  type SearchRequest,
} from '../../../matcher/gallery/gallery.ts'
import { toHex } from '../../../crypto/bytes.ts'
import { MISSING } from '../../../matcher/fusion.ts'
import { MemoryGallery } from '../../../matcher/gallery/memory-gallery.ts'
import { PACKED_BYTES } from '../../../matcher/packed.ts'
import { emptyPairs, findPairs } from '../../../matcher/score/pairs.ts'
import { emptyRecord, fieldsOf, prepareProbe, unpack } from '../../../matcher/score/probe.ts'
import { score } from '../../../matcher/score/score.ts'
import { thresholdFor } from '../../../matcher/threshold.ts'
import { People } from '../../../matcher/gallery/people.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { shuffled } from '../../support/shuffled.ts'
import { PEOPLE, everybody, fingersOf, idOf } from '../support/people.ts'

const SHARDS = [0, 1, 2]

const unpacked = emptyRecord()
const pairs = emptyPairs()

const random = new SeededRandom('a gallery in memory')

const promises = suite('a gallery in memory')

promises('finds people by other impressions of their fingers, and nobody else', async () => {
  const gallery = filled()
  let found = 0
  for (let person = 0; person < PEOPLE; person += 1) {
    const { candidates } = await gallery.search(request(person, { threshold: thresholdFor(2) }))
    ok(candidates.every(({ id }) => id === idOf(person)))
    found += candidates.length
  }
  ok(found >= PEOPLE - 2, `${found} of ${PEOPLE}`)
})

promises('scores a person by the sum of the best of each finger position', async () => {
  const gallery = filled()
  const probe = fingersOf(4, 3)
  const { candidates } = await gallery.search(
    request(4, { fingers: probe, threshold: 0, limit: 30 }),
  )
  is(candidates.length, PEOPLE)
  for (const { id, score: sum, fingers } of candidates) {
    const enrolled = everybody(3).find((person) => person.id === id)!.fingers
    equal(
      fingers,
      probe.map(({ position, packed }, index) => ({
        position,
        score: score(packed, enrolled[index]!.packed),
      })),
    )
    is(sum, fingers[0]!.score + fingers[1]!.score)
  }
})

promises('position 0 matches any position, others only their own', async () => {
  const gallery = filled()
  const [one, two] = fingersOf(4, 3)
  const search = async (position: number): Promise<number> => {
    const fingers = [{ position, packed: two!.packed }]
    const { candidates } = await gallery.search(request(4, { fingers, only: idOf(4) }))
    return candidates[0]!.score
  }
  const own = await search(two!.position)
  is(await search(0), Math.max(own, await search(one!.position)))
  is(await search(5), MISSING)
  ok(own > 0)
})

promises('orders by score, then by id, and stops at the limit', async () => {
  const gallery = filled()
  const all = (await gallery.search(request(9, { threshold: 0, limit: 30 }))).candidates
  const sorted = [...all].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
  equal(all, sorted)
  ok(all.filter((candidate) => candidate.score === 0).length > 1, 'some scores are equal')
  for (const limit of [1, 2, 17, 29]) {
    const { candidates } = await gallery.search(request(9, { threshold: 0, limit }))
    equal(candidates, all.slice(0, limit))
  }
  const least = all[1]!.score
  const above = (await gallery.search(request(9, { threshold: least, limit: 30 }))).candidates
  equal(
    above,
    all.filter((candidate) => candidate.score >= least),
  )
})

promises('orders equal scores by the bytes of the id, not by its UTF-16 units', async () => {
  const gallery = new MemoryGallery()
  const fingers = fingersOf(0, 1)
  for (const id of ['\u{1f5ff}', '￿', 'b', 'a', 'ab']) gallery.add({ id, shard: 0, fingers })
  const { candidates } = await gallery.search({ fingers, shards: [0], threshold: 0, limit: 9 })
  equal(
    candidates.map(({ id }) => id),
    ['a', 'ab', 'b', '￿', '\u{1f5ff}'],
  )
})

promises('counts whom it compared, shard by shard, in the order asked', async () => {
  const gallery = filled()
  const { shards, candidates } = await gallery.search(
    request(0, { shards: [2, 77, 0], threshold: 0, limit: 30 }),
  )
  equal(shards, [
    { shard: 2, searched: 10 },
    { shard: 77, searched: 0 },
    { shard: 0, searched: 10 },
  ])
  ok(candidates.every(({ shard }) => shard !== 1))
  is(candidates.length, 20)
  is(gallery.count(), 30)
  is(gallery.count(1), 10)
  is(gallery.count(77), 0)
})

promises('with `only` answers for that person whatever the score', async () => {
  const gallery = filled()
  const { candidates, shards } = await gallery.search(
    request(0, { only: idOf(7), threshold: 100_000 }),
  )
  equal(
    candidates.map(({ id }) => id),
    [idOf(7)],
  )
  equal(
    shards.map(({ searched }) => searched),
    [0, 1, 0],
  )
  is((await gallery.search(request(0, { only: 'nobody' }))).candidates.length, 0)
  is((await gallery.search(request(0, { only: idOf(7), shards: [0] }))).candidates.length, 0)
})

promises('forgets whom it is told to forget, and takes them again', async () => {
  const gallery = filled()
  is(gallery.remove(idOf(3)), true)
  is(gallery.remove(idOf(3)), false)
  is(gallery.has(idOf(3)), false)
  const self = request(3, { fingers: fingersOf(3, 1), threshold: thresholdFor(2) })
  equal((await gallery.search(self)).candidates, [])
  gallery.add({ id: idOf(3), shard: 2, fingers: fingersOf(3, 1) })
  equal(
    (await gallery.search(self)).candidates.map(({ shard }) => shard),
    [2],
  )
  is(gallery.count(), PEOPLE)
})

promises('replaces a person added again, wherever they were', async () => {
  const gallery = filled()
  gallery.add({ id: idOf(3), shard: 1, fingers: fingersOf(5, 1) })
  is(gallery.count(), PEOPLE)
  is(gallery.count(0) + gallery.count(1) + gallery.count(2), PEOPLE)
  const now = await gallery.search(
    request(5, { fingers: fingersOf(5, 1), threshold: 300, limit: 9 }),
  )
  equal(new Set(now.candidates.map(({ id }) => id)), new Set([idOf(3), idOf(5)]))
  const before = await gallery.search(request(3, { fingers: fingersOf(3, 1), threshold: 300 }))
  equal(before.candidates, [])
})

promises('grows and shrinks as the model says', async () => {
  const gallery = new MemoryGallery()
  const model = new Set<string>()
  const [finger] = fingersOf(0, 1)
  for (let step = 0; step < 2000; step += 1) {
    const id = `p${(step * 7919) % 400}`
    if (step % 3 === 2) is(gallery.remove(id), model.delete(id))
    else {
      gallery.add({
        id,
        shard: step % 5,
        fingers: Array.from({ length: 1 + (step % 3) }, () => finger!),
      })
      model.add(id)
    }
  }
  is(gallery.count(), model.size)
  const { candidates } = await gallery.search({
    fingers: [finger!],
    shards: [0, 1, 2, 3, 4],
    threshold: 0,
    limit: 1000,
  })
  equal(candidates.map(({ id }) => id).sort(), [...model].sort())
})

promises('tries left for right and right for left if asked to', async () => {
  const gallery = filled()
  const [right, left] = fingersOf(4, 3)
  const fingers = [
    { position: left!.position, packed: right!.packed },
    { position: right!.position, packed: left!.packed },
  ]
  const asSaid = await gallery.search(request(4, { fingers }))
  const swapped = await gallery.search(request(4, { fingers, isSwapTried: true }))
  const straight = await gallery.search(request(4, { fingers: fingersOf(4, 3) }))
  is(swapped.candidates[0]!.id, idOf(4))
  is(swapped.candidates[0]!.score, straight.candidates[0]!.score)
  ok(asSaid.candidates[0]!.score < swapped.candidates[0]!.score)
  const as = ({ candidates: [first] }: typeof straight) => {
    return first!.fingers.map(({ position }) => position)
  }
  equal(as(swapped), as(straight), 'and says as what they were compared')
  const unswapped = await gallery.search(request(4, { isSwapTried: true }))
  is(unswapped.candidates[0]!.id, idOf(4))
})

promises(
  'digests the scores of everybody list by list, as whoever has the people makes them',
  async () => {
    const people = Array.from({ length: 20 * PEOPLE }, (_, at) => at)
    const gallery = new MemoryGallery()
    for (const at of shuffled(people, random)) gallery.add(listedPerson(at))
    const fingers = fingersOf(8, 2)
    const asked = { fingers, shards: [1, 0], threshold: 0, limit: 1, withDigests: true }
    for (const isSwapTried of [false, true]) {
      const { digests } = await gallery.search({ ...asked, isSwapTried })
      equal(
        digests!.map(({ shard, blocks }) => ({ shard, blocks: blocks.map(toHex) })),
        [1, 0].map((shard) => ({ shard, blocks: replayed(people, shard, fingers, isSwapTried) })),
      )
      ok(digests!.every(({ blocks }) => blocks.length === 2))
    }
    const { digests } = await gallery.search({ ...asked, only: listedPerson(0).id })
    ok(digests!.every(({ blocks }) => blocks.length === 0))
  },
)

promises('digests the same of the same people, however they came about', async () => {
  const people = Array.from({ length: 10 * PEOPLE }, (_, at) => at)
  const straight = new MemoryGallery()
  const roundabout = new MemoryGallery()
  for (const at of people) straight.add(listedPerson(at))
  for (const at of shuffled(people, random)) {
    roundabout.add({ ...listedPerson(at), listed: { list: 'z', number: at } })
  }
  for (const person of everybody(2)) roundabout.add(person)
  for (const at of people) roundabout.add(listedPerson(at))
  for (const { id } of everybody(2)) roundabout.remove(id)
  for (let round = 0; round < 20; round += 1) roundabout.compact(40)
  const asked = request(6, { shards: [0, 1], withDigests: true })
  equal((await roundabout.search(asked)).digests, (await straight.search(asked)).digests)
})

promises('searches among some people alone, and digests them in the order asked', async () => {
  const people = Array.from({ length: 10 * PEOPLE }, (_, at) => at)
  const gallery = new MemoryGallery()
  for (const at of people) gallery.add(listedPerson(at))
  const fingers = fingersOf(8, 2)
  const some = [34, 2, 8, 120]
  const among = some.map((at) => listedPerson(at).id)
  const asked = request(8, { shards: [0], among, limit: 9, withDigests: true })
  const { candidates, shards, digests } = await gallery.search(asked)
  equal(candidates.map(({ id }) => id).sort(), [...among].sort())
  equal(shards, [{ shard: 0, searched: 4 }])
  const scores = some.map((at) => firstStage(listedPerson(at).fingers, fingers, false))
  equal(digests, [{ shard: 0, blocks: [digestOf(scores.flat())] }])
  const fewer = await gallery.search({ ...asked, among: [...among, 'nobody', listedPerson(1).id] })
  is(fewer.shards[0]!.searched, 4, 'whoever is not there, or elsewhere, is left out')
})

promises('closes gaps, and finds everybody afterwards as before', async () => {
  const gallery = new MemoryGallery()
  for (let copy = 0; copy < 40; copy += 1) {
    for (const person of everybody(1)) gallery.add({ ...person, id: `${person.id}-${copy}` })
  }
  for (let copy = 0; copy < 40; copy += 1) {
    if (copy % 10 === 0) continue
    for (const { id } of everybody(1)) gallery.remove(`${id}-${copy}`)
  }
  const all = { threshold: 0, limit: 500, shards: [0] }
  const before = await gallery.search(request(3, all))
  let moved = 0
  for (let round = 0; round < 30; round += 1) moved += gallery.compact(10)
  ok(moved > 0)
  equal(await gallery.search(request(3, all)), before)
  is(gallery.count(), 4 * PEOPLE)
  is(gallery.compact(1_000), 0, 'in the end there is nothing left to move')
})

promises('lets go of slabs that nobody needs any more', () => {
  let slabs = 0
  const listener = { onSlab: () => (slabs += 1), onRetired: () => (slabs -= 1) }
  const people = new People({ fingersMax: 10_000 }, listener)
  for (let at = 0; at < 40 * PEOPLE; at += 1) people.add(listedPerson(at))
  const most = slabs
  for (let at = 0; at < 39 * PEOPLE; at += 1) people.remove(listedPerson(at).id)
  while (people.compact(100) > 0);
  ok(slabs < most, `${slabs} of ${most}`)
})

promises('refuses what it cannot hold, and changes nothing', async () => {
  const gallery = new MemoryGallery({ fingersMax: 3 })
  const person: GalleryPerson = { id: 'a', shard: 0, fingers: fingersOf(0, 1) }
  gallery.add(person)
  const wrong = [{ position: 2, packed: new Uint8Array(PACKED_BYTES - 1) }]
  is(await refusal(() => gallery.add({ ...person, fingers: wrong })), 'invalid-person')
  is(await refusal(() => gallery.add({ ...person, fingers: [] })), 'invalid-person')
  is(await refusal(() => gallery.add({ ...person, id: '' })), 'invalid-person')
  is(await refusal(() => gallery.add({ ...person, id: 'x'.repeat(65) })), 'invalid-person')
  is(await refusal(() => gallery.add({ ...person, shard: -1 })), 'invalid-person')
  is(await refusal(() => gallery.add({ ...person, id: 'b' })), 'full')
  is(gallery.count(), 1)
})

promises('refuses a search that cannot be run', async () => {
  const gallery = filled()
  const search = (changes: Partial<SearchRequest>): (() => Promise<unknown>) => {
    return () => gallery.search(request(0, changes))
  }
  is(await refusal(search({ fingers: [] })), 'invalid-request')
  is(await refusal(search({ limit: 0 })), 'invalid-request')
  is(await refusal(search({ limit: 100_000 })), 'invalid-request')
  is(await refusal(search({ threshold: Number.NaN })), 'invalid-request')
  const [finger] = fingersOf(0, 1)
  is(await refusal(search({ fingers: [{ ...finger!, position: 11 }] })), 'invalid-request')
  is(await refusal(search({ signal: AbortSignal.abort() })), 'aborted')
  await gallery.close()
  is(await refusal(search({})), 'closed')
})

promises.run()

/** Person `at` of a crowd: in two shards and three lists. */
function listedPerson(at: number): GalleryPerson {
  const listed = { list: `log-${at % 3}`, number: 7 * at }
  return { id: `listed-${at}`, shard: at % 2, listed, fingers: fingersOf(at % PEOPLE, 1) }
}

/** The digests of a shard by the definition of scores and of their order. */
function replayed(
  people: readonly number[],
  shard: number,
  probe: readonly GalleryFinger[],
  isSwapTried: boolean,
): string[] {
  const inOrder = [0, 1, 2].flatMap((list) => people.filter((at) => at % 3 === list))
  const scores = inOrder
    .map((at) => listedPerson(at))
    .filter((person) => person.shard === shard)
    .map(({ fingers }) => firstStage(fingers, probe, isSwapTried))
  const blocks = Array.from({ length: Math.ceil(scores.length / 256) }, (_, block) => {
    return scores.slice(256 * block, 256 * (block + 1))
  })
  return blocks.map((block) => toHex(digestOf(block.flat())))
}

/** Finger by finger of the probe, as said and then perhaps exchanged. */
function firstStage(
  fingers: readonly GalleryFinger[],
  probe: readonly GalleryFinger[],
  isSwapTried: boolean,
): number[] {
  const positions = [(own: number) => own, (own: number) => (own <= 5 ? own + 5 : own - 5)]
  return positions.slice(0, isSwapTried ? 2 : 1).flatMap((comparedAs) => {
    return probe.map(({ position, packed }) => {
      const prepared = prepareProbe(packed)
      const other = fingers.find((finger) => finger.position === comparedAs(position))
      if (!other) return 0xffff
      unpack(fieldsOf(other.packed), 0, unpacked)
      findPairs(prepared, unpacked, pairs)
      return pairs.score
    })
  })
}

function digestOf(scores: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Uint16Array.from(scores).buffer)
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}

function filled(): MemoryGallery {
  const gallery = new MemoryGallery()
  for (const person of everybody(SHARDS.length)) gallery.add(person)
  return gallery
}

function request(person: number, changes: Partial<SearchRequest> = {}): SearchRequest {
  return { fingers: fingersOf(person, 2), shards: SHARDS, threshold: 0, limit: 10, ...changes }
}

async function refusal(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (error instanceof GalleryError) return error.code
    throw error
  }
  return unreachable('it was done') as never
}
