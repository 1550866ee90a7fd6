import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { equalBytes } from '../../crypto/bytes.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import {
  checkRecords,
  decodeRecord,
  groupAt,
  groupRecords,
  officerTag,
  proveRecord,
  recordBatches,
  verifyRecord,
  type NewRecord,
} from '../../protocol/access-record.ts'
import type { Batch } from '../../protocol/entry/batch.ts'
import { decodeEntryOf, encodeEntry } from '../../protocol/entry/entry.ts'
import { RECORDS_BYTES_MAX } from '../../protocol/limits.ts'
import { recordLists } from '../support/arbitrary-batches.ts'
import { check, codeOf, promiseCodec } from './support/codec-promises.ts'
import { actEntries, outcomeEntries, queryEntries, searchEntries } from '../support/arbitraries.ts'

const AT = 1_000
const promises = suite('an access record')

promiseCodec(
  promises,
  { ...recordBatches, bytesMax: RECORDS_BYTES_MAX, name: 'access records' },
  recordLists,
)

promises('is a question, an outcome or a search, and nothing else', () => {
  check(fc.oneof(queryEntries, outcomeEntries, searchEntries), (entry) => {
    is(decodeRecord(encodeEntry(entry)).type, entry.type)
  })
  check(actEntries, (entry) => {
    is(
      codeOf(() => decodeRecord(encodeEntry(entry))),
      'malformed',
    )
  })
})

promises('is proven in its batch, wherever it stands and however many there are', async () => {
  for (let count = 1; count <= 20; count += 1) {
    const { entry, records } = batchOf(recordsOf('a', count), recordsOf('b', 1))
    for (const [at, bytes] of records.entries()) {
      const group = verifyRecord(hashLeaf(bytes), await proveRecord(entry, records, at))
      is(group.post, at < count ? 'a' : 'b')
    }
  }
})

promises(
  'is refused at any other place, of any other batch, and with any byte changed',
  async () => {
    const { entry, records } = batchOf(recordsOf('a', 5), recordsOf('b', 3))
    const other = batchOf(recordsOf('a', 6), recordsOf('b', 3))
    const proof = await proveRecord(entry, records, 2)
    const leaf = hashLeaf(records[2]!)
    for (const record of [0, 1, 3, 4, 5, 7, 8, 511]) {
      is(code(leaf, { ...proof, record }), 'bad-proof')
    }
    is(code(leaf, { ...proof, entry: other.entry }), 'bad-proof')
    is(code(leaf, { ...proof, path: proof.path.slice(1) }), 'bad-proof')
    is(code(leaf, { ...proof, path: [...proof.path, leaf] }), 'bad-proof')
    is(code(leaf, { ...proof, entry: records[0]! }), 'malformed')
    for (let at = 0; at < records[2]!.length; at += 1) {
      is(code(hashLeaf(flipped(records[2]!, at)), proof), 'bad-proof')
    }
  },
)

promises(
  'is missed when its batch is cut short, and so is one too many or in another order',
  () => {
    const { batch, records } = batchOf(recordsOf('a', 3), recordsOf('b', 2))
    checkRecords(batch, records)
    const wrong = [
      records.slice(1),
      records.slice(0, -1),
      [...records, records[0]!],
      records.toReversed(),
      records.map((bytes, at) => (at === 4 ? flipped(bytes, 0) : bytes)),
      [],
    ]
    for (const shown of wrong) {
      is(
        codeOf(() => checkRecords(batch, shown)),
        'bad-proof',
      )
    }
  },
)

promises('stands among those of its post, and its officer is found by a tag', () => {
  const officer = new Uint8Array(32).fill(7)
  const another = new Uint8Array(32).fill(8)
  const { batch, records } = batchOf([
    { post: 'b', bytes: Uint8Array.of(1), officer },
    { post: 'a', bytes: Uint8Array.of(2), officer: another },
    { post: 'b', bytes: Uint8Array.of(3) },
    { post: 'b', bytes: Uint8Array.of(4), officer },
  ])
  equal(
    batch.groups.map(({ post, count, officers }) => [post, count, officers]),
    [
      ['a', 1, [officerTag(another)]],
      ['b', 3, [officerTag(officer)]],
    ],
  )
  equal(
    records.map(([byte]) => byte),
    [2, 1, 3, 4],
  )
  equal(
    [0, 1, 3, 4].map((at) => groupAt(batch, at)?.group.post),
    ['a', 'b', 'b', undefined],
  )
})

promises.run()

function code(...of: Parameters<typeof verifyRecord>) {
  return codeOf(() => verifyRecord(...of))
}

function recordsOf(post: string, count: number): NewRecord[] {
  return Array.from({ length: count }, (_, at) => {
    return { post, bytes: encodeEntry(searchOf(post, at)) }
  })
}

function searchOf(asker: string, at: number) {
  const digest = new Uint8Array(32).fill(at)
  const queryId = new Uint8Array(16).fill(at)
  return { type: 'search' as const, at: AT, queryId, asker, query: digest, part: digest }
}

function batchOf(...all: NewRecord[][]) {
  const { groups, ordered } = groupRecords(all.flat())
  const entry = encodeEntry({ type: 'batch', at: AT, groups })
  const batch: Batch = decodeEntryOf('batch', entry)
  return { entry, batch, records: ordered.map(({ bytes }) => bytes) }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.map((byte, place) => (place === at ? byte ^ 1 : byte))
  if (equalBytes(changed, bytes)) throw new Error('nothing was changed')
  return changed
}
