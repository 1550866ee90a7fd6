import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { decodeBundle } from '../../../crypto/merkle/entry-bundle.ts'
import { ExportFolder } from '../../../node/log/export-folder.ts'
import { exportLog } from '../../../node/log/export-log.ts'
import type { Log } from '../../../node/log/log.ts'
import { StoredLog } from '../../../node/log/stored-log.ts'
import { entriesOf, growTo, NAME, openLog, ORIGIN, verifier } from './support/logs.ts'
import { codeOf, TestDisk } from './support/test-disk.ts'

const promises = suite('a log that is exported')

let disk: TestDisk
let folder: string

promises.before.each(async () => {
  disk = await TestDisk.create()
  folder = await mkdtemp(join(tmpdir(), 'tamga-export-'))
})

promises.after.each(async () => {
  await disk.remove()
  await rm(folder, { recursive: true, force: true })
})

promises('is what it was: entries, tiles, checkpoint', async () => {
  const log = await openLog(disk)
  await growTo(log, 600)
  equal(await exported(log), { size: 600, before: 0 })
  equal(
    [...(await timesIn()).keys()],
    [
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ],
  )
  is(await readFile(pathOf('checkpoint'), 'utf8'), log.checkpoint)
  const last = new Uint8Array(await readFile(pathOf('tile/entries/002.p/88')))
  equal(decodeBundle(last, 88), entriesOf(512, 600))
})

promises('is added to, and what is full is left as it is', async () => {
  const log = await openLog(disk)
  for (const size of [1, 255, 256, 257, 512, 600, 600, 768]) {
    await growTo(log, size)
    const before = await timesIn()
    await exported(log)
    const after = await timesIn()
    for (const [path, time] of before) {
      if (/tile\/\w+\/[0-9]+$/.test(path)) is(after.get(path), time, `${path} at ${size}`)
    }
  }
  const grown = [...(await timesIn()).keys()]
  await rm(folder, { recursive: true })
  await exported(log)
  equal(grown, [...(await timesIn()).keys()], 'and nothing of an older state is left behind')
})

promises('is not written over anything else', async () => {
  const log = await openLog(disk)
  await growTo(log, 300)
  await exported(log)
  const other = await TestDisk.create()
  try {
    const fork = await openLog(other)
    await growTo(fork, 20)
    is(await codeOf(exported(fork)), 'conflict', 'an older state')
    await growTo(fork, 400, 'another history')
    is(await codeOf(exported(fork)), 'conflict', 'another history')
  } finally {
    await other.remove()
  }
  const bundle = pathOf('tile/entries/000')
  await writeFile(bundle, (await readFile(bundle)).fill(0, 5, 6))
  is(await codeOf(exported(log)), 'conflict', 'a file that was tampered with')
  await writeFile(pathOf('checkpoint'), 'not a checkpoint')
  is(await codeOf(exported(log)), 'conflict', 'a checkpoint of something else')
})

promises('is not exported when there is no checkpoint of it', async () => {
  const empty = await StoredLog.open('nobody', await disk.open())
  const about = { origin: ORIGIN, verifier }
  is(await exportLog(empty, new ExportFolder(folder), about), undefined)
})

async function exported(log: Log) {
  return exportLog(log.stored, new ExportFolder(folder), { origin: ORIGIN, verifier })
}

function pathOf(path: string): string {
  return join(folder, 'logs', NAME, path)
}

/** When each file of the log was written. */
async function timesIn(): Promise<Map<string, number>> {
  const root = join(folder, 'logs', NAME)
  const names = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = names
    .filter((name) => name.isFile())
    .map((name) => join(name.parentPath, name.name))
  const times = new Map<string, number>()
  for (const file of files.sort())
    times.set(file.slice(root.length + 1), (await stat(file)).mtimeMs)
  return times
}

promises.run()
