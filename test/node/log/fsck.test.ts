import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signCheckpoint } from '../../../crypto/checkpoint.ts'
import { fsckLog, type CheckedLog, type FsckModules } from '../../../node/log/fsck/fsck-log.ts'
import { repairLog } from '../../../node/log/fsck/repair-log.ts'
import { ownAnchor } from '../../../node/log/ledger.ts'
import { logKeys } from '../../../node/log/log-keys.ts'
import type { Log } from '../../../node/log/log.ts'
import { StoredLog } from '../../../node/log/stored-log.ts'
import type { Store, StoreOp } from '../../../node/store/store.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import {
  copyUpTo,
  entriesOf,
  growTo,
  NAME,
  noteOf,
  openLog,
  openMirror,
  ORIGIN,
  pageOf,
  rootOf,
  stranger,
} from './support/logs.ts'
import { CHECKED, toldOf } from './support/checks.ts'
import { ServingPeer } from './support/serving-peer.ts'
import { contentOf, put, TestDisk } from './support/test-disk.ts'

/** Two full tiles and a part of a third at the lowest level, a part of one above. */
const SIZE = 600
const EARLIER = 300

/** Bits flipped, and rows removed, at random. */
const FLIPS = 150

const keys = logKeys(NAME)

let own: TestDisk
let mirrored: TestDisk
/** A mirror in the middle of a catch-up. */
let behind: TestDisk
let source: StoredLog
let note = ''
let earlierNote = ''

const promises = suite('the check of a log on a stopped node')

promises.before(async () => {
  own = await TestDisk.create()
  mirrored = await TestDisk.create()
  behind = await TestDisk.create()
  const log = await openLog(own)
  await growTo(log, EARLIER)
  earlierNote = noteOf(log)
  await growTo(log, SIZE)
  note = noteOf(log)
  await copyUpTo(await openMirror(await mirrored.open()), log.stored, note)
  await beginCopy(await behind.open(), log)
  const copy = await own.copy()
  source = await StoredLog.open(NAME, await copy.open())
})

promises.after(async () => {
  for (const disk of [own, mirrored, behind]) await disk.remove()
})

promises('finds nothing in a log that nobody has touched', async () => {
  for (const disk of [own, mirrored]) {
    const checked = await check(disk)
    equal(toldOf(checked), [])
    equal([checked.size, checked.copied, checked.staged], [SIZE, SIZE, 0])
    equal(checked.root, rootOf(entriesOf(0, SIZE)))
  }
})

promises('finds nothing in a catch-up that is under way', async () => {
  const checked = await check(behind)
  equal(toldOf(checked), [])
  equal([checked.size, checked.copied], [EARLIER, 512])
})

promises('finds nothing in a mirror that has nothing yet', async () => {
  const disk = await TestDisk.create()
  equal(toldOf(await check(disk)), [])
  await disk.remove()
})

type Change = (store: Store) => Promise<StoreOp[]> | StoreOp[]

const changed = (key: string, change: (value: Uint8Array) => Uint8Array): Change => {
  return async (store) => [put(key, change((await store.get(key))!))]
}
const removed = (...gone: string[]): Change => {
  return () => gone.map((key) => ({ type: 'del', key }))
}
const set = (key: string, value: string): Change => {
  return () => [put(key, utf8(value))]
}
const flipped = (value: Uint8Array): Uint8Array =>
  value.with(value.length >> 1, value[value.length >> 1]! ^ 1)
const both =
  (...changes: Change[]): Change =>
  async (store) =>
    (await Promise.all(changes.map(async (change) => change(store)))).flat()

const forged = signCheckpoint(
  { origin: ORIGIN, size: BigInt(SIZE), root: rootOf(entriesOf(0, SIZE, 'other')), extensions: [] },
  stranger,
)
const entryKeys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => keys.entry(from + i))

