import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { replicasOf, shardOf } from '../../protocol/shards.ts'
import { handles, names } from '../support/arbitraries.ts'
import { check } from './support/codec-promises.ts'

const promises = suite('shards')

const SHARDS = 256
const REGIONS = Array.from({ length: 20 }, (_, place) => `region-${place}`)

const placements = fc
  .uniqueArray(names, { minLength: 2, maxLength: 12 })
  .chain((found) => fc.tuple(fc.constant(found), fc.integer({ min: 1, max: found.length })))

/** Worked out once, outside this code: to move a shard by accident is to lose who is in it. */
const PLACED: readonly [shard: number, preferred: string][] = [
  [0, 'aktau astana shymkent almaty'],
  [1, 'almaty shymkent astana aktau'],
  [15, 'shymkent almaty astana aktau'],
]

promises('stand where they have always stood', () => {
  const handle = Uint8Array.from({ length: 16 }, (_, at) => at)
  is(shardOf(handle, { shards: 16 }), 4)
  is(shardOf(handle, { shards: 1000 }), 476)
  for (const [shard, preferred] of PLACED) {
    equal(holdersOf(['aktau', 'almaty', 'astana', 'shymkent'], 4, shard), preferred.split(' '))
  }
})

promises('a person’s shard is the same for everybody, and there is such a shard', () => {
  check(fc.tuple(handles, fc.integer({ min: 1, max: 1024 })), ([handle, shards]) => {
    const shard = shardOf(handle, { shards })
    is(shardOf(Uint8Array.from(handle), { shards }), shard)
    ok(Number.isInteger(shard) && shard >= 0 && shard < shards)
  })
})

promises('persons spread evenly', () => {
  const persons = 16_000
  const counts = tally(
    Array.from({ length: persons }, (_, number) => shardOf(handleOf(number), { shards: 16 })),
  )
  is(counts.size, 16)
  // 1,000 expected, standard deviation 31: five of them to either side.
  for (const count of counts.values()) ok(Math.abs(count - 1000) < 155, `${count} persons`)
})

promises('a shard’s replicas are distinct nodes of the roster, as many as it says', () => {
  check(fc.tuple(placements, fc.nat(1023)), ([[found, replicas], shard]) => {
    const holders = holdersOf(found, replicas, shard)
    is(holders.length, replicas)
    is(new Set(holders).size, replicas)
    ok(holders.every((holder) => found.includes(holder)))
  })
})

promises('the order in which a roster names its nodes moves nothing', () => {
  check(fc.tuple(placements, fc.nat(1023)), ([[found, replicas], shard]) => {
    equal(holdersOf([...found].reverse(), replicas, shard), holdersOf(found, replicas, shard))
  })
})

promises('fewer replicas are the preferred ones of more', () => {
  check(fc.tuple(placements, fc.nat(1023)), ([[found], shard]) => {
    const all = holdersOf(found, found.length, shard)
    for (let replicas = 1; replicas < found.length; replicas += 1) {
      equal(holdersOf(found, replicas, shard), all.slice(0, replicas))
    }
  })
})

promises('a node that joins takes only what it wins, and pushes out only the last', () => {
  check(fc.tuple(placements, names, fc.nat(1023)), ([[found, replicas], joined, shard]) => {
    fc.pre(!found.includes(joined))
    const before = holdersOf(found, replicas, shard)
    const after = holdersOf([...found, joined], replicas, shard)
    if (after.includes(joined)) {
      equal(
        after.filter((holder) => holder !== joined),
        before.slice(0, -1),
      )
    } else equal(after, before)
  })
})

promises('a node that leaves moves only what it held', () => {
  check(fc.tuple(placements, fc.nat(), fc.nat(1023)), ([[found, wanted], pick, shard]) => {
    const replicas = Math.min(wanted, found.length - 1)
    const left = found[pick % found.length]!
    const before = holdersOf(found, replicas, shard)
    const rest = found.filter((name) => name !== left)
    const after = holdersOf(rest, replicas, shard)
    if (before.includes(left)) {
      equal(
        after.slice(0, -1),
        before.filter((holder) => holder !== left),
      )
    } else equal(after, before)
  })
})

promises('twenty regions carry like loads', () => {
  const held = allShards().flatMap((shard) => holdersOf(REGIONS, 2, shard))
  const counts = tally(held)
  is(counts.size, REGIONS.length)
  // 25.6 expected, standard deviation 4.9: three and a half of them to either side.
  for (const [name, count] of counts) ok(Math.abs(count - 25.6) < 17, `${name} holds ${count}`)
})

promises('a twenty-first region takes about a twenty-first of the copies', () => {
  const more = [...REGIONS, 'region-20']
  const taken = allShards().filter((shard) =>
    holdersOf(more, 2, shard).includes('region-20'),
  ).length
  // 24.4 expected, standard deviation 4.7.
  ok(taken > 7 && taken < 41, `${taken} shards`)
})

promises.run()

function holdersOf(found: readonly string[], replicas: number, shard: number): string[] {
  return replicasOf(shard, { shards: 1024, replicas, nodes: found.map((name) => ({ name })) })
}

function allShards(): number[] {
  return Array.from({ length: SHARDS }, (_, shard) => shard)
}

function handleOf(number: number): Uint8Array {
  const handle = new Uint8Array(16)
  new DataView(handle.buffer).setUint32(12, number)
  return handle
}

function tally<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
