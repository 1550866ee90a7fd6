import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { DigestTable } from '../../../node/audit/digest-table.ts'

const promises = suite('a table of digests')

promises('knows what a map would know, through all its growth', () => {
  const table = new DigestTable()
  const count = 20_000
  for (let at = 0; at < count; at += 1) table.add(digest(at), at)
  table.add(digest(7), 99)
  is(table.size, count)
  for (let at = 0; at < count; at += 1) is(table.get(digest(at)), at)
  for (let at = count; at < count + 1_000; at += 1) is(table.get(digest(at)), undefined)
})

promises('keeps marks beside them, and marks nothing that it does not know', () => {
  const table = new DigestTable()
  for (let at = 0; at < 2; at += 1) table.add(digest(at), at)
  is(table.mark(digest(1), 1), true)
  is(table.mark(digest(2), 1), false)
  for (let at = 2; at < 3_000; at += 1) table.add(digest(at), at)
  is(table.mark(digest(1), 2), true)
  equal(
    [...table.marked()].filter(([, marks]) => marks !== 0),
    [[1, 3]],
  )
})

promises('tells digests apart that begin alike', () => {
  const table = new DigestTable()
  const [a, b] = [1, 2].map((last) => new Uint8Array(32).fill(last, 15, 16))
  table.add(a!, 1)
  is(table.get(b!), undefined)
  table.add(b!, 2)
  equal([table.get(a!), table.get(b!)], [1, 2])
})

function digest(number: number): Uint8Array {
  return sha256(utf8(`digest ${number}`))
}

promises.run()
