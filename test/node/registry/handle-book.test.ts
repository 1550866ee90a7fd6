import { suite } from 'uvu'
import { equal, is, not } from 'uvu/assert'
import { fromHex, toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { boxKeysFromSeed, seal } from '../../../crypto/sealing.ts'
import type { Store, StoreOp } from '../../../node/store/store.ts'
import { codec, record, text } from '../../../protocol/codec.ts'
import { HANDLE_BYTES, handleShape } from '../../../protocol/identifiers.ts'
import { encodeSealed } from '../../../protocol/sealed-record.ts'
import { codeOf, contentOf, FaultyStore, put, TestDisk } from '../log/support/test-disk.ts'
import { halfRotated, handlesOf, openBook, own, PEOPLE, people, random } from './support/book.ts'

const other = boxKeysFromSeed(sha256(utf8('other')))
const [anna = '', boris = ''] = people
const nobody = new Uint8Array(HANDLE_BYTES)

const promises = suite('the handle book')

let disk: TestDisk

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('gives each person one random handle, also when it is opened again', async () => {
  const book = await openBook(await disk.open())
  const handles = await handlesOf(book)
  is(new Set(handles).size, PEOPLE)
  is(handles.join('').length, PEOPLE * HANDLE_BYTES * 2)
  equal(await handlesOf(book), handles)
  const reopened = await openBook(await disk.open())
  equal(await handlesOf(reopened), handles)
  const elsewhere = await TestDisk.create()
  not.equal(await handlesOf(await openBook(await elsewhere.open())), handles)
  await elsewhere.remove()
})

promises('leads from a handle back to its person', async () => {
  const book = await openBook(await disk.open())
  for (const iin of [anna, boris]) is(await book.iinOf(await book.handleOf(iin)), iin)
  is(await book.iinOf(nobody), undefined)
  is(await codeOf(book.iinOf(nobody.subarray(1))), 'malformed')
})

promises('finds without making', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const before = await contentOf(store)
  is(await book.find(anna), undefined)
  equal(await contentOf(store), before)
  const handle = await book.handleOf(anna)
  equal(await book.find(anna), handle)
  is(await book.find(boris), undefined)
})

promises('keeps the handle that somebody was given elsewhere, unless they have one', async () => {
  const book = await openBook(await disk.open())
  const given = sha256(utf8('given')).subarray(0, HANDLE_BYTES)
  equal(await book.keep(anna, given), given)
  equal([await book.handleOf(anna), await book.iinOf(given)], [given, anna])
  equal(await book.keep(anna, nobody), given)
  is(await codeOf(book.keep(boris, given)), 'conflict')
  is(await book.find(boris), undefined)
})

promises('takes no number that is no IIN', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const before = await contentOf(store)
  for (const wrong of ['', `${anna}0`, anna.slice(0, 11) + ((Number(anna[11]) + 1) % 10)]) {
    is(await codeOf(book.handleOf(wrong)), 'unprocessable')
    is(await codeOf(book.find(wrong)), 'unprocessable')
  }
  equal(await contentOf(store), before)
})

promises('gives those who ask about one person at once one handle', async () => {
  const book = await openBook(await disk.open())
  const asked = Array.from({ length: 30 }, (_, place) => people[place % 3]!)
  const given = await Promise.all(asked.map((iin) => book.handleOf(iin)))
  is(new Set(given.map(toHex)).size, 3)
  for (const [place, handle] of given.entries()) is(await book.iinOf(handle), asked[place])
})

promises('gives out only what is durable', async () => {
  const store = new FaultyStore(await disk.open())
  const book = await openBook(store)
  const release = store.hold()
  let isGiven = false
  const given = book.handleOf(anna).then(() => (isGiven = true))
  await new Promise(setImmediate)
  is(isGiven, false)
  release()
  await given
  is(store.durable.length > 1 && store.durable.every(Boolean), true)
})

promises('survives a disk that fails, whether or not it kept what it was given', async () => {
  const store = new FaultyStore(await disk.open())
  const book = await openBook(store)
  for (const [iin, fault] of [
    [anna, 'lost'],
    [boris, 'kept'],
  ] as const) {
    store.failNext(fault)
    is(await codeOf(book.handleOf(iin)), 'storage')
    const handle = await book.handleOf(iin)
    is(await book.iinOf(handle), iin)
    equal(await (await openBook(store)).find(iin), handle)
  }
})

promises('forgets a handle and its person, and only those', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  await book.handleOf(boris)
  const before = await contentOf(store)
  const handle = await book.handleOf(anna)
  await book.forget(handle)
  equal(await contentOf(store), before)
  is(await book.find(anna), undefined)
  is(await book.iinOf(handle), undefined)
  await book.forget(handle)
  await book.forget(nobody)
  equal(await contentOf(store), before)
  not.equal(await book.handleOf(anna), handle)
})

promises('has neither numbers nor handles nor plain hashes of them on the disk', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const handles = await handlesOf(book)
  await book.rotate()
  const content = await store.range('', '~', 1_000)
  is(content.length, 2 * PEOPLE + 1)
  const stored = content.flatMap(([key, value]) => [
    Buffer.from(key),
    Buffer.from(value),
    Buffer.from(key.split('/').at(-1) ?? '', 'hex'),
  ])
  for (const [place, iin] of people.entries()) {
    const handle = fromHex(handles[place]!)
    const hashes = [sha256(utf8(iin)), sha256(handle)]
    for (const secret of [utf8(iin), handle, utf8(toHex(handle)), ...hashes]) {
      is(
        stored.some((bytes) => bytes.includes(Buffer.from(secret))),
        false,
      )
    }
  }
})

