import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Lanes, laneOf, type Lane } from '../../../node/search/lanes.ts'
import { Pace, type Paced } from '../../../node/search/pace.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'

const RUNNING = { border: 2, enrolment: 1, bulk: 1 }
const WAITING = { border: 2, enrolment: 1, bulk: 0 }
const WORK_MS = 100
const LIMITS = { eventsMax: 1_000 }

const promises = suite('lanes')

promises('are chosen by what the officer asks', () => {
  equal((['identify', 'verify', 'enrol', 'update'] as const).map(laneOf), [
    'border',
    'border',
    'enrolment',
    'enrolment',
  ])
})

promises('let in as many as there is room for, others in their turn, and no more', async () => {
  const { search, clock } = newLanes()
  const order: number[] = []
  const all = Array.from({ length: 6 }, async (_, i) => {
    const code = await search('border')
    if (code === 'done') order.push(i)
    return code
  })
  const codes = await clock.finish(Promise.all(all), LIMITS)
  equal(codes, ['done', 'done', 'done', 'done', 'overloaded', 'overloaded'])
  equal(order, [0, 1, 2, 3])
})

promises('take no place from each other', async () => {
  const { search, clock } = newLanes()
  const crowd = Array.from({ length: 50 }, async () => search('enrolment'))
  const traveller = search('border')
  const started = clock.now()
  is(await clock.finish(traveller, LIMITS), 'done')
  is(clock.now() - started, WORK_MS)
  const done = (await clock.finish(Promise.all(crowd), LIMITS)).filter((code) => code === 'done')
  is(done.length, 2)
})

promises('refuse who has waited for a quarter of its time', async () => {
  const { search, clock } = newLanes()
  const started = clock.now()
  const first = [search('enrolment', 10_000), search('enrolment', 2 * WORK_MS)]
  is(await clock.finish(first[1]!, LIMITS), 'overloaded')
  is(clock.now() - started, WORK_MS / 2)
  is(await clock.finish(first[0]!, LIMITS), 'done')
  is(await clock.finish(search('enrolment'), LIMITS), 'done')
})

promises('forget who does not want to be searched for any more', async () => {
  const { search, clock } = newLanes()
  const given = new AbortController()
  const first = search('enrolment')
  const second = search('enrolment', 10_000, given.signal)
  given.abort()
  is(await clock.finish(second, LIMITS), 'deadline')
  const third = search('enrolment')
  equal(await clock.finish(Promise.all([first, third]), LIMITS), ['done', 'done'])
  is(await clock.finish(search('enrolment', 10_000, given.signal), LIMITS), 'deadline')
})

promises('refuse at once whom the gallery has no time for', async () => {
  const { clock, pace, lanes } = newLanes({ border: 64, enrolment: 1, bulk: 1 })
  const work = async (): Promise<string> => {
    await clock.sleep(WORK_MS)
    return 'done'
  }
  let turn = Promise.resolve('')
  const inGallery = async (): Promise<string> => {
    turn = turn.then(work)
    return turn
  }
  const ask = async (): Promise<string> => {
    const wanted = { deadline: clock.now() + 10 * WORK_MS }
    const search = lanes.within('border', wanted, async () =>
      pace.of(travellerAt(clock.now()), inGallery),
    )
    return search.catch((error: unknown) => asTamgaError(error).code)
  }
  for (let round = 0; round < 40; round += 1) await clock.finish(ask(), LIMITS)
  const codes = await clock.finish(Promise.all(Array.from({ length: 64 }, ask)), LIMITS)
  equal(new Set(codes.slice(0, 7)), new Set(['done']))
  equal(new Set(codes.slice(8)), new Set(['overloaded']))
  is(await clock.finish(ask(), LIMITS), 'done')
})

promises('do not take a peer that is silent for too much work', async () => {
  const { clock, pace, lanes } = newLanes({ border: 64, enrolment: 1, bulk: 1 })
  const ask = async (): Promise<string> => {
    const wanted = { deadline: clock.now() + 10 * WORK_MS }
    const work = async (): Promise<string> => {
      await pace.of(travellerAt(clock.now()), async () => clock.sleep(1))
      await clock.sleep(10 * WORK_MS)
      return 'done'
    }
    return lanes.within('border', wanted, work).catch((error: unknown) => asTamgaError(error).code)
  }
  for (let round = 0; round < 4; round += 1) {
    const codes = await clock.finish(Promise.all(Array.from({ length: 32 }, ask)), LIMITS)
    equal(new Set(codes), new Set(['done']))
  }
})

promises('make room after work that fails', async () => {
  const { lanes, clock } = newLanes()
  const wanted = { deadline: clock.now() + 1_000 }
  for (let round = 0; round < 3; round += 1) {
    const failing = lanes.within('bulk', wanted, async () => Promise.reject(new Error('broken')))
    is(await failing.catch((error: Error) => error.message), 'broken')
  }
})

promises.run()

/** Whose search never has to be refused. */
function travellerAt(now: number): Paced {
  return { priority: 'border', deadline: now + 1_000 * WORK_MS, refuse: () => undefined }
}

function newLanes(running = RUNNING) {
  const clock = new VirtualClock({ seed: 1 })
  const pace = new Pace({ clock })
  const lanes = new Lanes(running, WAITING, { clock, pace })
  const search = async (lane: Lane, timeMs = 10_000, signal?: AbortSignal): Promise<string> => {
    const work = async (): Promise<string> => {
      await clock.sleep(WORK_MS)
      return 'done'
    }
    const wanted = { deadline: clock.now() + timeMs, signal }
    return lanes.within(lane, wanted, work).catch((error: unknown) => asTamgaError(error).code)
  }
  return { lanes, pace, search, clock }
}
