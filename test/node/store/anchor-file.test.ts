import { copyFile, mkdtemp, open, readFile, rename, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import {
  ANCHOR_BYTES_MAX,
  ANCHOR_STAGED_BYTES_MAX,
  type Anchor,
  type AnchorValue,
} from '../../../node/store/anchor.ts'
import { FileAnchor } from '../../../node/store/anchor-file.ts'
import { AnchorFolder } from '../../../node/store/anchor-folder.ts'
import { SLOT_BYTES, SLOT_HEADER_BYTES } from '../../../node/store/anchor-slot.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { swapBelow, swapUntilKilled } from './support/swapping.ts'

const NAME = 'almaty.log'

/** Longer than header and hash of a slot of `content`. */
const CONTENT_BYTES = 24

const promises = suite('an anchor in a file')

let folder: string
let path: string

promises.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-anchor-'))
  path = join(folder, `${NAME}.anchor`)
})

promises.after.each(async () => {
  await rm(folder, { recursive: true })
})

promises('has what it was made with, and then what was swapped in last', async () => {
  const made = await create(content(1))
  same(made.current, content(1))
  for (const count of [2, 3, 4, 5]) {
    await made.swap(content(count))
    same(made.current, content(count))
    await inCopy((copy) => {
      same(copy.current, content(count))
    })
  }
  await made.close()
  same(await found(), content(5))
})

promises('takes as much as the limits say, and nothing more', async () => {
  const made = await create({ value: bytes(0, 0), staged: bytes(0, 0) })
  const most = { value: bytes(1, ANCHOR_BYTES_MAX), staged: bytes(2, ANCHOR_STAGED_BYTES_MAX) }
  await made.swap(most)
  await made.swap(most)
  const long = bytes(1, ANCHOR_BYTES_MAX + 1)
  const longer = bytes(1, ANCHOR_STAGED_BYTES_MAX + 1)
  is(await codeOf(made.swap({ ...most, value: long })), 'internal')
  is(await codeOf(made.swap({ ...most, staged: longer })), 'internal')
  await made.swap({ value: bytes(3, 0), staged: longer.subarray(1) })
  await made.close()
  same(await found(), { value: bytes(3, 0), staged: longer.subarray(1) })
  is((await stat(path)).size, 2 * SLOT_BYTES)
})

promises('is not made by opening it', async () => {
  is(await codeOf(FileAnchor.open(path)), 'not-found')
  is(await codeOf(stat(path)), 'ENOENT')
})

promises('swaps one at a time, and nothing once it is closed', async () => {
  const made = await create(content(1))
  const first = made.swap(content(2))
  is(await codeOf(made.swap(content(3))), 'internal')
  await made.close()
  await first
  is(await codeOf(made.swap(content(3))), 'closed')
  await made.close()
  same(await found(), content(2))
})

promises('is open once, until it is closed', async () => {
  const made = await create(content(1))
  is(await codeOf(FileAnchor.open(path)), 'storage')
  await made.swap(content(2))
  await made.close()
  const again = await FileAnchor.open(path)
  is(await codeOf(FileAnchor.open(path)), 'storage')
  await again.close()
})

promises('where nothing locks, still sees that another instance has swapped', async () => {
  await (await create(content(1))).close()
  const search = process.env['PATH']
  process.env['PATH'] = folder
  const both = await Promise.all([FileAnchor.open(path), FileAnchor.open(path)])
  process.env['PATH'] = search
  await both[0].swap(content(2))
  is(await codeOf(both[1].swap(content(3))), 'conflict')
  await both[0].swap(content(4))
  is(await codeOf(both[1].swap(content(3))), 'conflict')
  for (const anchor of both) await anchor.close()
  same(await found(), content(4))
})

