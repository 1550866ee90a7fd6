import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { fsckLog, type FsckModules } from '../../../node/log/fsck/fsck-log.ts'
import { repairLog } from '../../../node/log/fsck/repair-log.ts'
import type { StoredLog } from '../../../node/log/stored-log.ts'
import { toldOf } from './support/checks.ts'
import {
  both,
  changed,
  changedDisk,
  Disks,
  EARLIER,
  entryKeys,
  flipped,
  FOUND,
  keys,
  removed,
  SIZE,
  type Change,
} from './support/damaging.ts'
import { copyUpTo, openMirror, type pageOf } from './support/logs.ts'
import { ServingPeer } from './support/serving-peer.ts'
import { contentOf, type TestDisk } from './support/test-disk.ts'

let disks: Disks
let elsewhere: TestDisk
/** The log as another node has it. */
let source: StoredLog

const promises = suite('the repair of a log on a stopped node')

promises.before(async () => {
  disks = await Disks.create()
  const { disk, log } = await disks.elsewhere()
  elsewhere = disk
  source = log
})

promises.after(async () => {
  await elsewhere.remove()
  await disks.remove()
})

promises('puts right what can be made from what is here, without asking anybody', async () => {
  const nobody = { fetch: async () => undefined }
  const LOCAL = ['a full tile is missing', 'the growing tile is too long', 'all tiles are missing']
  LOCAL.push('the tile above is changed', 'the size is missing', 'the size is higher')
  LOCAL.push('an entry stands beyond the end', 'a row stands where no log has any')
  for (const what of LOCAL) {
    for (const disk of [disks.own, disks.mirrored]) {
      await mended(disk, FOUND[what]![0], nobody)
    }
  }
  await mended(disks.own, removed(keys.checkpoint), nobody)
})

promises('fetches from a peer what is lost, byte for byte', async () => {
  for (const most of [256, 100]) {
    const peer = await ServingPeer.start(source, disks.note, { most })
    for (const [change] of Object.values(FOUND)) {
      for (const disk of [disks.own, disks.mirrored]) await mended(disk, change, peer.packages)
    }
    const many = both(
      ...Object.values(FOUND)
        .slice(0, 10)
        .map(([change]) => change),
    )
    await mended(disks.own, many, peer.packages)
    await mended(disks.own, removed(...entryKeys(0, SIZE)), peer.packages)
    await mended(
      disks.mirrored,
      removed(...entryKeys(0, SIZE), keys.tile(0, 0n), keys.tile(1, 0n)),
      peer.packages,
    )
    await peer.close()
  }
})

promises('fetches from a peer that has not come as far, where the leaves are known', async () => {
  const peer = await ServingPeer.start(source, disks.earlierNote)
  await mended(disks.own, removed(keys.entry(17), keys.entry(299)), peer.packages)
  await changedDisk(disks.own, removed(keys.entry(300)), async (store) => {
    const before = await contentOf(store)
    const { left } = await repair(disks.own, peer.packages)
    equal(toldOf(left), ['entry 300 missing'])
    equal(await contentOf(await disks.own.open()), before)
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
      const peer = await ServingPeer.start(source, disks.note, { lie })
      await changedDisk(disks.own, change, async (store) => {
        const before = await contentOf(store)
        const { found, left } = await repair(disks.own, peer.packages)
        equal(toldOf(left), toldOf(found))
        equal(await contentOf(await disks.own.open()), before)
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
    await changedDisk(disks.behind, change, async () => {
      const { found, left } = await repair(disks.behind, nobody)
      ok(toldOf(found).includes('entries 300 to 511 beyond the checkpoint: not of its tree'))
      equal([toldOf(left), left.size, left.copied], [[], EARLIER, EARLIER])
      const mirror = await openMirror(await disks.behind.open())
      await copyUpTo(mirror, source, disks.note)
      is(mirror.size, SIZE)
    })
  }
})

promises.run()

async function repair(disk: TestDisk, packages: NonNullable<FsckModules['packages']>) {
  const options = await disks.optionsOf(disk)
  const store = await disk.open()
  const found = await fsckLog(options, { store })
  return { found, left: await repairLog(options, { store, packages }) }
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
