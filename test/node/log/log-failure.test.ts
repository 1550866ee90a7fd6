import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import type { Log } from '../../../node/log/log.ts'
import { NO_FAULTS, type DiskFaults } from '../../../simulations/world/faults.ts'
import { SimulatedDisk, SimulatedStore } from '../../../simulations/world/memory-store.ts'
import {
  SimulatedAnchorDisk,
  SimulatedAnchors,
} from '../../../simulations/world/simulated-anchors.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { APPEND_BATCH_MAX } from '../../../node/limits.ts'
import { checkLog } from './support/checks.ts'
import {
  entriesOf,
  entry,
  growTo,
  noteOf,
  openLog,
  openLogAt,
  ORIGIN,
  verifier,
  type Places,
} from './support/logs.ts'
import { codeOf, FaultyStore, TestDisk, until } from './support/test-disk.ts'

const promises = suite('a log whose disk fails')

let disk: TestDisk

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

for (const where of ['store', 'anchor'] as const) {
  for (const fault of ['lost', 'kept'] as const) {
    const what = `${where}, ${fault}`
    promises(`tells all who wait, and takes no more until it is opened: ${what}`, async () => {
      const store = new FaultyStore(await disk.open())
      const log = await openLog(disk, store)
      await growTo(log, 250)
      const { checkpoint } = log
      const batches = store.durable.length
      let grown = 0
      log.onGrown(() => (grown += 1))
      const failing = where === 'store' ? store : disk.anchors
      const release = failing.hold()
      const writing = entriesOf(250, 260, 'first').map((bytes) => codeOf(log.append(bytes)))
      await until(() => (where === 'store' ? store.durable : disk.anchors.swapped).length === 3)
      const waiting = entriesOf(260, 270, 'first').map((bytes) => codeOf(log.append(bytes)))
      failing.failNext(fault)
      release()
      const told = await Promise.all([...writing, ...waiting])
      equal(
        told,
        told.map(() => 'storage'),
      )
      is(await codeOf(log.append(entry(1))), 'storage')
      equal([log.isBroken, log.size, log.checkpoint, grown], [true, 250, checkpoint, 0])
      is(store.durable.length, where === 'store' ? batches + 1 : batches)
      is(disk.anchors.swapped.length, 3, 'genesis, the entries, and the batch that failed')
    })

    promises(`has all of the batch or nothing of it when it is opened: ${what}`, async () => {
      const store = new FaultyStore(await disk.open())
      const log = await openLog(disk, store)
      await growTo(log, 250)
      const shown = noteOf(log)
      const failing = where === 'store' ? store : disk.anchors
      failing.failNext(fault)
      await Promise.all(entriesOf(250, 260, 'first').map((bytes) => codeOf(log.append(bytes))))

      const again = await openLog(disk)
      // What the anchor has taken in was signed, and is put in again.
      is(again.size, where === 'anchor' && fault === 'lost' ? 250 : 260)
      const kept = await again.stored.entries(0, again.size)
      equal(kept, [...entriesOf(0, 250), ...entriesOf(250, again.size, 'first')])
      await growTo(again, 300, 'second')
      equal(
        await again.stored.entries(0, 300),
        [...kept, ...entriesOf(kept.length, 300, 'second')],
        'what was there once stays',
      )
      await isBeginning(shown, again)
      equal(await checkLog(await disk.open()), { told: [], size: 300 })
    })
  }
}

for (const fault of ['lost', 'kept'] as const) {
  promises(`lets go of what was made ready behind a batch that fails: ${fault}`, async () => {
    const store = new FaultyStore(await disk.open())
    const log = await openLog(disk, store)
    const release = store.hold()
    const appends = entriesOf(1, 1 + 3 * APPEND_BATCH_MAX).map((bytes) => log.append(bytes))
    const told = appends.map((append) => codeOf(append))
    await until(() => store.durable.length === 2)
    store.failNext(fault)
    release()
    is((await Promise.all(told)).filter((code) => code !== 'storage').length, 0)
    is(log.size, 1)
    const again = await openLog(disk)
    is(again.size, 1 + APPEND_BATCH_MAX, 'the anchor knows of the first batch and of no other')
    equal(await again.stored.entries(1, again.size), entriesOf(1, again.size))
    await growTo(again, again.size + 10, 'later')
    const { size } = again
    equal(await checkLog(await disk.open()), { told: [], size })
  })
}

