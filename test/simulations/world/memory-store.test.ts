import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'

import { TamgaError } from '../../../protocol/errors.ts'
import { NO_FAULTS, type DiskFaults } from '../../../simulations/world/faults.ts'
import { SimulatedDisk, SimulatedStore } from '../../../simulations/world/memory-store.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'

import type { StoreOp } from '../../../node/store/store.ts'

const store = suite('a simulated store')

store('keeps an ordered map and gives ranges of it', async () => {
  const { run, open } = machine('range')
  const opened = open()
  await run(opened.batch([put('b', 2), put('a', 1), put('d', 4)], { durable: true }))
  await run(opened.batch([put('c', 3), { type: 'del', key: 'd' }], { durable: true }))
  const entries = await run(opened.range('a', 'c', 10))
  equal(entries, [
    ['a', bytes(1)],
    ['b', bytes(2)],
  ])
  equal(await run(opened.range('b', 'z', 1)), [['b', bytes(2)]])
  equal(await run(opened.getMany(['c', 'd', 'a'])), [bytes(3), undefined, bytes(1)])
})

store('shares no bytes with whoever uses it', async () => {
  const { run, open } = machine('copies')
  const opened = open()
  const value = bytes(1)
  const written = opened.batch([{ type: 'put', key: 'k', value }], { durable: true })
  value[0] = 9
  await run(written)
  const read = await run(opened.get('k'))
  if (read) read[0] = 9
  equal(await run(opened.get('k')), bytes(1))
})

store('loses in a crash only a suffix, and nothing that was durable', async () => {
  const lossesSeen = new Set<number>()
  for (let seed = 0; seed < 60; seed += 1) {
    const { run, open, disk, random } = machine(seed)
    const opened = open()
    const durableUpTo = random.integer(10)
    for (let index = 0; index < 10; index += 1) {
      await run(opened.batch([put(`key${index}`, index)], { durable: index === durableUpTo }))
    }
    disk.crash(random)
    const left = (await run(open().range('', '~', 100))).map(([key]) => key)
    equal(
      left,
      Array.from({ length: left.length }, (_, index) => `key${index}`),
    )
    is(left.length > durableUpTo, true, `${left.length} left, ${durableUpTo} was durable`)
    lossesSeen.add(10 - left.length)
  }
  is(lossesSeen.size > 4, true, 'crashes differ in what they lose')
})

store('brings back what a lost batch had replaced or deleted', async () => {
  const { run, open, disk } = machine('undo')
  const opened = open()
  await run(opened.batch([put('a', 1), put('b', 1)], { durable: true }))
  const replacing = [put('a', 2), { type: 'del', key: 'b' }, put('a', 3), put('c', 3)] as const
  await run(opened.batch(replacing, { durable: false }))
  crashLosing(disk, 1)
  equal(await run(open().getMany(['a', 'b', 'c'])), [bytes(1), bytes(1), undefined])
})

store('never ends what a crash interrupts and refuses what comes later', async () => {
  const { run, open, disk, random, clock } = machine('interrupted')
  const opened = open()
  let settled = false
  const note = () => {
    settled = true
  }
  opened.batch([put('a', 1)], { durable: true }).then(note, note)
  disk.crash(random)
  await clock.run({ forMs: 60_000, eventsMax: 100 })
  is(settled, false)
  is(await code(run(opened.get('a'))), 'closed')
  is(await code(run(opened.batch([], { durable: true }))), 'closed')
})

store('finishes what is under way when it is closed, then refuses', async () => {
  const { run, open } = machine('closing')
  const first = open()
  const written = first.batch([put('a', 1)], { durable: false })
  await run(first.close())
  await written
  is(await code(run(first.get('a'))), 'closed')
  equal(await run(open().get('a')), bytes(1))
})

store('holds its disk alone', () => {
  const { open } = machine('lock')
  open()
  throws(() => open(), 'locked')
})

store('refuses to write after a failed write, which may be there after all', async () => {
  const kept = new Set<boolean>()
  for (let seed = 0; seed < 20; seed += 1) {
    const faults = { failureProbability: 1, keptAfterFailureProbability: 0.5 }
    const { run, open, disk, random } = machine(seed, faults)
    const opened = open()
    is(await code(run(opened.batch([put('a', 1)], { durable: true }))), 'storage')
    is(await code(run(opened.batch([put('b', 1)], { durable: true }))), 'storage')
    await run(opened.close())
    disk.sync()
    disk.crash(random)
    const [a, b] = await run(open().getMany(['a', 'b']))
    kept.add(a !== undefined)
    is(b, undefined)
  }
  is(kept.size, 2)
})

store('refuses keys that the real store refuses', async () => {
  const { run, open } = machine('keys')
  const opened = open()
  for (const key of ['', 'ә', 'k'.repeat(513)]) {
    is(await code(run(opened.batch([put('a', 1), put(key, 1)], { durable: true }))), 'internal')
  }
  is(await run(opened.get('a')), undefined)
})

store('leaves nothing behind on a full disk', async () => {
  const { run, open, disk } = machine('full')
  const opened = open()
  disk.full = true
  is(await code(run(opened.batch([put('a', 1)], { durable: true }))), 'storage')
  disk.full = false
  is(await run(opened.get('a')), undefined)
})

store('can be set back to an old backup, and have a bit flipped', async () => {
  const { run, open, disk, random } = machine('backup')
  const opened = open()
  await run(opened.batch([put('a', 1)], { durable: true }))
  const backup = disk.image()
  await run(opened.batch([put('a', 2), put('b', 2)], { durable: true }))
  disk.restore(backup)
  equal(await run(opened.getMany(['a', 'b'])), [bytes(1), undefined])
  disk.flipBit('a', random)
  const [flipped = 0] = (await run(opened.get('a'))) ?? []
  is(ones(flipped ^ 1), 1)
})

store.run()

function machine(seed: string | number, faults: Partial<DiskFaults> = {}) {
  const clock = new VirtualClock({ seed })
  const random = new SeededRandom(seed)
  const disk = new SimulatedDisk()
  return {
    clock,
    random,
    disk,
    open: () => new SimulatedStore({ ...NO_FAULTS.disk, ...faults }, { disk, clock, random }),
    run: <T>(work: Promise<T>) => clock.finish(work, { eventsMax: 1_000 }),
  }
}

/** A crash by a seed that loses exactly that many of two possible counts, 0 and 1. */
function crashLosing(disk: SimulatedDisk, count: number): void {
  for (let seed = 0; seed < 100; seed += 1) {
    if (new SeededRandom(seed).integer(2) === count) {
      is(disk.crash(new SeededRandom(seed)), count)
      return
    }
  }
  throw new Error('no seed loses that much')
}

function put(key: string, value: number): StoreOp {
  return { type: 'put', key, value: bytes(value) }
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values)
}

function ones(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was thrown',
    (thrown: unknown) => (thrown instanceof TamgaError ? thrown.code : String(thrown)),
  )
}
