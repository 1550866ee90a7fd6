import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { sha256 } from '../../../../crypto/hash.ts'
import { utf8 } from '../../../../crypto/bytes.ts'
import { Book, type Reference } from '../../../../node/fields/mosip/book.ts'
import { PostDisk } from '../../post/support/post-disk.ts'

const ABOUT = sha256(utf8('a question'))
const SCORE = { score: 90, falseMatchRate: 1e-9, searched: 12 }

const promises = suite('the book of references')

let disk: PostDisk

promises.before.each(async () => {
  disk = await PostDisk.make()
})

promises.after.each(async () => {
  await disk.close()
})

function referenceOf(referenceId: string): Reference {
  const handle = sha256(utf8(referenceId)).slice(0, 16)
  return { referenceId, handle, state: 'pending', requestId: 'first', request: undefined }
}

promises('knows after a restart what it knew before', async () => {
  const [one, other] = [referenceOf('one'), referenceOf('other')]
  const book = await Book.open({ store: disk.store })
  await book.activate(one, [])
  await book.activate(other, [{ handle: one.handle, ...SCORE }])
  await book.keepAnswer('first', ABOUT, '{}')
  const again = await Book.open({ store: await disk.reopen() })
  is(again.active, 2)
  is((await again.reference('one'))?.state, 'active')
  equal(await again.pairs(one.handle), [{ handle: other.handle, ...SCORE }])
  equal(await again.pairs(other.handle), [{ handle: one.handle, ...SCORE }])
  equal(await again.namesOf([other.handle]), ['other'])
  equal(await again.answer('first'), { about: ABOUT, answer: '{}' })
})

promises('keeps so many answers, and forgets the oldest', async () => {
  const book = await Book.open({ store: disk.store }, { answersMax: 3 })
  const ids = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(ids.map(async (id) => book.keepAnswer(id, ABOUT, id)))
  const again = await Book.open({ store: await disk.reopen() }, { answersMax: 3 })
  await again.keepAnswer('f', ABOUT, 'f')
  const kept = await Promise.all([...ids, 'f'].map(async (id) => again.answer(id)))
  equal(
    kept.map((one) => one?.answer),
    [undefined, undefined, undefined, 'd', 'e', 'f'],
  )
})

promises('forgets whom a withdrawn reference is like, and nothing of others', async () => {
  const [one, other] = [referenceOf('one'), referenceOf('other')]
  const book = await Book.open({ store: disk.store })
  await book.activate(one, [])
  await book.activate(other, [{ handle: one.handle, ...SCORE }])
  await book.withdraw({ ...one, state: 'active' }, 'second')
  is(book.active, 1)
  equal(await book.pairs(other.handle), [])
  equal(await book.namesOf([one.handle, other.handle]), [undefined, 'other'])
  is((await book.reference('one'))?.requestId, 'second')
})

promises.run()