/** What is done to a log, and what must be said of it: all of it, and nothing else. */
const FOUND: Record<string, [change: Change, said: string[]]> = {
  'an entry is missing': [removed(keys.entry(17)), ['entry 17 missing']],
  'the last entry is missing': [removed(keys.entry(SIZE - 1)), ['entry 599 missing']],
  'an entry is changed': [changed(keys.entry(299), flipped), ['entry 299 not what was signed']],
  'an entry is empty': [set(keys.entry(299), ''), ['entry 299 not what was signed']],
  'entries are missing over the end of a package': [
    removed(...entryKeys(200, 300)),
    ['entries 200 to 299 missing'],
  ],
  'two entries have changed places': [
    async (store) => [
      put(keys.entry(5), (await store.get(keys.entry(6)))!),
      put(keys.entry(6), (await store.get(keys.entry(5)))!),
    ],
    ['entries 5 to 6 not what was signed'],
  ],
  'damage is in several places': [
    both(removed(keys.entry(3)), changed(keys.entry(300), flipped), removed(keys.tile(0, 2n))),
    ['tile 2 of level 0 missing', 'entry 3 missing', 'entry 300 not what was signed'],
  ],
  'a full tile is missing': [removed(keys.tile(0, 0n)), ['tile 0 of level 0 missing']],
  'a full tile is changed': [
    changed(keys.tile(0, 1n), flipped),
    ['tile 1 of level 0 not what was signed'],
  ],
  'a full tile is too short': [
    changed(keys.tile(0, 1n), (value) => value.subarray(0, -32)),
    ['tile 1 of level 0 not what was signed'],
  ],
  'the growing tile is missing': [removed(keys.tile(0, 2n)), ['tile 2 of level 0 missing']],
  'the growing tile is too long': [
    changed(keys.tile(0, 2n), (value) => new Uint8Array([...value, ...value.subarray(0, 32)])),
    ['tile 2 of level 0 not what was signed'],
  ],
  'the tile above is changed': [
    changed(keys.tile(1, 0n), flipped),
    ['tile 0 of level 1 not what was signed'],
  ],
  'all tiles are missing': [
    removed(keys.tile(0, 0n), keys.tile(0, 1n), keys.tile(0, 2n), keys.tile(1, 0n)),
    ['tile 0 of level 1 missing', 'tiles 0 to 2 of level 0 missing'],
  ],
  'a tile and an entry below it are changed': [
    both(changed(keys.tile(0, 1n), flipped), changed(keys.entry(300), flipped)),
    ['tile 1 of level 0 not what was signed', 'entries 256 to 511 not proven by what is here'],
  ],
  'the size is missing': [removed(keys.size), ['size: missing']],
  'the size is no number': [set(keys.size, '6OO'), ['size: it is no number']],
  'the size is lower': [set(keys.size, '300'), ['size: it says 300, but 600 entries were signed']],
  'the size is higher': [set(keys.size, '632'), ['size: it says 632, but there is no entry 631']],
  'an entry stands beyond the end': [
    set(keys.entry(SIZE), 'x'),
    [`1 rows that belong to nothing, from ${keys.entry(SIZE)} on`],
  ],
  'a tile stands beyond the end': [
    set(keys.tile(1, 1n), 'x'),
    [`1 rows that belong to nothing, from ${keys.tile(1, 1n)} on`],
  ],
  'a row stands between two entries': [
    set(`${keys.entry(7)}7`, 'x'),
    [`1 rows that belong to nothing, from ${keys.entry(7)}7 on`],
  ],
  'a row stands where no log has any': [
    set(`${keys.prefix}sizes`, 'x'),
    [`1 rows that belong to nothing, from ${keys.prefix}sizes on`],
  ],
}

for (const [what, [change, said]] of Object.entries(FOUND)) {
  promises(`names what is wrong and nothing else: ${what}`, async () => {
    for (const disk of [own, mirrored]) {
      await changedDisk(disk, change, async () => {
        equal(toldOf(await check(disk)).toSorted(), said.toSorted())
      })
    }
  })
}

