import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { openCheckpoint } from '../../../crypto/checkpoint.ts'
import { APPEND_BATCH_MAX, APPEND_QUEUE_BYTES_MAX, APPEND_QUEUE_MAX } from '../../../node/limits.ts'
import { ENTRY_BYTES_MAX } from '../../../protocol/limits.ts'
import { entriesOf, entry, noteOf, openLog, ORIGIN, rootOf, verifier } from './support/logs.ts'
import { codeOf, FaultyStore, TestDisk, until } from './support/test-disk.ts'

const promises = suite('a node’s own log')

let disk: TestDisk

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('begins with its genesis entry, once', async () => {
  for (let boot = 0; boot < 3; boot += 1) {
    const log = await openLog(disk)
    is(log.size, 1)
    equal(await log.stored.entries(0, 1), [entry(0)])
  }
})

promises('gives thousands of concurrent appends indexes in the order they came', async () => {
  const appended = entriesOf(1, 5_001)
  const log = await openLog(disk)
  const indexes = await Promise.all(appended.map((bytes) => log.append(bytes)))
  equal(
    indexes,
    appended.map((_, i) => i + 1),
  )
  const { checkpoint } = log
  const again = await openLog(disk)
  is(again.size, 5_001)
  is(again.checkpoint, checkpoint)
  equal(await again.stored.entries(1, 5_001), appended)
})

promises(
  'keeps the order of callers that wait for their turn and of those that do not',
  async () => {
    const log = await openLog(disk)
    const order: number[] = []
    const appends = []
    for (const [i, bytes] of entriesOf(1, 301).entries()) {
      appends.push(log.append(bytes).then((index) => order.push(index)))
      if (i % 7 === 0) await Promise.resolve()
      if (i % 50 === 0) await appends.at(-1)
    }
    await Promise.all(appends)
    equal(
      order,
      appends.map((_, i) => i + 1),
    )
    equal(await log.stored.entries(0, 301), entriesOf(0, 301))
  },
)

promises('signs the tree of its entries, whatever it is opened and closed at', async () => {
  for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 700]) {
    const log = await openLog(disk)
    await Promise.all(entriesOf(log.size, size).map((bytes) => log.append(bytes)))
    const checkpoint = openCheckpoint(noteOf(log), ORIGIN, verifier)
    is(checkpoint.size, BigInt(size))
    equal(checkpoint.root, rootOf(entriesOf(0, size)))
    equal(log.stored.root, checkpoint.root)
    equal(checkpoint.extensions, [])
  }
})

promises('shows nothing of an entry before it is durable', async () => {
  const store = new FaultyStore(await disk.open())
  const log = await openLog(disk, store)
  const before = log.checkpoint
  const shown: string[] = []
  log.onGrown(() => shown.push(`grown to ${log.size}`))
  const release = store.hold()
  const appended = log.append(entry(1)).then((index) => shown.push(`entry ${index}`))
  await until(() => store.durable.length === 2)
  is(disk.anchors.swapped.length, 2, 'the anchor knows of it before')
  equal([log.size, log.checkpoint, log.stored.size, shown.length], [1, before, 1, 0])
  is(await codeOf(log.stored.inclusion(0, 2)), 'not-found')
  release()
  await appended
  equal([log.size, shown.toSorted()], [2, ['entry 1', 'grown to 2']])
  is(openCheckpoint(noteOf(log), ORIGIN, verifier).size, 2n)
  ok(store.durable.every(Boolean), 'no batch of an own log may be lost')
})

promises('puts what arrives during a write into the next one', async () => {
  const store = new FaultyStore(await disk.open())
  const log = await openLog(disk, store)
  const release = store.hold()
  const appends = [log.append(entry(1))]
  await until(() => store.durable.length === 2)
  const rest = entriesOf(2, 2 + 2 * APPEND_BATCH_MAX)
  appends.push(...rest.map((bytes) => log.append(bytes)))
  release()
  await Promise.all(appends)
  is(store.durable.length, 4, 'genesis, the first, and two full batches')
})

promises('refuses an entry that no log may hold, and nothing else', async () => {
  const log = await openLog(disk)
  const longest = new Uint8Array(ENTRY_BYTES_MAX)
  const [refused, index] = await Promise.all([
    codeOf(log.append(new Uint8Array(ENTRY_BYTES_MAX + 1))),
    log.append(longest),
  ])
  equal([refused, index, log.size], ['too-large', 1, 2])
  equal(await log.stored.entry(1), longest)
  is(await log.append(new Uint8Array()), 2)
  equal(await log.stored.entry(2), new Uint8Array())
})

promises('holds so many entries waiting, and of one more it does nothing', async () => {
  const store = new FaultyStore(await disk.open())
  const log = await openLog(disk, store)
  const release = store.hold()
  const first = log.append(entry(1))
  await until(() => store.durable.length === 2)
  const waiting = Array.from({ length: APPEND_QUEUE_MAX }, (_, i) => {
    return log.append(Uint8Array.of(i, i >> 8))
  })
  is(await codeOf(log.append(entry(2))), 'overloaded')
  release()
  const indexes = await Promise.all([first, ...waiting])
  equal([indexes.length, indexes.at(-1), log.size], [APPEND_QUEUE_MAX + 1, log.size - 1, 16_386])
  is(log.isBroken, false)
  is(await log.append(entry(2)), log.size - 1, 'once there is room it takes entries again')
})

promises('has a queue that is bounded in bytes too', async () => {
  const store = new FaultyStore(await disk.open())
  const log = await openLog(disk, store)
  const release = store.hold()
  const first = log.append(entry(1))
  await until(() => store.durable.length === 2)
  const fitting = Math.floor(APPEND_QUEUE_BYTES_MAX / ENTRY_BYTES_MAX)
  const longest = new Uint8Array(ENTRY_BYTES_MAX)
  const waiting = Array.from({ length: fitting }, () => log.append(longest))
  is(await codeOf(log.append(longest)), 'overloaded')
  release()
  is((await Promise.all([first, ...waiting])).length, fitting + 1)
  is(await log.append(longest), log.size - 1, 'once there is room it takes entries again')
})

promises('finishes what it writes when it is closed, and takes no more', async () => {
  const store = new FaultyStore(await disk.open())
  const log = await openLog(disk, store)
  const release = store.hold()
  const written = log.append(entry(1))
  await until(() => store.durable.length === 2)
  const waiting = codeOf(log.append(entry(2)))
  log.close()
  const late = codeOf(log.append(entry(3)))
  release()
  equal(await Promise.all([written, waiting, late]), [1, 'closed', 'closed'])
  equal([log.isBroken, log.size], [true, 2])
  is((await openLog(disk)).size, 2)
})

promises('proves nothing that is not there', async () => {
  const log = await openLog(disk)
  const { stored } = log
  is(await codeOf(stored.entries(0, 2)), 'not-found')
  is(await codeOf(stored.inclusion(1, 1)), 'not-found')
  is(await codeOf(stored.inclusion(-1, 1)), 'not-found')
  is(await codeOf(stored.inclusion(0, 2)), 'not-found')
  is(await codeOf(stored.consistency(1, 2)), 'not-found')
  is(await codeOf(stored.subtree(0, 2, 2)), 'not-found')
  is(await codeOf(stored.rootAt(2)), 'not-found')
})

promises.run()
