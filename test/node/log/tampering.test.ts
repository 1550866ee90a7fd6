import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signCheckpoint } from '../../../crypto/checkpoint.ts'
import { logKeys } from '../../../node/log/log-keys.ts'
import type { Store, StoreOp } from '../../../node/store/store.ts'
import {
  copyUpTo,
  entriesOf,
  entry,
  growTo,
  NAME,
  noteOf,
  openLog,
  openToRead,
  openMirror,
  ORIGIN,
  OTHER_ORIGIN,
  otherwise,
  rootOf,
  signer,
  stranger,
} from './support/logs.ts'
import { checkLog } from './support/checks.ts'
import { codeOf, put, TestDisk } from './support/test-disk.ts'

/** Two full tiles and a part of a third at the lowest level, a part of one above. */
const SIZE = 600
const EARLIER = 300

const keys = logKeys(NAME)
const root = rootOf(entriesOf(0, SIZE))
const at = { origin: ORIGIN, size: BigInt(SIZE), root, extensions: [] }

let own: TestDisk
let mirrored: TestDisk
let earlierNote = ''
let newestNote = ''

const promises = suite('a log that somebody has changed on disk')

promises.before(async () => {
  own = await TestDisk.create()
  mirrored = await TestDisk.create()
  const log = await openLog(own)
  await growTo(log, EARLIER)
  earlierNote = noteOf(log)
  await growTo(log, SIZE)
  newestNote = noteOf(log)
  const mirror = await openMirror(await mirrored.open())
  await copyUpTo(mirror, log.stored, noteOf(log))
})

promises.after(async () => {
  await own.remove()
  await mirrored.remove()
})

promises('is opened and verified as long as nobody has', async () => {
  for (const disk of [own, mirrored]) {
    equal(await checkLog(await disk.open()), { told: [], size: SIZE })
  }
  is((await openLog(own)).size, SIZE)
  is((await openMirror(await mirrored.open())).size, SIZE)
})

type Change = (store: Store) => Promise<StoreOp[]> | StoreOp[]

const changed = (key: string, change: (value: Uint8Array) => Uint8Array): Change => {
  return async (store) => [put(key, change((await store.get(key))!))]
}
const removed = (key: string): Change => {
  return () => [{ type: 'del', key }]
}
const set = (key: string, value: string): Change => {
  return () => [put(key, utf8(value))]
}
const flipped = (value: Uint8Array): Uint8Array =>
  value.with(value.length >> 1, value[value.length >> 1]! ^ 1)
const shortened = (value: Uint8Array): Uint8Array => value.subarray(0, value.length - 32)

const growing = keys.tile(0, 2n)
const upper = keys.tile(1, 0n)
const full = keys.tile(0, 0n)

/** What opening must find: it is what the next signature would be built on. */
const FOUND_AT_OPEN: Record<string, Change> = {
  'the growing tile is missing': removed(growing),
  'the growing tile is too short': changed(growing, shortened),
  'the growing tile is cut inside a hash': changed(growing, (value) => value.subarray(0, -1)),
  'the growing tile is another': changed(growing, flipped),
  'the tile above is missing': removed(upper),
  'the tile above is too short': changed(upper, shortened),
  'the tile above is another': changed(upper, flipped),
  'the size is missing': removed(keys.size),
  'the size is lower': set(keys.size, String(EARLIER)),
  'the size is one lower': set(keys.size, String(SIZE - 1)),
  'the size is one higher': set(keys.size, String(SIZE + 1)),
  'the size is 0': set(keys.size, '0'),
  'the size is negative': set(keys.size, `-${SIZE}`),
  'the size is not decimal': set(keys.size, `0x${SIZE.toString(16)}`),
  'the size is no number': set(keys.size, 'all of them'),
  'the size is empty': set(keys.size, ''),
  'the size is beyond all numbers': set(keys.size, '9'.repeat(30)),
  'the checkpoint is empty': set(keys.checkpoint, ''),
  'the checkpoint is changed': changed(keys.checkpoint, flipped),
  'the checkpoint is by another key': set(keys.checkpoint, signCheckpoint(at, stranger)),
  'the checkpoint is of another log': set(
    keys.checkpoint,
    signCheckpoint({ ...at, origin: OTHER_ORIGIN }, otherwise),
  ),
  'the checkpoint is of a larger tree': set(
    keys.checkpoint,
    signCheckpoint({ ...at, size: at.size + 1n }, signer),
  ),
  'the checkpoint is of another tree': set(
    keys.checkpoint,
    signCheckpoint({ ...at, root: rootOf(entriesOf(0, SIZE, 'other')) }, signer),
  ),
}