promises('names a checkpoint that is missing, changed or forged', async () => {
  for (const change of [removed(keys.checkpoint), set(keys.checkpoint, forged)]) {
    for (const disk of [own, mirrored]) {
      await changedDisk(disk, change, async () => {
        const [first, ...others] = (await check(disk)).damages.found
        equal([first?.kind, others.length], ['checkpoint', 0])
      })
    }
  }
})

promises(
  'names a database that is behind its anchor, and an anchor behind the database',
  async () => {
    await changedDisk(own, set(keys.checkpoint, earlierNote), async () => {
      const found = (await check(own)).damages.found
      ok(found.some(({ kind }) => kind === 'anchor'))
    })
    const store = await own.open()
    const anchored = { value: utf8(earlierNote), staged: new Uint8Array() }
    const checked = await fsckLog({ ...CHECKED, anchored }, { store })
    equal(toldOf(checked), ['anchor: it knows of 300 entries, the database of 600'])
    const lost = await fsckLog({ ...CHECKED, anchored: { fault: 'it is damaged' } }, { store })
    equal(toldOf(lost), ['anchor: it is damaged'])
  },
)

promises('finds any bit that is flipped in any row', async () => {
  const random = new SeededRandom('flips')
  for (const disk of [own, mirrored, behind]) {
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
          ok(!(await check(disk)).damages.isNone, `${key}, byte ${byte}`)
        },
      )
    }
  }
})

promises('finds any row that is missing', async () => {
  const random = new SeededRandom('rows')
  for (const disk of [own, mirrored]) {
    const rows = await logRows(await disk.open())
    const single = rows.filter(([key]) => !key.includes('/entry/'))
    const some = [...single, ...Array.from({ length: FLIPS }, () => random.pick(rows))]
    for (const [key] of some) {
      // A note that a catch-up began with says nothing once that one has ended.
      if (key === keys.towards) continue
      await changedDisk(disk, removed(key), async () => {
        ok(!(await check(disk)).damages.isNone, key)
      })
    }
  }
})

promises('puts right what can be made from what is here, without asking anybody', async () => {
  const nobody = { fetch: async () => undefined }
  const LOCAL = ['a full tile is missing', 'the growing tile is too long', 'all tiles are missing']
  LOCAL.push('the tile above is changed', 'the size is missing', 'the size is higher')
  LOCAL.push('an entry stands beyond the end', 'a row stands where no log has any')
  for (const what of LOCAL) {
    for (const disk of [own, mirrored]) {
      await mended(disk, FOUND[what]![0], nobody)
    }
  }
  await mended(own, removed(keys.checkpoint), nobody)
})

promises('fetches from a peer what is lost, byte for byte', async () => {
  for (const most of [256, 100]) {
    const peer = await ServingPeer.start(source, note, { most })
    for (const [change] of Object.values(FOUND)) {
      for (const disk of [own, mirrored]) await mended(disk, change, peer.packages)
    }
    const many = both(
      ...Object.values(FOUND)
        .slice(0, 10)
        .map(([change]) => change),
    )
    await mended(own, many, peer.packages)
    await mended(own, removed(...entryKeys(0, SIZE)), peer.packages)
    await mended(
      mirrored,
      removed(...entryKeys(0, SIZE), keys.tile(0, 0n), keys.tile(1, 0n)),
      peer.packages,
    )
    await peer.close()
  }
})

promises('fetches from a peer that has not come as far, where the leaves are known', async () => {
  const peer = await ServingPeer.start(source, earlierNote)
  await mended(own, removed(keys.entry(17), keys.entry(299)), peer.packages)
  await changedDisk(own, removed(keys.entry(300)), async (store) => {
    const before = await contentOf(store)
    const { left } = await repair(own, peer.packages)
    equal(toldOf(left), ['entry 300 missing'])
    equal(await contentOf(await own.open()), before)
  })
  await peer.close()
})