for (const [how, restore] of [
  ['written over', (backup: string) => copyFile(backup, path)],
  ['put in its place', (backup: string) => rename(backup, path)],
  ['removed', () => rm(path)],
] as const) {
  promises(`sees that its file has been ${how}`, async () => {
    const made = await create(content(1))
    await made.swap(content(2))
    const backup = join(folder, 'backup')
    await copyFile(path, backup)
    await made.swap(content(3))
    await restore(backup)
    is(await codeOf(made.swap(content(4))), 'conflict')
    same(made.current, content(3))
    await made.close()
  })
}

for (const count of [2, 3]) {
  promises(
    `gives swap ${count - 1} or an error if any byte of swap ${count} is flipped`,
    async () => {
      await write(1, count)
      const newest = ((count + 1) % 2) * SLOT_BYTES
      const outcomes = new Set<string>()
      for (let at = newest; at < newest + SLOT_HEADER_BYTES + CONTENT_BYTES; at += 1) {
        await flip(at)
        const outcome = await outcomeOf()
        is(['storage', 'value 1', 'value 2'].includes(outcome), true, `${outcome} at ${at}`)
        is(outcome === 'storage' || outcome === `value ${count - 1}`, true, `${outcome} at ${at}`)
        outcomes.add(outcome)
        await flip(at)
      }
      is(outcomes.has(`value ${count - 1}`), true)
      is(await outcomeOf(), `value ${count}`)
    },
  )
}

promises(
  'gives the newer value whatever byte of the older is flipped, but its version',
  async () => {
    await write(1, 2)
    for (let at = 0; at < SLOT_HEADER_BYTES + CONTENT_BYTES; at += 1) {
      await flip(at)
      is(await outcomeOf(), at >= 8 && at < 12 ? 'storage' : 'value 2', `at ${at}`)
      await flip(at)
    }
  },
)

promises('is an error if both slots are damaged, or equally new', async () => {
  await write(1, 2)
  await flip(SLOT_HEADER_BYTES)
  await flip(SLOT_BYTES + SLOT_HEADER_BYTES)
  is(await outcomeOf(), 'storage')
  await flip(SLOT_HEADER_BYTES)
  is(await outcomeOf(), 'value 1')
  await overwrite(SLOT_BYTES, (await readFile(path)).subarray(0, SLOT_HEADER_BYTES + CONTENT_BYTES))
  is(await outcomeOf(), 'storage')
})

promises('is found as it was before, or not at all, wherever its file ends', async () => {
  await write(1, 2)
  const whole = await readFile(path)
  await layAgain(whole)
  is(whole.equals(await readFile(path)), true, 'all of it is restored')
  for (let at = 0; at <= SLOT_HEADER_BYTES + CONTENT_BYTES; at += 1) {
    await layAgain(whole, SLOT_BYTES + at)
    is(await outcomeOf(), at < SLOT_HEADER_BYTES + CONTENT_BYTES ? 'value 1' : 'value 2')
    await layAgain(whole, at)
    is(await outcomeOf(), at < SLOT_HEADER_BYTES + CONTENT_BYTES ? 'storage' : 'value 1')
  }
})

for (const count of [2, 3, 4]) {
  promises(
    `has its old value until all of swap ${count} is there, and goes on from it`,
    async () => {
      await write(1, count - 1)
      const before = await readFile(path)
      const anchor = await FileAnchor.open(path)
      await anchor.swap(content(count))
      await anchor.close()
      const after = await readFile(path)
      const start = ((count + 1) % 2) * SLOT_BYTES
      for (let length = 0; length <= SLOT_HEADER_BYTES + CONTENT_BYTES; length += 1) {
        await layAgain(before)
        await overwrite(start, after.subarray(start, start + length))
        const isWhole = length === SLOT_HEADER_BYTES + CONTENT_BYTES
        is(await outcomeOf(), `value ${isWhole ? count : count - 1}`, `${length} bytes`)
        const torn = await FileAnchor.open(path)
        await torn.swap(content(9))
        await torn.close()
        is(await outcomeOf(), 'value 9')
      }
    },
  )
}

