import { suite } from 'uvu'
import { equal, is, not, ok } from 'uvu/assert'
import { openCheckpoint, signCheckpoint } from '../../../crypto/checkpoint.ts'
import type { Log } from '../../../node/log/log.ts'
import type { Mirror } from '../../../node/log/mirror.ts'
import type { Store } from '../../../node/store/store.ts'
import {
  copyUpTo,
  entriesOf,
  growTo,
  NAME,
  openLog,
  openMirror,
  ORIGIN,
  pageOf,
  rootOf,
  signer,
  verifier,
} from './support/logs.ts'
import { codeOf, contentOf, put, TestDisk } from './support/test-disk.ts'
import { logKeys } from '../../../node/log/log-keys.ts'

/** Where the two histories part: in the middle of the second package. */
const FORK = 300

const promises = suite('a log that signs two histories')

let disks: TestDisk[]
let left: Log
let right: Log
let honest = ''
let mirrorDisk: TestDisk

/** A disk is copied, and the log runs on from both. */
promises.before.each(async () => {
  const one = await TestDisk.create()
  const log = await openLog(await one.open())
  await growTo(log, FORK)
  honest = log.checkpoint
  const two = await one.copy()
  left = await openLog(await one.open())
  right = await openLog(await two.open())
  mirrorDisk = await TestDisk.create()
  disks = [one, two, mirrorDisk]
})

promises.after.each(async () => {
  for (const disk of disks) await disk.remove()
})

promises('is convicted by a checkpoint of the same size', async () => {
  await growBoth(310, 310)
  const store = await mirrorDisk.open()
  const mirror = await openMirror(store)
  await copyUpTo(mirror, left.stored, left.checkpoint)
  is(await codeOf(mirror.check(right.checkpoint)), 'equivocation')
  is(mirror.quarantined, true)
  equal(await evidence(store), [left.checkpoint, right.checkpoint])
})

promises('is convicted by a checkpoint of a smaller size', async () => {
  await growBoth(520, 305)
  const store = await mirrorDisk.open()
  const mirror = await openMirror(store)
  await copyUpTo(mirror, left.stored, left.checkpoint)
  is(await codeOf(mirror.check(right.checkpoint)), 'equivocation')
  equal(await evidence(store), [left.checkpoint, right.checkpoint])
})

promises('cannot lead a copy away from what is in its unfinished package', async () => {
  await growBoth(310, 320)
  const mirror = await openMirror(await mirrorDisk.open())
  await copyUpTo(mirror, left.stored, left.checkpoint)
  is(await codeOf(copyUpTo(mirror, right.stored, right.checkpoint)), 'bad-proof')
  equal([mirror.size, mirror.copied, mirror.checkpoint], [310, 310, left.checkpoint])
  equal(await mirror.stored.entries(0, 310), await left.stored.entries(0, 310))
})

promises('is convicted when the pages behind a finished package lead elsewhere', async () => {
  await growBoth(512, 600)
  const store = await mirrorDisk.open()
  const mirror = await openMirror(store)
  await copyUpTo(mirror, left.stored, left.checkpoint)
  is(await codeOf(copyUpTo(mirror, right.stored, right.checkpoint)), 'equivocation')
  equal([mirror.quarantined, mirror.size, mirror.checkpoint], [true, 512, left.checkpoint])
  equal(await evidence(store), [left.checkpoint, right.checkpoint])
})

for (const isReopened of [false, true]) {
  const when = isReopened ? 'before a restart' : 'just now'
  promises(`is convicted by what led a catch-up that was interrupted ${when}`, async () => {
    await growBoth(700, 512)
    let mirror = await openMirror(await mirrorDisk.open())
    await copyUpTo(mirror, left.stored, honest)
    const checkpoint = await mirror.check(left.checkpoint)
    await mirror.add(await pageOf(left.stored, FORK, 700), checkpoint)
    if (isReopened) mirror = await openMirror(await mirrorDisk.open())
    equal([mirror.size, mirror.copied], [FORK, 512])
    is(await codeOf(mirror.check(right.checkpoint)), 'equivocation')
    equal(await evidence(await mirrorDisk.open()), [honest, left.checkpoint, right.checkpoint])
  })
}

