import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signCheckpoint } from '../../../crypto/checkpoint.ts'
import { ownAnchor } from '../../../node/log/ledger.ts'
import { logKeys } from '../../../node/log/log-keys.ts'
import type { Log } from '../../../node/log/log.ts'
import type { StoreOp } from '../../../node/store/store.ts'
import {
  entriesOf,
  entry,
  growTo,
  keyOf,
  NAME,
  noteOf,
  openLedger,
  openLog,
  openSigningLedger,
  openToRead,
  ORIGIN,
  OTHER_ORIGIN,
  otherwise,
  rootOf,
  ROSTER,
  stranger,
} from './support/logs.ts'
import { codeOf, contentOf, FaultyStore, put, TestDisk } from './support/test-disk.ts'

/** In the middle of the second package. */
const SIZE = 300

const keys = logKeys(NAME)

const promises = suite('a log held against its anchor')

let disk: TestDisk
let backup: TestDisk

/** A log of `SIZE` entries, and a backup of it. */
promises.before.each(async () => {
  disk = await TestDisk.create()
  await growTo(await openLog(disk), SIZE)
  backup = await disk.copy()
})

promises.after.each(async () => {
  await disk.remove()
  await backup.remove()
})

promises('is opened as it was, and signs once it is permitted to', async () => {
  const log = await openToRead(disk)
  equal([log.size, log.ahead, log.refusal, log.isSigning], [SIZE, undefined, undefined, false])
  is(await codeOf(log.append(entry(SIZE))), 'not-ready')
  await log.permit()
  is(log.isSigning, true)
  is(await log.append(entry(SIZE)), SIZE)
})

for (const fault of ['lost', 'kept'] as const) {
  promises(
    `has what its anchor took in last, if the database has it or not: ${fault}`,
    async () => {
      const store = new FaultyStore(await disk.open())
      const log = await openLog(disk, store)
      store.failNext(fault)
      const told = await Promise.all(entriesOf(SIZE, 310).map((bytes) => codeOf(log.append(bytes))))
      equal(new Set(told), new Set(['storage']))
      const again = await openToRead(disk)
      equal([again.size, again.ahead, again.refusal], [310, undefined, undefined])
      equal(await again.stored.entries(0, 310), entriesOf(0, 310))
      const { checkpoint } = again
      equal([(await openToRead(disk)).size, (await openToRead(disk)).checkpoint], [310, checkpoint])
    },
  )
}

promises('puts its very first entry in again', async () => {
  const fresh = await TestDisk.create()
  const store = new FaultyStore(await fresh.open())
  store.failNext('lost')
  is(await codeOf(openLog(fresh, store)), 'storage')
  const log = await openToRead(fresh)
  equal([log.size, await log.stored.entry(0)], [1, entry(0)])
  await fresh.remove()
})

promises('does not sign while the database lacks more than the last batch', async () => {
  const log = await openLog(disk)
  await growTo(log, 310)
  await growTo(log, 320)
  const newest = noteOf(log)
  await disk.takeFrom(backup, 'store')
  const behind = await openToRead(disk)
  equal([behind.size, behind.ahead, behind.refusal], [SIZE, newest, undefined])
  equal([await codeOf(behind.permit()), behind.isSigning], ['not-ready', false])
  equal(await behind.stored.entries(0, SIZE), entriesOf(0, SIZE))
})

promises('does not sign over an empty database, and does not begin anew', async () => {
  const store = await disk.open()
  const dels = (await store.range('log/', 'log0', 10_000)).map(([key]): StoreOp => {
    return { type: 'del', key }
  })
  await store.batch(dels, { durable: true })
  const log = await openToRead(disk)
  equal([log.size, log.refusal, log.checkpoint], [0, undefined, undefined])
  ok(log.ahead)
  is(await codeOf(log.permit()), 'not-ready')
  equal(await contentOf(await disk.open()), [])
})

promises('refuses where the anchor is older than the database', async () => {
  await growTo(await openLog(disk), 310)
  await disk.takeFrom(backup, 'anchors')
  const log = await openToRead(disk)
  await isRefused(log, 310, /310 signed entries, the anchor 300/)
})

