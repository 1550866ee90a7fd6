import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { Pace } from '../../../node/search/pace.ts'
import type { Priority } from '../../../matcher/gallery/gallery.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'

const WORK_MS = 100
const LIMITS = { eventsMax: 10_000 }

const promises = suite('the pace of a gallery')

promises('is what one search takes of it, however many wait', async () => {
  const { clock, pace, search } = newGallery()
  is(pace.backlogMs('border'), 0)
  await clock.finish(Promise.all(Array.from({ length: 60 }, async () => search())), LIMITS)
  is(Math.round(pace.backlogMs('border', 1)), WORK_MS)
  is(Math.round(pace.backlogMs('border', 3)), 3 * WORK_MS)
})

promises('leaves no time to those who are due last, whoever came first', async () => {
  const { clock, search } = newGallery()
  for (let round = 0; round < 60; round += 1) await clock.finish(search(), LIMITS)
  const late = Array.from({ length: 8 }, async () => search({ timeMs: 10 * WORK_MS }))
  const soon = Array.from({ length: 6 }, async () => search({ timeMs: 8 * WORK_MS }))
  const ended = await clock.finish(Promise.all([...soon, ...late]), LIMITS)
  equal(
    ended.slice(0, 6),
    Array.from(soon, () => 'done'),
  )
  equal(
    ended.slice(-5),
    Array.from({ length: 5 }, () => 'refused'),
  )
})

promises('refuses no search but a traveller’s', async () => {
  const { clock, search } = newGallery()
  for (let round = 0; round < 60; round += 1) await clock.finish(search(), LIMITS)
  const hopeless = { priority: 'enrolment', timeMs: 2 * WORK_MS } as const
  const all = Array.from({ length: 8 }, async () => search(hopeless))
  equal(new Set(await clock.finish(Promise.all(all), LIMITS)), new Set(['done']))
})

promises.run()

interface Wanted {
  readonly priority?: Priority
  readonly timeMs?: number
}

/** It does one search after the other, but for those that are refused. */
function newGallery() {
  const clock = new VirtualClock({ seed: 1 })
  const pace = new Pace({ clock })
  let turn = Promise.resolve()
  const search = async ({ priority = 'border', timeMs = 1e6 }: Wanted = {}): Promise<string> => {
    const given = new AbortController()
    const work = async (): Promise<void> => {
      turn = turn.then(async () => {
        if (!given.signal.aborted) await clock.sleep(WORK_MS)
      })
      await turn
      if (given.signal.aborted) throw new Error('refused')
    }
    const one = { priority, deadline: clock.now() + timeMs, refuse: () => given.abort() }
    return pace.of(one, work).then(
      () => 'done',
      () => 'refused',
    )
  }
  return { clock, pace, search }
}