promises('stays quarantined when the mirror is opened again', async () => {
  const mirror = await convicted()
  const content = await contentOf(await mirrorDisk.open())
  ok(content.some((line) => line.startsWith(`evidence/${NAME} `)))
  const again = await openMirror(await mirrorDisk.open())
  equal([again.quarantined, again.size, again.checkpoint], [true, mirror.size, mirror.checkpoint])
  for (const note of [left.checkpoint, right.checkpoint, honest]) {
    is(await codeOf(again.check(note)), 'equivocation')
  }
  equal(await contentOf(await mirrorDisk.open()), content, 'the evidence is what it was')
})

promises('delivers no more pages, and no checkpoint, however well they fit', async () => {
  const mirror = await convicted()
  const before = await contentOf(await mirrorDisk.open())
  const { size } = mirror
  const again = await openMirror(await mirrorDisk.open())
  await growTo(left, 400, 'left')
  const checkpoint = openCheckpoint(left.checkpoint, ORIGIN, verifier)
  for (const quarantined of [mirror, again]) {
    const page = await pageOf(left.stored, size, 400)
    is(await codeOf(quarantined.add(page, checkpoint)), 'equivocation')
    is(await codeOf(quarantined.finish(checkpoint)), 'equivocation')
    equal([quarantined.size, quarantined.copied], [size, size])
  }
  equal(await contentOf(await mirrorDisk.open()), before)
})

promises('can still be read as far as it was copied', async () => {
  const mirror = await convicted()
  equal(await mirror.stored.entries(0, mirror.size), await left.stored.entries(0, mirror.size))
})

promises('is convicted of its own signatures only', async () => {
  const mirror = await openMirror(await mirrorDisk.open())
  await copyUpTo(mirror, left.stored, honest)
  const other = { origin: ORIGIN, size: BigInt(FORK), root: rootOf(entriesOf(0, FORK, 'other')) }
  const note = signCheckpoint({ ...other, extensions: [] }, signer)
  is(await codeOf(mirror.check(note.slice(0, -10))), 'bad-signature')
  is(mirror.quarantined, false)
  is(await codeOf(mirror.check(note)), 'equivocation')
})

promises('is not convicted because the mirror’s own disk is damaged', async () => {
  await growTo(left, 600, 'left')
  const store = await mirrorDisk.open()
  await copyUpTo(await openMirror(store), left.stored, left.checkpoint)
  const key = logKeys(NAME).tile(0, 0n)
  const tile = (await store.get(key))!
  await store.batch([put(key, tile.with(0, tile[0]! ^ 1))], { durable: true })
  const mirror = await openMirror(await mirrorDisk.open())
  is(await codeOf(mirror.check(noteOf(5))), 'storage')
  is(mirror.quarantined, false)
})

promises.run()

async function growBoth(leftSize: number, rightSize: number): Promise<void> {
  await growTo(left, leftSize, 'left')
  await growTo(right, rightSize, 'right')
  not.equal(left.checkpoint, right.checkpoint)
}

/** A mirror of the left history that has seen the right one. */
async function convicted(): Promise<Mirror> {
  await growBoth(310, 310)
  const mirror = await openMirror(await mirrorDisk.open())
  await copyUpTo(mirror, left.stored, left.checkpoint)
  is(await codeOf(mirror.check(right.checkpoint)), 'equivocation')
  return mirror
}

/** The kept notes, each with its signature checked, and both of one log. */
async function evidence(store: Store): Promise<string[]> {
  const value = await store.get(`evidence/${NAME}`)
  const notes = new TextDecoder().decode(value).split('\0')
  for (const note of notes) openCheckpoint(note, ORIGIN, verifier)
  return notes
}

/** What the log signed when it had so many entries. */
function noteOf(size: number): string {
  const at = { origin: ORIGIN, size: BigInt(size), root: rootOf(entriesOf(0, size)) }
  return signCheckpoint({ ...at, extensions: [] }, signer)
}