for (const [what, change] of Object.entries(FOUND_AT_OPEN)) {
  promises(`is neither signed nor mirrored any further: ${what}`, async () => {
    await changedDisk(own, change, async (store) => {
      const log = await openToRead(own, store)
      ok(log.refusal, 'it says why')
      equal([log.isSigning, await codeOf(log.permit())], [false, 'not-ready'])
      is(await codeOf(log.append(entry(SIZE))), 'not-ready')
      ok((await checkLog(store)).told.length > 0, 'the full check finds it too')
    })
    await changedDisk(mirrored, change, async (store) => {
      is(await codeOf(openMirror(store)), 'storage')
      ok((await checkLog(store)).told.length > 0, 'the full check finds it too')
    })
  })
}

const FOUND_IN_OWN: Record<string, Change> = {
  'an older checkpoint was put back': (store) => set(keys.checkpoint, earlierNote)(store),
  'the checkpoint is missing': removed(keys.checkpoint),
}

for (const [what, change] of Object.entries(FOUND_IN_OWN)) {
  promises(`is not written to before it is fetched back: ${what}`, async () => {
    await changedDisk(own, change, async (store) => {
      const log = await openToRead(own, store)
      equal([log.ahead, log.isSigning], [newestNote, false])
      is(await codeOf(log.permit()), 'not-ready')
    })
  })
}

promises('is read no further than an older checkpoint that was put back goes', async () => {
  await changedDisk(mirrored, set(keys.checkpoint, earlierNote), async (store) => {
    const mirror = await openMirror(store)
    equal([mirror.size, mirror.copied], [EARLIER, SIZE])
  })
})

/** What only a full check can find. */
const FOUND_BY_VERIFYING: Record<string, Change> = {
  'an entry is missing': removed(keys.entry(17)),
  'the last entry is missing': removed(keys.entry(SIZE - 1)),
  'an entry is changed': changed(keys.entry(299), flipped),
  'two entries have changed places': async (store) => {
    const [a, b] = [keys.entry(5), keys.entry(6)]
    return [put(a, (await store.get(b))!), put(b, (await store.get(a))!)]
  },
  'a full tile is missing': removed(full),
  'a full tile is too short': changed(full, shortened),
  'a full tile is changed': changed(full, flipped),
}

for (const [what, change] of Object.entries(FOUND_BY_VERIFYING)) {
  promises(`does not pass the full check: ${what}`, async () => {
    for (const disk of [own, mirrored]) {
      await changedDisk(disk, change, async (store) => ok((await checkLog(store)).told.length > 0))
    }
  })
}

promises.run()

/** Changes a disk, and changes it back. */
async function changedDisk(
  disk: TestDisk,
  change: Change,
  then: (store: Store) => Promise<unknown>,
): Promise<void> {
  const store = await disk.open()
  const before = new Map(await store.range('log/', 'log0', 10_000))
  const ops = await change(store)
  await store.batch(ops, { durable: false })
  try {
    await then(store)
  } finally {
    const now = await store.range('log/', 'log0', 10_000)
    const back = [...before].map(([key, value]) => put(key, value))
    const gone = now.filter(([key]) => !before.has(key))
    const dels = gone.map(([key]): StoreOp => ({ type: 'del', key }))
    await store.batch([...back, ...dels], { durable: false })
  }
}
