import { array, assert as check, integer, property } from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'

import { EventQueue } from '../../../simulations/world/event-queue.ts'
import { LocalClock } from '../../../simulations/world/local-clock.ts'
import { SimulationError } from '../../../simulations/world/simulation-error.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'

const eventsMax = 10_000

const queue = suite('an event queue')

queue('gives events by time, then by arrival, and cancelled ones never', () => {
  const times = array(integer({ min: 0, max: 20 }), { maxLength: 3_000 })
  check(
    property(times, integer({ min: 1, max: 5 }), (dueTimes, cancelEvery) => {
      const events = new EventQueue()
      const kept: { at: number; order: number }[] = []
      for (const [order, at] of dueTimes.entries()) {
        const cancel = events.push(at, () => {})
        if (order % cancelEvery === 0) cancel()
        else kept.push({ at, order })
      }
      is(events.size, kept.length)
      const given: { at: number; order: number }[] = []
      for (let event = events.pop(); event !== undefined; event = events.pop()) {
        given.push({ at: event.at, order: event.order })
      }
      equal(
        given,
        kept.toSorted((a, b) => a.at - b.at || a.order - b.order),
      )
    }),
    { numRuns: 50 },
  )
})

queue.run()

const clock = suite('a virtual clock')

clock('lets a year pass without waiting for it', async () => {
  const virtual = new VirtualClock({ seed: 1, startMs: 0 })
  const year = 365 * 24 * 3_600_000
  await virtual.finish(virtual.sleep(year), { eventsMax })
  is(virtual.now(), year)
})

clock('brings everything to rest before the next event', async () => {
  const virtual = new VirtualClock({ seed: 1 })
  const seen: string[] = []
  const chain = async (name: string) => {
    await virtual.sleep(5)
    for (let step = 0; step < 50; step += 1) await Promise.resolve()
    await new Promise((resolve) => {
      process.nextTick(resolve)
    })
    seen.push(name)
  }
  void chain('first')
  void chain('second')
  virtual.timer(5, () => seen.push('third'))
  await virtual.run({ eventsMax })
  equal(seen, ['first', 'second', 'third'])
})

clock('stops after the time it was given, at that time', async () => {
  const virtual = new VirtualClock({ seed: 1, startMs: 0 })
  let late = false
  virtual.timer(101, () => {
    late = true
  })
  await virtual.run({ forMs: 100, eventsMax })
  is(virtual.now(), 100)
  is(late, false)
  await virtual.run({ forMs: 1, eventsMax })
  is(late, true)
})

clock('reports a deadlock and names the seed', async () => {
  const virtual = new VirtualClock({ seed: 'abc-42' })
  const cancel = virtual.timer(5, () => {})
  cancel()
  const error = await failure(virtual.finish(new Promise(() => {}), { eventsMax }))
  is(error.code, 'deadlock')
  is(error.seed, 'abc-42')
  is(error.message.includes('abc-42'), true)
})

clock('reports what does not happen in time', async () => {
  const virtual = new VirtualClock({ seed: 1 })
  const beat = () => {
    virtual.timer(1_000, beat)
  }
  beat()
  const error = await failure(virtual.run({ until: () => false, forMs: 60_000, eventsMax }))
  is(error.code, 'overdue')
})

clock('reports a loop that never ends', async () => {
  const virtual = new VirtualClock({ seed: 1 })
  const spin = () => {
    virtual.timer(0, spin)
  }
  spin()
  const error = await failure(virtual.run({ until: () => false, eventsMax: 100 }))
  is(error.code, 'runaway')
})

clock('reports an event that throws, with its cause', async () => {
  const virtual = new VirtualClock({ seed: 9 })
  const cause = new Error('broken listener')
  virtual.timer(1, () => {
    throw cause
  })
  const error = await failure(virtual.run({ eventsMax }))
  is(error.code, 'fault')
  is(error.cause, cause)
})

clock('passes on what the work it finishes is rejected with', async () => {
  const virtual = new VirtualClock({ seed: 1 })
  const work = virtual.sleep(1).then(() => {
    throw new Error('as expected')
  })
  const outcome = await virtual.finish(work, { eventsMax }).catch(String)
  is(outcome, 'Error: as expected')
})

clock('is seen by each machine with an offset of its own', async () => {
  const virtual = new VirtualClock({ seed: 1, startMs: 1_000 })
  const local = new LocalClock({ offsetMs: -300 }, { clock: virtual })
  is(local.now(), 700)
  await virtual.finish(local.sleep(50), { eventsMax })
  is(virtual.now(), 1_050)
  local.shift(-100)
  is(local.now(), 650)
})

clock('wakes nobody on a machine that has stopped', async () => {
  const virtual = new VirtualClock({ seed: 1 })
  const local = new LocalClock({ offsetMs: 0 }, { clock: virtual })
  const woken: string[] = []
  void local.sleep(10).then(() => woken.push('before'))
  local.stop()
  void local.sleep(10).then(() => woken.push('after'))
  await virtual.run({ forMs: 1_000, eventsMax })
  equal(woken, [])
})

clock.run()

async function failure(work: Promise<unknown>): Promise<SimulationError> {
  const thrown = await work.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  )
  if (thrown instanceof SimulationError) return thrown
  throw thrown
}
