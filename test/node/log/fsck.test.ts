import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signCheckpoint } from '../../../crypto/checkpoint.ts'
import { fsckLog } from '../../../node/log/fsck/fsck-log.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { CHECKED, toldOf } from './support/checks.ts'
import {
  changedDisk,
  Disks,
  EARLIER,
  FOUND,
  keys,
  logRows,
  removed,
  set,
  SIZE,
} from './support/damaging.ts'
import { entriesOf, ORIGIN, rootOf, stranger } from './support/logs.ts'
import { put, TestDisk } from './support/test-disk.ts'

/** Bits flipped, and rows removed, at random. */
const FLIPS = 60

let disks: Disks

const promises = suite('the check of a log on a stopped node')

promises.before(async () => {
  disks = await Disks.create()
})

promises.after(async () => disks.remove())

promises('finds nothing in a log that nobody has touched', async () => {
  for (const disk of [disks.own, disks.mirrored]) {
    const checked = await disks.check(disk)
    equal(toldOf(checked), [])
    equal([checked.size, checked.copied, checked.staged], [SIZE, SIZE, 0])
    equal(checked.root, rootOf(entriesOf(0, SIZE)))
  }
})

promises('finds nothing in a catch-up that is under way', async () => {
  const checked = await disks.check(disks.behind)
  equal(toldOf(checked), [])
  equal([checked.size, checked.copied], [EARLIER, 512])
})

promises('finds nothing in a mirror that has nothing yet', async () => {
  const disk = await TestDisk.create()
  equal(toldOf(await disks.check(disk)), [])
  await disk.remove()
})

const forged = signCheckpoint(
  { origin: ORIGIN, size: BigInt(SIZE), root: rootOf(entriesOf(0, SIZE, 'other')), extensions: [] },
  stranger,
)
for (const [what, [change, said]] of Object.entries(FOUND)) {
  promises(`names what is wrong and nothing else: ${what}`, async () => {
    for (const disk of [disks.own, disks.mirrored]) {
      await changedDisk(disk, change, async () => {
        equal(toldOf(await disks.check(disk)).toSorted(), said.toSorted())
      })
    }
  })
}

promises('names a checkpoint that is missing, changed or forged', async () => {
  for (const change of [removed(keys.checkpoint), set(keys.checkpoint, forged)]) {
    for (const disk of [disks.own, disks.mirrored]) {
      await changedDisk(disk, change, async () => {
        const [first, ...others] = (await disks.check(disk)).damages.found
        equal([first?.kind, others.length], ['checkpoint', 0])
      })
    }
  }
})

promises(
  'names a database that is behind its anchor, and an anchor behind the database',
  async () => {
    await changedDisk(disks.own, set(keys.checkpoint, disks.earlierNote), async () => {
      const found = (await disks.check(disks.own)).damages.found
      ok(found.some(({ kind }) => kind === 'anchor'))
    })
    const store = await disks.own.open()
    const anchored = { value: utf8(disks.earlierNote), staged: new Uint8Array() }
    const checked = await fsckLog({ ...CHECKED, anchored }, { store })
    equal(toldOf(checked), ['anchor: it knows of 300 entries, the database of 600'])
    const lost = await fsckLog({ ...CHECKED, anchored: { fault: 'it is damaged' } }, { store })
    equal(toldOf(lost), ['anchor: it is damaged'])
  },
)

promises('finds any bit that is flipped in any row', async () => {
  const random = new SeededRandom('flips')
  for (const disk of [disks.own, disks.mirrored, disks.behind]) {
    const rows = await logRows(await disk.open())
    const single = rows.filter(([key]) => !key.includes('/entry/'))
    for (let flip = 0; flip < FLIPS; flip += 1) {
      const [key, value] = random.pick(flip % 2 === 0 ? rows : single)
      const byte = random.integer(value.length)
      const bit = value.with(byte, value[byte]! ^ (1 << random.integer(8)))
      await changedDisk(
        disk,
        () => [put(key, bit)],
        async () => {
          ok(!(await disks.check(disk)).damages.isNone, `${key}, byte ${byte}`)
        },
      )
    }
  }
})

promises('finds any row that is missing', async () => {
  const random = new SeededRandom('rows')
  for (const disk of [disks.own, disks.mirrored]) {
    const rows = await logRows(await disk.open())
    const single = rows.filter(([key]) => !key.includes('/entry/'))
    const some = [...single, ...Array.from({ length: FLIPS }, () => random.pick(rows))]
    for (const [key] of some) {
      // A note that a catch-up began with says nothing once that one has ended.
      if (key === keys.towards) continue
      await changedDisk(disk, removed(key), async () => {
        ok(!(await disks.check(disk)).damages.isNone, key)
      })
    }
  }
})

promises.run()