promises('cannot be begun on a disk that refuses to be written to', async () => {
  const store = new FaultyStore(await disk.open())
  store.failNext('lost')
  is(await codeOf(openLog(disk, store)), 'storage')
  is((await openLog(disk, store)).size, 1)
})

promises('cannot be begun where the anchor refuses to be written to', async () => {
  disk.anchors.failNext('lost')
  is(await codeOf(openLog(disk)), 'storage')
  const again = await openLog(disk)
  equal([again.size, await again.stored.entry(0)], [1, entry(0)])
})

/** Disks that fail often, in both ways, and lose power in between. */
const FAULTS: DiskFaults = {
  ...NO_FAULTS.disk,
  failureProbability: 0.1,
  keptAfterFailureProbability: 0.5,
}

const SEEDS = 20
const LIVES = 8

promises(`never shows two contents for one index: ${SEEDS} seeds of ${LIVES} lives`, async () => {
  let failures = 0
  for (let seed = 0; seed < SEEDS; seed += 1) failures += await live(seed)
  ok(failures > SEEDS, `${failures} batches failed`)
})

promises.run()

/** Appends in life after life of one disk; returns how many lives ended in a failure. */
async function live(seed: number): Promise<number> {
  const random = new SeededRandom(seed)
  const clock = new VirtualClock({ seed })
  const simulated = new SimulatedDisk()
  const anchored = new SimulatedAnchorDisk()
  const shown: string[] = []
  const acknowledged = new Map<number, Uint8Array>()
  let failures = 0
  for (let life = 0; life < LIVES; life += 1) {
    const faults = life < LIVES - 1 ? FAULTS : NO_FAULTS.disk
    const modules = { clock, random: random.fork(`disk ${life}`) }
    const store = new SimulatedStore(faults, { disk: simulated, ...modules })
    const anchors = new SimulatedAnchors(faults, { disk: anchored, ...modules })
    const places = { store, anchors }
    const run = clock.finish(liveOnce(places, { life, random, shown, acknowledged }), {
      eventsMax: 10_000,
    })
    if (await run) failures += 1
    simulated.crash(random)
    anchored.crash(random)
  }
  const store = new SimulatedStore(NO_FAULTS.disk, { disk: simulated, clock, random })
  const anchors = new SimulatedAnchors(NO_FAULTS.disk, { disk: anchored, clock, random })
  const checked = checkHistory({ store, anchors }, { shown, acknowledged })
  await clock.finish(checked, { eventsMax: 10_000 })
  return failures
}

interface History {
  readonly shown: string[]
  readonly acknowledged: Map<number, Uint8Array>
}

interface Life extends History {
  readonly life: number
  readonly random: SeededRandom
}

/** Whether the disk failed. */
async function liveOnce(places: Places, history: Life): Promise<boolean> {
  const { life, random, shown, acknowledged } = history
  let log: Log
  try {
    log = await openLogAt(places)
  } catch {
    return true
  }
  log.onGrown(() => shown.push(noteOf(log)))
  shown.push(noteOf(log))
  for (let round = 0; round < 5; round += 1) {
    const entries = entriesOf(0, 1 + random.integer(120), `life ${life} ${round}`)
    await Promise.allSettled(
      entries.map(async (bytes) => {
        const index = await log.append(bytes)
        is(acknowledged.has(index), false, `index ${index} was given away twice`)
        acknowledged.set(index, bytes)
      }),
    )
  }
  return log.isBroken
}

async function checkHistory(places: Places, { shown, acknowledged }: History) {
  const log = await openLogAt(places)
  for (const note of new Set(shown)) await isBeginning(note, log)
  for (const [index, bytes] of acknowledged) equal(await log.stored.entry(index), bytes)
  equal(await checkLog(places.store), { told: [], size: log.size })
}

/** That what the log has signed before is the beginning of what it is now. */
async function isBeginning(note: string, log: Log): Promise<void> {
  const { size, root } = openCheckpoint(note, ORIGIN, verifier)
  equal(await log.stored.rootAt(Number(size)), root)
}
