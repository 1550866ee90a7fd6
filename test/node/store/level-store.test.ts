import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  assert,
  asyncProperty,
  constantFrom,
  integer,
  record,
  array,
  uniqueArray,
} from 'fast-check'
import { suite } from 'uvu'
import { equal, is, match, not } from 'uvu/assert'
import { LevelStore } from '../../../node/store/level-store.ts'
import type { StoreOp } from '../../../node/store/store.ts'
import { TamgaError } from '../../../protocol/errors.ts'

const promises = suite('a store on LevelDB')

let folder: string
let store: LevelStore

promises.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tamga-store-'))
  store = await LevelStore.open(folder)
})

promises.after.each(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

promises('gives back what was put, and nothing for what was not', async () => {
  await store.batch([put('a', 1, 2, 3), put('empty')], { durable: true })
  equal(await store.get('a'), bytes(1, 2, 3))
  equal(await store.get('empty'), bytes())
  is(await store.get('b'), undefined)
})

promises('gives many values in the order of the keys', async () => {
  await store.batch([put('a', 1), put('b', 2)], { durable: false })
  equal(await store.getMany(['b', 'z', 'a', 'b']), [bytes(2), undefined, bytes(1), bytes(2)])
  equal(await store.getMany([]), [])
})

promises('applies a batch in its order', async () => {
  await store.batch([put('a', 1), { type: 'del', key: 'a' }, put('b', 1), put('b', 2)], {
    durable: true,
  })
  is(await store.get('a'), undefined)
  equal(await store.get('b'), bytes(2))
  await store.batch([], { durable: true })
})

promises('applies all of a batch or nothing', async () => {
  const long = { type: 'put', key: 'k'.repeat(513), value: bytes(1) } as const
  for (const bad of [long, put(''), put('ключ')]) {
    is(await codeOf(store.batch([put('a', 1), bad, put('b', 1)], { durable: true })), 'internal')
  }
  equal(await store.range('', '~', 10), [])
})

promises('gives a range from, up to but without, and no more than asked', async () => {
  const keys = ['log/a/1', 'log/a/2', 'log/a/3', 'log/b/1']
  await store.batch(keys.map((key, index) => put(key, index)).reverse(), { durable: true })
  equal(await keysOf('log/a/', 'log/a0', 10), ['log/a/1', 'log/a/2', 'log/a/3'])
  equal(await keysOf('log/a/2', 'log/b/1', 10), ['log/a/2', 'log/a/3'])
  equal(await keysOf('log/a/', 'log/z', 2), ['log/a/1', 'log/a/2'])
  for (const limit of [0, -1, 0.5, Number.NaN]) equal(await keysOf('', '~', limit), [])
  for (const limit of [Infinity, 2 ** 32 + 1, 2 ** 31]) is((await keysOf('', '~', limit)).length, 4)
  equal(await keysOf('log/b', 'log/a', 10), [])
  equal(await keysOf('log/a', 'log/a', 10), [])
})

promises('orders as a sorted map does, whatever was put and deleted', async () => {
  const key = constantFrom('a', 'a/', 'a/0', 'a0', 'aa', 'b', 'A', '~', ' ', 'a/00')
  const op = record({ type: constantFrom('put' as const, 'del' as const), key, n: integer() })
  const batches = array(array(op, { maxLength: 6 }), { maxLength: 4 })
  await assert(
    asyncProperty(batches, uniqueArray(key, { minLength: 2, maxLength: 2 }), async (all, ends) => {
      const model = new Map<string, number>()
      const [from = '', to = ''] = ends.sort()
      const old = await store.range('', '\x7f', 100)
      await store.batch(
        old.map(([name]) => ({ type: 'del', key: name })),
        { durable: false },
      )
      for (const ops of all) {
        for (const { type, key: name, n } of ops) {
          if (type === 'put') model.set(name, n & 0xff)
          else model.delete(name)
        }
        await store.batch(
          ops.map(({ type, key: name, n }) =>
            type === 'put' ? put(name, n & 0xff) : { type, key: name },
          ),
          { durable: false },
        )
      }
      const wanted = [...model].filter(([name]) => name >= from && name < to)
      const sorted = wanted.sort(([a], [b]) => (a < b ? -1 : 1))
      equal(
        await store.range(from, to, 100),
        sorted.map(([name, n]) => [name, bytes(n)]),
      )
    }),
    { numRuns: 50 },
  )
})

promises('hands out values that are the caller’s own', async () => {
  await store.batch([put('a', 1, 2, 3)], { durable: true })
  const one = await store.get('a')
  const [many] = await store.getMany(['a'])
  const [entry] = await store.range('a', 'b', 1)
  const views = [one, many, entry?.[1]]
  for (const view of views) {
    is(view?.constructor, Uint8Array)
    is(view?.buffer.byteLength, 3)
    view?.fill(9)
  }
  equal(await store.get('a'), bytes(1, 2, 3))
  not.equal(one?.buffer, undefined)
  is(new Set(views.map((view) => view?.buffer)).size, 3)
})

promises('has everything when it is opened again', async () => {
  await store.batch([put('a', 1)], { durable: true })
  await store.batch([put('b', 2)], { durable: false })
  await store.close()
  store = await LevelStore.open(folder)
  equal(await store.getMany(['a', 'b']), [bytes(1), bytes(2)])
})

promises('is open once at a time, and says so', async () => {
  const error = await failure(LevelStore.open(folder))
  is(error.code, 'storage')
  match(error.message, 'is open already')
})

promises('says when it cannot be opened at all', async () => {
  const file = join(folder, 'not-a-folder')
  await writeFile(file, '')
  const error = await failure(LevelStore.open(file))
  is(error.code, 'storage')
  match(error.message, 'cannot be opened')
})

promises('finishes what was begun when it is closed, and does nothing more', async () => {
  const begun = store.batch([put('a', 1)], { durable: true })
  await Promise.all([store.close(), store.close()])
  await begun
  await store.close()
  is(await codeOf(store.get('a')), 'closed')
  is(await codeOf(store.getMany(['a'])), 'closed')
  is(await codeOf(store.range('a', 'b', 1)), 'closed')
  is(await codeOf(store.batch([put('a', 1)], { durable: true })), 'closed')
  store = await LevelStore.open(folder)
  equal(await store.get('a'), bytes(1))
})

promises.run()

function put(key: string, ...values: number[]): StoreOp {
  return { type: 'put', key, value: bytes(...values) }
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values)
}

async function keysOf(from: string, to: string, limit: number): Promise<string[]> {
  return (await store.range(from, to, limit)).map(([key]) => key)
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await failure(promise)).code
}

async function failure(promise: Promise<unknown>): Promise<TamgaError> {
  const error: unknown = await promise.then(
    () => 'an answer',
    (reason: unknown) => reason,
  )
  if (error instanceof TamgaError) return error
  throw new Error(`no TamgaError but ${String(error)}`)
}