promises('has the last acknowledged value or the next after each of 25 kills', async () => {
  await write(1, 1)
  let last = 1
  for (let round = 1; round <= 25; round += 1) {
    const acknowledged = await swapUntilKilled(path, 400_000, 2 * round)
    equal(
      acknowledged,
      acknowledged.map((_, index) => last + 1 + index),
    )
    const least = acknowledged.at(-1) ?? last
    const { value, staged } = await found()
    last = Number(new TextDecoder().decode(value).slice('value '.length))
    is(last === least || last === least + 1, true, `${last} after ${least}`)
    is(
      staged.every((byte) => byte === (last & 0xff)),
      true,
    )
  }
  is(last > 600, true, `only ${last} swaps`)
})

promises(
  'writes nothing more once the disk has taken a part only, and has the old value',
  async () => {
    await write(1, 1)
    equal(await swapBelow(path, 13_000, SLOT_BYTES + 8_192), ['storage', 'storage'])
    const torn = await readFile(path)
    is(torn[SLOT_BYTES + SLOT_HEADER_BYTES], utf8('value 2')[0], 'a part has been written')
    is(await outcomeOf(), 'value 1')
    equal(await swapBelow(path, 1_000, SLOT_BYTES), ['storage', 'storage'])
    const anchor = await FileAnchor.open(path)
    await anchor.swap(content(2))
    await anchor.close()
    is(await outcomeOf(), 'value 2')
  },
)

promises.run()

function content(count: number): AnchorValue {
  return { value: utf8(`value ${count}`), staged: bytes(count, CONTENT_BYTES - 7) }
}

function bytes(byte: number, length: number): Uint8Array {
  return new Uint8Array(length).fill(byte)
}

function create(first: AnchorValue): Promise<Anchor> {
  return new AnchorFolder(folder).create(NAME, first)
}

/** An anchor that has had all values from one to another. */
async function write(from: number, to: number): Promise<void> {
  const anchor = await create(content(from))
  for (let count = from + 1; count <= to; count += 1) await anchor.swap(content(count))
  await anchor.close()
}

async function found(): Promise<AnchorValue> {
  const anchor = await FileAnchor.open(path)
  await anchor.close()
  return anchor.current
}

/** Opens what is in the file now, somewhere else. */
async function inCopy(look: (copy: Anchor) => void): Promise<void> {
  const copy = join(folder, 'copy')
  await copyFile(path, copy)
  const anchor = await FileAnchor.open(copy)
  look(anchor)
  await anchor.close()
}

/** The value found, which then goes with what was staged with it, or the error. */
async function outcomeOf(): Promise<string> {
  try {
    const { value, staged } = await found()
    const text = new TextDecoder().decode(value)
    equal([...staged], [...content(Number(text.slice(-1))).staged])
    return text
  } catch (error) {
    if (error instanceof TamgaError) return error.code
    throw error
  }
}

async function flip(at: number): Promise<void> {
  const file = await open(path, 'r+')
  const byte = new Uint8Array(1)
  await file.read(byte, 0, 1, at)
  await file.write(
    byte.map((old) => old ^ 0xff),
    0,
    1,
    at,
  )
  await file.close()
}

/** The file as it was, up to `length`. Slots are long, and after a short content all is zero. */
async function layAgain(whole: Uint8Array, length = whole.length): Promise<void> {
  await truncate(path, 0)
  await truncate(path, length)
  for (const start of [0, SLOT_BYTES]) {
    const end = Math.min(length, start + SLOT_HEADER_BYTES + CONTENT_BYTES)
    if (end > start) await overwrite(start, whole.subarray(start, end))
  }
}

async function overwrite(at: number, part: Uint8Array): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(part, 0, part.length, at)
  await file.close()
}

function same(a: AnchorValue, b: AnchorValue): void {
  is(Buffer.compare(a.value, b.value), 0)
  is(Buffer.compare(a.staged, b.staged), 0)
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'nothing was thrown',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )
}
