import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import { equal, is, ok, unreachable } from 'uvu/assert'
import {
  GalleryError,
  type BlockOfPeople,
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
import { PEOPLE, everybody, fingersOf, idOf } from '../support/people.ts'

const SHARDS = [0, 1, 2]

const unpacked = emptyRecord()
const pairs = emptyPairs()

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

promises('shows a snapshot the same people however many come and go', async () => {
  const gallery = filled()
  const snapshot = gallery.snapshot()
  const changes = { threshold: 0, limit: 30, snapshot, withDigests: true }
  const before = await gallery.search(request(6, changes))
  const blocks = [...snapshot.blocks(SHARDS)]
  for (let person = 0; person < PEOPLE; person += 2) gallery.remove(idOf(person))
  for (let person = 0; person < 5; person += 1) {
    gallery.add({ id: `new ${person}`, shard: person % 3, fingers: fingersOf(person, 4) })
  }
  gallery.compact(PEOPLE)
  equal(await gallery.search(request(6, changes)), before)
  equal([...snapshot.blocks(SHARDS)], blocks)
  snapshot.release()
  const after = await gallery.search(request(6, { threshold: 0, limit: 30 }))
  is(after.candidates.length, PEOPLE / 2 + 5)
})

promises('keeps a few snapshots at most', async () => {
  const gallery = filled()
  const snapshots = Array.from({ length: 4 }, () => gallery.snapshot())
  is(await refusal(() => gallery.snapshot()), 'busy')
  snapshots[0]!.release()
  snapshots[0]!.release()
  gallery.snapshot()
  is(await refusal(() => gallery.snapshot()), 'busy')
})

promises('digests the scores of every block, as whoever has the people replays them', async () => {
  const gallery = new MemoryGallery()
  for (let copy = 0; copy < 12; copy += 1) {
    for (const person of everybody(2)) gallery.add({ ...person, id: `${person.id}-${copy}` })
  }
  const snapshot = gallery.snapshot()
  const fingers = fingersOf(8, 2)
  const shards = [1, 0]
  const asked = { fingers, shards, threshold: 0, limit: 1, snapshot, withDigests: true }
  const { digests } = await gallery.search(asked)
  const blocks = [...snapshot.blocks(shards)]
  ok(blocks.length > 3)
  is(
    blocks.reduce((sum, { people }) => sum + people.length, 0),
    12 * PEOPLE,
  )
  equal(
    digests!.map(({ slab, from, digest }) => ({ slab, from, digest: toHex(digest) })),
    blocks.map((block) => ({
      slab: block.slab,
      from: block.from,
      digest: replayed(block, fingers),
    })),
  )
  const others = await gallery.search({ ...asked, fingers: fingersOf(9, 2) })
  ok(others.digests!.every(({ digest }, at) => toHex(digest) !== toHex(digests![at]!.digest)))
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
  const blocksBefore = blockCount(gallery)
  let moved = 0
  for (let round = 0; round < 30; round += 1) moved += gallery.compact(10)
  ok(moved > 0)
  equal(await gallery.search(request(3, all)), before)
  is(gallery.count(), 4 * PEOPLE)
  ok(blockCount(gallery) < blocksBefore, 'and has fewer blocks')
  is(gallery.compact(1_000), 0, 'in the end there is nothing left to move')
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

/** Blocks that a search looks at. */
function blockCount(gallery: MemoryGallery): number {
  const snapshot = gallery.snapshot()
  const blocks = [...snapshot.blocks([0])].length
  snapshot.release()
  return blocks
}

/** The digest of a block by the definition of scores, from the people in it. */
function replayed({ people }: BlockOfPeople, probe: readonly GalleryFinger[]): string {
  const scores = probe.flatMap(({ position, packed }) => {
    const prepared = prepareProbe(packed)
    return people.flatMap(({ fingers }) => {
      return fingers.map((finger) => {
        if (finger.position !== position) return 0xffff
        unpack(fieldsOf(finger.packed), 0, unpacked)
        findPairs(prepared, unpacked, pairs)
        return pairs.score
      })
    })
  })
  return createHash('sha256')
    .update(new Uint8Array(Uint16Array.from(scores).buffer))
    .digest('hex')
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
