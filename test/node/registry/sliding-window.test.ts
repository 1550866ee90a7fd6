import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Recent, SlidingWindow } from '../../../node/registry/sliding-window.ts'
import { STATEMENT_AHEAD_MS_MAX } from '../../../protocol/statement.ts'

const promises = suite('a sliding window')
const names = suite('names used last')

promises('counts what lies within it, in whatever order it came, up to as many as it keeps', () => {
  const times = fc.array(fc.nat(1_000_000), { maxLength: 40 })
  fc.assert(
    fc.property(times, fc.nat(1_000_000), fc.integer({ min: 1, max: 20 }), (all, now, most) => {
      const window = new SlidingWindow(most)
      for (const at of all) window.add(at)
      const newest = all.toSorted((a, b) => a - b).slice(-most)
      const within = newest.filter((at) => at > now - 1_000 && at <= now + STATEMENT_AHEAD_MS_MAX)
      is(window.count(now, 1_000), within.length)
    }),
  )
})

names('are kept, and the one that was not used for longest is forgotten', () => {
  const recent = new Recent<number>(2)
  recent.put('a', 1)
  is(
    recent.get('b', () => 2),
    2,
  )
  is(recent.get('a'), 1)
  recent.put('c', 3)
  equal([recent.get('a'), recent.get('b'), recent.get('c')], [1, undefined, 3])
})

names('are made once', () => {
  const recent = new Recent<object>(2)
  is(
    recent.get('a', () => ({})),
    recent.get('a', () => ({})),
  )
})

promises.run()
names.run()