promises('writes nothing that a lying peer sends', async () => {
  const LIES = [
    (page) => ({ ...page, entries: page.entries.map(flipped) }),
    (page) => ({ ...page, entries: page.entries.with(3, page.entries[4]!) }),
    (page) => ({ ...page, entries: page.entries.slice(0, -1) }),
    (page) => ({ ...page, entries: [...page.entries, page.entries[0]!] }),
    (page) => ({ ...page, entries: [] }),
    (page) => ({ ...page, proof: page.proof.map(flipped) }),
    (page) => ({ ...page, proof: [] }),
  ] satisfies ((page: Awaited<ReturnType<typeof pageOf>>) => unknown)[]
  const CHANGES = {
    known: removed(keys.entry(17), keys.entry(18)),
    unproven: both(changed(keys.tile(0, 0n), flipped), removed(keys.entry(18))),
  }
  for (const lie of LIES) {
    for (const change of Object.values(CHANGES)) {
      const peer = await ServingPeer.start(source, note, { lie })
      await changedDisk(own, change, async (store) => {
        const before = await contentOf(store)
        const { found, left } = await repair(own, peer.packages)
        equal(toldOf(left), toldOf(found))
        equal(await contentOf(await own.open()), before)
      })
      await peer.close()
    }
  }
})

promises('drops what a catch-up has left beyond the checkpoint if it does not hold', async () => {
  const nobody = { fetch: async () => undefined }
  for (const change of [
    removed(keys.entry(400)),
    changed(keys.tile(0, 1n), (tile) => tile.with(8_000, 1)),
  ]) {
    await changedDisk(behind, change, async () => {
      const { found, left } = await repair(behind, nobody)
      ok(toldOf(found).includes('entries 300 to 511 beyond the checkpoint: not of its tree'))
      equal([toldOf(left), left.size, left.copied], [[], EARLIER, EARLIER])
      const mirror = await openMirror(await behind.open())
      await copyUpTo(mirror, source, note)
      is(mirror.size, SIZE)
    })
  }
})

promises.run()

async function check(disk: TestDisk, modules: Partial<FsckModules> = {}): Promise<CheckedLog> {
  return fsckLog(await optionsOf(disk), { store: await disk.open(), ...modules })
}

async function repair(disk: TestDisk, packages: NonNullable<FsckModules['packages']>) {
  const options = await optionsOf(disk)
  const store = await disk.open()
  const found = await fsckLog(options, { store })
  return { found, left: await repairLog(options, { store, packages }) }
}

async function optionsOf(disk: TestDisk) {
  if (disk !== own) return CHECKED
  const anchor = await disk.anchors.open(ownAnchor(NAME))
  const anchored = anchor.current
  await anchor.close()
  return { ...CHECKED, anchored }
}

/** Damages a log, repairs it, and holds what is there against what was. */
async function mended(
  disk: TestDisk,
  change: Change,
  packages: NonNullable<FsckModules['packages']>,
): Promise<void> {
  const before = await contentOf(await disk.open())
  await changedDisk(disk, change, async () => {
    const { found, left } = await repair(disk, packages)
    ok(!found.damages.isNone)
    equal(toldOf(left), [])
    equal(await contentOf(await disk.open()), before)
  })
}

function logRows(store: Store): Promise<[string, Uint8Array][]> {
  return store.range('log/', 'log0', 10_000)
}

/** Pages up to the end of the second package, verified and not yet covered. */
async function beginCopy(store: Store, log: Log): Promise<void> {
  const mirror = await openMirror(store)
  await copyUpTo(mirror, log.stored, earlierNote)
  const checkpoint = await mirror.check(note)
  await mirror.add(await pageOf(log.stored, EARLIER, SIZE), checkpoint)
}

/** Changes a disk, and changes it back. */
async function changedDisk(
  disk: TestDisk,
  change: Change,
  then: (store: Store) => Promise<unknown>,
): Promise<void> {
  const store = await disk.open()
  const before = new Map(await logRows(store))
  await store.batch(await change(store), { durable: false })
  try {
    await then(store)
  } finally {
    const again = await disk.open()
    const back = [...before].map(([key, value]) => put(key, value))
    const gone = (await logRows(again)).filter(([key]) => !before.has(key))
    const dels = gone.map(([key]): StoreOp => ({ type: 'del', key }))
    await again.batch([...back, ...dels], { durable: false })
  }
}
