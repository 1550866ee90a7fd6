import { readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { concatBytes, utf8 } from '../../../crypto/bytes.ts'
import { graveOf, soundEntries, using, type WrittenLogs } from './support/written-logs.ts'

const files = suite('a file of an export')

for (const [what, damage, found, verdict = 'finding'] of [
  [
    'an entry with another byte',
    flip('tile/entries/000.p/5', 40),
    ['tile almaty 0', 'root almaty'],
  ],
  ['a tile with another byte', flip('tile/0/000.p/5', 70), ['tile almaty 2']],
  ['a checkpoint with another byte', flip('checkpoint', 3), ['checkpoint almaty']],
  ['a checkpoint with another signature', flip('checkpoint', -20), ['checkpoint almaty']],
  [
    'a bundle that is not there',
    remove('tile/entries/000.p/5'),
    ['unreadable almaty'],
    'unchecked',
  ],
  ['a tile that is not there', remove('tile/0/000.p/5'), ['unreadable almaty'], 'unchecked'],
  ['no checkpoint', remove('checkpoint'), ['unreadable almaty'], 'unchecked'],
  ['the checkpoint of another log', swap('checkpoint', 'checkpoint'), ['checkpoint almaty']],
  [
    'the bundle of another log',
    swap('tile/entries/000.p/5', 'tile/entries/000.p/4'),
    ['bundle almaty 0'],
  ],
  ['a bundle that is cut short', cut('tile/entries/000.p/5'), ['bundle almaty 0']],
  ['a tile that is cut short', cut('tile/0/000.p/5'), ['tile almaty 4']],
  ['a bundle that is too long', grow('tile/entries/000.p/5', 20_000_000), ['oversize almaty']],
  ['a bundle with something behind it', grow('tile/entries/000.p/5', 9), ['bundle almaty 0']],
  ['a tile that is too long', grow('tile/0/000.p/5', 9_000), ['oversize almaty']],
  ['a link', link('tile/entries/000.p/5'), ['unreadable almaty'], 'unchecked'],
  ['behind a link', link('tile'), ['unreadable almaty'], 'unchecked'],
  ['a folder', folder('tile/0/000.p/5'), ['unreadable almaty'], 'unchecked'],
] as readonly [string, Damage, string[], string?][]) {
  files(`that is ${what} is told`, async () => {
    await using(soundEntries(), async (logs) => {
      await damage(logs)
      const result = await logs.audit()
      for (const remark of found) ok(graveOf(result).includes(remark), graveOf(result).join(', '))
      is(result.verdict, verdict)
      const others = result.remarks.filter(({ log, code }) => log !== 'almaty' && isOfFile(code))
      equal(others, [], 'and nothing is said of other logs')
    })
  })
}

files('that is any other by one byte is noticed, whichever and wherever', async () => {
  await using(soundEntries(), async (logs) => {
    const names = await readdir(logs.folder, { recursive: true, withFileTypes: true })
    for (const name of names.filter((entry) => entry.isFile())) {
      const file = join(name.parentPath, name.name)
      const bytes = await readFile(file)
      const places = bytes.length > 700 ? scattered(bytes.length, 60) : scattered(bytes.length, 150)
      for (const place of places) {
        const changed = Uint8Array.from(bytes)
        changed[place]! ^= 1 << (place % 8)
        await writeFile(file, changed)
        const { verdict } = await logs.audit()
        ok(verdict !== 'good', `byte ${place} of ${file}`)
      }
      await writeFile(file, bytes)
    }
    is((await logs.audit()).verdict, 'good')
  })
})

files('that is the roster of another register is told', async () => {
  await using(soundEntries(), async (logs) => {
    const note = await readFile(join(logs.folder, 'roster'), 'utf8')
    await logs.write('roster', utf8(note.replace('shards 4', 'shards 5')))
    equal(graveOf(await logs.audit()), ['roster'])
  })
})

type Damage = (logs: WrittenLogs) => Promise<void>

function flip(path: string, place: number): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    const bytes = await readFile(file)
    const at = place < 0 ? bytes.length + place : place
    bytes[at] = bytes[at]! ^ 1
    await writeFile(file, bytes)
  }
}

function remove(path: string): Damage {
  return async ({ folder: root }) => rm(join(root, 'logs/almaty', path))
}

function swap(path: string, other: string): Damage {
  return async ({ folder: root }) => {
    const bytes = await readFile(join(root, 'logs/astana', other))
    await writeFile(join(root, 'logs/almaty', path), bytes)
  }
}

function cut(path: string): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    await truncate(file, (await readFile(file)).length - 1)
  }
}

function grow(path: string, by: number): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    await writeFile(file, concatBytes(await readFile(file), new Uint8Array(by)))
  }
}

function link(path: string): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    await rename(file, join(root, 'elsewhere'))
    await symlink(join(root, 'elsewhere'), file)
  }
}

function folder(path: string): Damage {
  return async (logs) => {
    await rm(join(logs.folder, 'logs/almaty', path))
    await logs.write(`logs/almaty/${path}/inside`, utf8('x'))
  }
}

/** What says something of files, and not of what entries mean. */
function isOfFile(code: string): boolean {
  return ['unreadable', 'checkpoint', 'bundle', 'tile', 'root', 'oversize'].includes(code)
}

function scattered(length: number, count: number): number[] {
  const step = Math.max(1, Math.floor(length / count))
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step)
}

files.run()
