/**
 * A log of some 600 entries on three disks, what can be done to its rows, and what is said of it.
 */
import { utf8 } from '../../../../crypto/bytes.ts'
import { fsckLog, type CheckedLog, type FsckOptions } from '../../../../node/log/fsck/fsck-log.ts'
import { ownAnchor } from '../../../../node/log/ledger.ts'
import { logKeys } from '../../../../node/log/log-keys.ts'
import { StoredLog } from '../../../../node/log/stored-log.ts'
import type { Store, StoreOp } from '../../../../node/store/store.ts'
import { CHECKED } from './checks.ts'
import { copyUpTo, growTo, NAME, noteOf, openLog, openMirror, pageOf } from './logs.ts'
import { put, TestDisk } from './test-disk.ts'

/** Two full tiles and a part of a third at the lowest level, a part of one above. */
export const SIZE = 600
export const EARLIER = 300

export const keys = logKeys(NAME)

export class Disks {
  readonly own: TestDisk
  readonly mirrored: TestDisk
  /** A mirror in the middle of a catch-up from `EARLIER` on. */
  readonly behind: TestDisk
  readonly note: string
  readonly earlierNote: string

  private constructor(disks: readonly TestDisk[], notes: readonly string[]) {
    this.own = disks[0]!
    this.mirrored = disks[1]!
    this.behind = disks[2]!
    this.earlierNote = notes[0]!
    this.note = notes[1]!
  }

  static async create(): Promise<Disks> {
    const [own, mirrored, behind] = [
      await TestDisk.create(),
      await TestDisk.create(),
      await TestDisk.create(),
    ]
    const log = await openLog(own)
    await growTo(log, EARLIER)
    const earlierNote = noteOf(log)
    await growTo(log, SIZE)
    const note = noteOf(log)
    await copyUpTo(await openMirror(await mirrored.open()), log.stored, note)
    const mirror = await openMirror(await behind.open())
    await copyUpTo(mirror, log.stored, earlierNote)
    await mirror.add(await pageOf(log.stored, EARLIER, SIZE), await mirror.check(note))
    await own.close()
    return new Disks([own, mirrored, behind], [earlierNote, note])
  }

  /** The log as somebody else has it, whatever is done to these disks. */
  async elsewhere(): Promise<{ disk: TestDisk; log: StoredLog }> {
    const disk = await this.own.copy()
    return { disk, log: await StoredLog.open(NAME, await disk.open()) }
  }

  async check(disk: TestDisk): Promise<CheckedLog> {
    return fsckLog(await this.optionsOf(disk), { store: await disk.open() })
  }

  async optionsOf(disk: TestDisk): Promise<FsckOptions> {
    if (disk !== this.own) return CHECKED
    const anchor = await disk.anchors.open(ownAnchor(NAME))
    const anchored = anchor.current
    await anchor.close()
    return { ...CHECKED, anchored }
  }

  async remove(): Promise<void> {
    for (const disk of [this.own, this.mirrored, this.behind]) await disk.remove()
  }
}

/** What is written to a store. */
export type Change = (store: Store) => Promise<StoreOp[]> | StoreOp[]

export const changed = (key: string, change: (value: Uint8Array) => Uint8Array): Change => {
  return async (store) => [put(key, change((await store.get(key))!))]
}
export const removed = (...gone: string[]): Change => {
  return () => gone.map((key) => ({ type: 'del', key }))
}
export const set = (key: string, value: string): Change => {
  return () => [put(key, utf8(value))]
}
export const flipped = (value: Uint8Array): Uint8Array =>
  value.with(value.length >> 1, value[value.length >> 1]! ^ 1)
export const both =
  (...changes: Change[]): Change =>
  async (store) =>
    (await Promise.all(changes.map(async (change) => change(store)))).flat()

export const entryKeys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => keys.entry(from + i))

/** What is done to a log, and what must be said of it: all of it, and nothing else. */
export const FOUND: Record<string, [change: Change, said: string[]]> = {
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

export function logRows(store: Store): Promise<[string, Uint8Array][]> {
  return store.range('log/', 'log0', 10_000)
}

/** Changes a disk, and changes it back. */
export async function changedDisk(
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
