import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import { fromHex, toHex } from '../../../crypto/bytes.ts'
import { NO_FAULTS } from '../../../simulations/world/faults.ts'
import { SimulatedDisk, SimulatedStore } from '../../../simulations/world/memory-store.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { VirtualClock } from '../../../simulations/world/virtual-clock.ts'
import { codeOf, contentOf, TestDisk } from '../log/support/test-disk.ts'
import { halfRotated, handlesOf, openBook, PEOPLE, people } from './support/book.ts'

let disk: TestDisk

const promises = suite('a rotation of the handle book')

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('leaves every handle as it is, and nothing of the old key', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const handles = await handlesOf(book)
  const before = await contentOf(store)
  await book.rotate()
  equal(await handlesOf(book), handles)
  const after = await contentOf(store)
  is(after.length, before.length)
  const names = new Set(before.map((entry) => entry.split(' ')[0]))
  is(
    after.some((entry) => names.has(entry.split(' ')[0])),
    false,
  )
  const named = handles.map((handle) => book.iinOf(fromHex(handle)))
  equal(await Promise.all(named), people)
  equal(await handlesOf(await openBook(await disk.open())), handles)
})

promises('answers, gives and forgets meanwhile', async () => {
  const book = await openBook(await disk.open())
  const old = people.slice(0, -10)
  const handles = await handlesOf(book, old)
  const asked = [
    book.rotate(),
    book.forget(fromHex(handles[0]!)),
    Promise.all(old.slice(1).map((iin) => book.find(iin))),
    Promise.all(handles.slice(1).map((handle) => book.iinOf(fromHex(handle)))),
    handlesOf(book),
  ] as const
  const [, , found, named, given] = await Promise.all(asked)
  equal(found, handles.slice(1).map(fromHex))
  equal(named, old.slice(1))
  equal(given.slice(1, old.length), handles.slice(1))
  not.equal(given[0], handles[0])
  equal(await handlesOf(book), given)
  is(await book.iinOf(fromHex(handles[0]!)), undefined)
})

promises('may be asked for twice at once', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const handles = await handlesOf(book)
  await Promise.all([book.rotate(), book.rotate()])
  equal(await handlesOf(book), handles)
  is((await contentOf(store)).length, 2 * PEOPLE + 1)
})

/** Batches of a rotation: the new key, three pages of rows, the end of the old key. */
const BATCHES = 5

for (let batch = 0; batch < BATCHES; batch += 1) {
  for (const fault of ['kept', 'lost'] as const) {
    promises(`goes on after batch ${batch + 1} has failed and was ${fault}`, async () => {
      const { handles, isFailed } = await halfRotated(disk, { batch, fault })
      is(isFailed, true)
      const store = await disk.open()
      const book = await openBook(store)
      equal(await handlesOf(book), handles)
      await book.resume()
      equal(await handlesOf(book), handles)
      is((await contentOf(store)).length, 2 * PEOPLE + 1)
    })
  }
}

promises('goes on in the same process too, and a further one takes all of it', async () => {
  for (const further of ['resume', 'rotate'] as const) {
    const { book, handles, store } = await halfRotated(disk)
    equal(await handlesOf(book), handles)
    await book[further]()
    equal(await handlesOf(book), handles)
    is((await contentOf(store)).length, 2 * PEOPLE + 1)
  }
})

promises('is refused when too many have begun and none has ended', async () => {
  const { book, failing, handles } = await halfRotated(disk)
  const codes: unknown[] = []
  for (let begun = 0; begun < 8; begun += 1) {
    failing.failAt(1)
    codes.push(await codeOf(book.rotate()))
  }
  equal([codes[0], codes.at(-1)], ['storage', 'conflict'])
  failing.failAt(Infinity)
  equal(await handlesOf(await openBook(await disk.open())), handles)
})

promises('loses nobody when the power goes', async () => {
  const seen = new Set<number>()
  for (let seed = 0; seed < 40; seed += 1) seen.add(await powerCut(seed))
  is(seen.size > 1, true, 'cuts differ in what they hit')
})

promises.run()

/** Cuts the power at some moment of a rotation; returns how many keys were on the disk then. */
async function powerCut(seed: number): Promise<number> {
  const chance = new SeededRandom(seed)
  const clock = new VirtualClock({ seed })
  const machine = { disk: new SimulatedDisk(), clock, random: chance }
  const start = () => openBook(new SimulatedStore(NO_FAULTS.disk, machine))
  const run = <T>(work: Promise<T>): Promise<T> => clock.finish(work, { eventsMax: 10_000 })
  const book = await run(start())
  const given = new Map<string, string>()
  const give = async (iin: string): Promise<void> => {
    given.set(iin, toHex(await book.handleOf(iin)))
  }
  await run(Promise.all(people.slice(0, 40).map(give)))
  void book.rotate()
  for (const iin of people.slice(40)) void give(iin)
  await clock.run({ forMs: chance.integer(30), eventsMax: 10_000 })
  machine.disk.crash(chance)
  const keys = machine.disk.range('handle-book/key/', 'handle-book/key/~', 10).length
  const reopened = await run(start())
  await run(reopened.resume())
  for (const [iin, handle] of given) {
    is(toHex((await run(reopened.find(iin)))!), handle)
    is(await run(reopened.iinOf(fromHex(handle))), iin)
  }
  is(machine.disk.range('handle-book/key/', 'handle-book/key/~', 10).length, 1)
  return keys
}