promises('refuses where the anchor has another tree of that size', async () => {
  await growTo(await openLog(disk), 310)
  await growTo(await openLog(backup), 310, 'fork')
  await disk.takeFrom(backup, 'anchors')
  await isRefused(await openToRead(disk), 310, /other trees of 310 entries/)
})

promises('refuses where what is staged does not lead to what is anchored', async () => {
  await growTo(await openLog(disk), 310)
  // Another history, up to where this one's last batch begins.
  const before = await TestDisk.create()
  const log = await openLog(before)
  await growTo(log, SIZE, 'third')
  await disk.takeFrom(before, 'store')
  await before.remove()
  await isRefused(await openToRead(disk), SIZE, /staged does not lead/, 'third')
})

promises('refuses where the last entries are not what was signed', async () => {
  const store = await disk.open()
  const key = keys.entry(SIZE - 1)
  const value = (await store.get(key))!
  await store.batch([put(key, value.with(5, value[5]! ^ 1))], { durable: true })
  const log = await openToRead(disk, store)
  match(log.refusal ?? '', /entry 299 of almaty is not what was signed/)
  equal([await codeOf(log.permit()), log.size], ['not-ready', SIZE])
  equal(await log.stored.entries(0, SIZE - 1), entriesOf(0, SIZE - 1))
})

promises('refuses where a tile of its right edge is missing', async () => {
  const store = await disk.open()
  await store.batch([{ type: 'del', key: keys.tile(0, 1n) }], { durable: true })
  const log = await openToRead(disk, store)
  ok(log.refusal)
  equal([await codeOf(log.permit()), log.size], ['not-ready', 0])
})

promises('refuses where entries lie behind what was signed', async () => {
  const store = await disk.open()
  const { stored } = await openToRead(disk, store)
  await store.batch(stored.stage([utf8('one more')]).ops, { durable: true })
  await isRefused(await openToRead(disk), SIZE, /1 entries on disk that were never signed/)
})

promises('refuses where the anchor is that of another log', async () => {
  const name = ownAnchor(NAME)
  const at = { size: BigInt(SIZE), root: rootOf(entriesOf(0, SIZE)), extensions: [] }
  const theirs = signCheckpoint({ origin: OTHER_ORIGIN, ...at }, otherwise)
  const unsigned = signCheckpoint({ origin: ORIGIN, ...at }, stranger)
  for (const note of [theirs, unsigned, 'not a note']) {
    const anchor = await backup.anchors.open(name)
    await anchor.swap({ value: utf8(note), staged: new Uint8Array() })
    await disk.takeFrom(backup, 'anchors')
    await isRefused(await openToRead(disk), SIZE, /anchored is no checkpoint of/)
  }
})

promises('refuses where its anchor was lost and made anew', async () => {
  const fresh = await TestDisk.create()
  await openToRead(fresh)
  await disk.takeFrom(fresh, 'anchors')
  await fresh.remove()
  await isRefused(await openToRead(disk), SIZE, /300 signed entries, the anchor 0/)
})

promises('makes nothing by being opened', async () => {
  const fresh = await TestDisk.create()
  const store = await fresh.open()
  const options = { self: NAME, roster: ROSTER, genesis: () => entry(0) }
  const places = { store, anchors: fresh.anchors, key: keyOf(NAME) }
  is(await codeOf(openLedger(options, places)), 'not-found')
  is(existsSync(fresh.folder('anchors')), false)
  const log = await openToRead(fresh, store)
  equal([log.size, log.checkpoint, log.refusal], [0, undefined, undefined])
  equal([await contentOf(store), fresh.anchors.swapped], [[], []])
  await fresh.anchors.release()
  is((await openSigningLedger(options, places)).own.size, 1, 'once it was made it begins')
  await fresh.remove()
})

promises.run()

/** Says why it does not sign, and still shows what it has. */
async function isRefused(log: Log, size: number, why: RegExp, fork = ''): Promise<void> {
  match(log.refusal ?? '', why)
  equal([log.isSigning, log.ahead, log.size], [false, undefined, size])
  is(await codeOf(log.permit()), 'not-ready')
  is(await codeOf(log.append(entry(size))), 'not-ready')
  equal(await log.stored.entries(1, SIZE), entriesOf(1, SIZE, fork))
  is((await log.stored.inclusion(0, size)).length > 0, true)
}
