import { assert as check, integer, property, string } from 'fast-check'
import { suite } from 'uvu'
import { equal, is, not, throws } from 'uvu/assert'

import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { Xoshiro128 } from '../../../simulations/world/xoshiro128.ts'

const generator = suite('xoshiro128**')

generator('gives what the reference implementation gives from the state 1, 2, 3, 4', () => {
  const xoshiro = new Xoshiro128([1, 2, 3, 4])
  const outputs = Array.from({ length: 10 }, () => xoshiro.next())
  equal(
    outputs,
    [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ],
  )
})

generator('refuses the state that it could never leave', () => {
  throws(() => new Xoshiro128([0, 0, 0, 0]), RangeError)
})

generator.run()

const random = suite('seeded randomness')

random('is the same for the same seed', () => {
  check(
    property(string(), integer({ min: 0, max: 64 }), (seed, length) => {
      equal(new SeededRandom(seed).bytes(length), new SeededRandom(seed).bytes(length))
    }),
  )
})

random('differs from seed to seed and from fork to fork', () => {
  const streams = [1, 2, 'a', 'b'].flatMap((seed) => {
    const root = new SeededRandom(seed)
    return [root, root.fork('x'), root.fork('y'), root.fork('x').fork('y')]
  })
  const drawn = new Set(streams.map((stream) => stream.bytes(16).join()))
  is(drawn.size, streams.length)
})

random('forks alike however much was drawn before', () => {
  const fresh = new SeededRandom(7)
  const used = new SeededRandom(7)
  used.bytes(1000)
  equal(used.fork('disk').bytes(32), fresh.fork('disk').bytes(32))
  not.equal(used.bytes(32), fresh.bytes(32))
})

random('spreads whole numbers evenly', () => {
  const source = new SeededRandom('even')
  const counts = Array.from({ length: 10 }, () => 0)
  for (let count = 0; count < 100_000; count += 1) {
    const digit = source.integer(10)
    counts[digit] = (counts[digit] ?? 0) + 1
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  is(chiSquare < 27.9, true, `chi-square ${chiSquare} for 9 degrees of freedom`)
})

random('draws normal variates of the mean and deviation asked for', () => {
  const source = new SeededRandom('normal')
  const values = Array.from({ length: 20_000 }, () => source.normal(10, 3))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  is(Math.abs(mean - 10) < 0.1, true, `mean ${mean}`)
  is(Math.abs(Math.sqrt(variance) - 3) < 0.1, true, `deviation ${Math.sqrt(variance)}`)
})

random('shuffles without loss', () => {
  const items = Array.from({ length: 50 }, (_, index) => index)
  const shuffled = new SeededRandom(3).shuffled(items)
  not.equal(shuffled, items)
  equal(
    shuffled.toSorted((a, b) => a - b),
    items,
  )
})

random('refuses to draw from nothing', () => {
  throws(() => new SeededRandom(1).integer(0), RangeError)
  throws(() => new SeededRandom(1).pick([]), RangeError)
})

random.run()