promises('touches nothing that other rooms keep, and is not touched by them', async () => {
  const store = await disk.open()
  const others = ['handle-boo', 'handle-book', 'handle-book0', 'handle-books/key/0', 'log/handle']
  const value = utf8('not of the book')
  await store.batch(
    others.map((key) => put(key, value)),
    { durable: false },
  )
  const book = await openBook(store)
  const handle = await book.handleOf(anna)
  await book.rotate()
  await (await openBook(store)).forget(handle)
  for (const key of others) equal(await store.get(key), value)
  is((await contentOf(store)).length, others.length + 1)
})

promises.run()

const damage = suite('a damaged handle book')

damage.before.each(async () => {
  disk = await TestDisk.create()
})

damage.after.each(async () => {
  await disk.remove()
})

damage('does not open with the keys of another node', async () => {
  await handlesOf(await openBook(await disk.open()))
  is(await codeOf(openBook(await disk.open(), other)), 'storage')
})

damage('does not open without one of its keys, or with one changed', async () => {
  const { store, failing, book, handles } = await halfRotated(disk)
  failing.failAt(2)
  is(await codeOf(book.rotate()), 'storage')
  const before = await contentOf(store)
  const keys = await store.range('handle-book/key/', 'handle-book/key/~', 10)
  is(keys.length, 3)
  for (const [key, value] of keys) {
    const foreign = keys.find(([name]) => name !== key)![1]
    const forged = encodeSealed(
      seal(random.bytes(32), [own.publicKey], { context: utf8('made up'), randomBytes }),
    )
    const cut = value.subarray(1)
    const ops: StoreOp[] = [
      { type: 'del', key },
      put(key, foreign),
      put(key, forged),
      put(key, cut),
    ]
    for (const op of ops) {
      await store.batch([op], { durable: false })
      is(await codeOf(openBook(store)), 'storage')
    }
    await store.batch([put(key, value)], { durable: false })
  }
  equal(await contentOf(store), before)
  equal(await handlesOf(await openBook(store)), handles)
})

damage('never gives a wrong handle or a wrong person', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const handle = await book.handleOf(anna)
  const mine = await rowsOf(store)
  await book.handleOf(boris)
  const all = await rowsOf(store)
  for (const [key, value] of mine) {
    const ask = async (bad: Uint8Array): Promise<unknown> => {
      await store.batch([put(key, bad)], { durable: false })
      await isItOrAnError(book.find(anna), handle)
      await isItOrAnError(book.handleOf(anna), handle)
      await isItOrAnError(book.iinOf(handle), anna)
      return codeOf(key.includes('/person/') ? book.handleOf(anna) : book.iinOf(handle))
    }
    const others = all.filter(([name]) => name !== key).map(([, found]) => found)
    for (const bad of [...others, value.subarray(1), new Uint8Array()]) {
      is(await ask(bad), 'storage')
      is(await codeOf(book.forget(handle)), 'storage')
    }
    let noticed = 0
    for (let flip = 0; flip < 80; flip += 1) {
      const at = random.integer(value.length)
      const bad = value.with(at, value[at]! ^ (1 << random.integer(8)))
      if ((await ask(bad)) === 'storage') noticed += 1
    }
    // A sealed record's salt is for commitments in the ledger; nothing here rests on it.
    is(noticed > 50, true, `${noticed} of 80 noticed`)
    await store.batch([put(key, value)], { durable: false })
  }
  is(await book.iinOf(handle), anna)
})

damage('takes no row that somebody else has sealed to the same node', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  await book.handleOf(anna)
  const [[key] = ['']] = await rowsOf(store, 'person')
  const rows = codec('row', 64, record({ iin: text(12), handle: handleShape }))
  const forged = rows.encode({ iin: anna, handle: nobody })
  for (const context of ['', key].map(utf8)) {
    const sealed = encodeSealed(seal(forged, [own.publicKey], { context, randomBytes }))
    await store.batch([put(key, sealed)], { durable: false })
    is(await codeOf(book.find(anna)), 'storage')
  }
})

damage('holds a rotation up for the damaged rows only, and keeps their key', async () => {
  const store = await disk.open()
  const book = await openBook(store)
  const handles = await handlesOf(book)
  const [[key, value] = ['', nobody]] = await rowsOf(store, 'person')
  await store.batch([put(key, value.with(200, value[200]! ^ 1))], { durable: false })
  is(await codeOf(book.rotate()), 'storage')
  const old = key.slice(0, key.indexOf('person'))
  equal(
    (await rowsOf(store, 'person')).filter(([name]) => name.startsWith(old)).map(([name]) => name),
    [key],
  )
  let lost = 0
  for (const [place, iin] of people.entries()) {
    const isLost = (await codeOf(book.find(iin))) === 'storage'
    if (isLost) lost += 1
    else is(toHex((await book.find(iin))!), handles[place])
  }
  is(lost, 1)
  await store.batch([put(key, value)], { durable: false })
  const repaired = await openBook(store)
  await repaired.resume()
  equal(await handlesOf(repaired), handles)
  is((await contentOf(store)).length, 2 * PEOPLE + 1)
})

damage.run()

async function rowsOf(store: Store, part = ''): Promise<[string, Uint8Array][]> {
  const rows = await store.range('handle-book/row/', 'handle-book/row/~', 1_000)
  return rows.filter(([key]) => key.includes(part))
}

async function isItOrAnError<T>(work: Promise<T>, right: T): Promise<void> {
  if ((await codeOf(work)) === undefined) equal(await work, right)
}

function randomBytes(length: number): Uint8Array {
  return random.bytes(length)
}
