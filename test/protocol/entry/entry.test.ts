import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import {
  decodeEntry,
  decodeEntryOf,
  encodeEntry,
  type Entry,
} from '../../../protocol/entry/entry.ts'
import { ENTRY_BYTES_MAX, NODES_MAX, REPLICAS_MAX, SHARDS_MAX } from '../../../protocol/limits.ts'
import { STATEMENT_BYTES_MAX } from '../../../protocol/statement.ts'
import {
  enrolmentEntries,
  genesisEntries,
  queryEntries,
  searchEntries,
} from '../../support/arbitraries.ts'
import { check, codeOf, promiseCodec } from '../support/codec-promises.ts'
import { readTree, replaced, writeFrame } from '../support/message-pack.ts'

const promises = suite('an entry')

const KINDS: readonly [type: Entry['type'], number: number, entries: fc.Arbitrary<Entry>][] = [
  ['genesis', 0, genesisEntries],
  ['enrolment', 1, enrolmentEntries],
  ['query', 2, queryEntries],
  ['search', 3, searchEntries],
]

for (const [type, number, entries] of KINDS) {
  const subject = { bytesMax: ENTRY_BYTES_MAX, encode: encodeEntry, decode: decodeEntry }
  promiseCodec<Entry>(promises, { ...subject, name: type }, entries)

  promises(`${type}: is kind ${number} in every log, for ever`, () => {
    check(entries, (entry) => {
      const tree = readTree(encodeEntry(entry))
      is(Array.isArray(tree) && tree[0], number)
    })
  })

  promises(`${type}: is read as what it is, and as nothing else`, () => {
    check(entries, (entry) => {
      const encoded = encodeEntry(entry)
      for (const [other] of KINDS) {
        if (other === type) equal(decodeEntryOf(other, encoded), entry)
        else
          is(
            codeOf(() => decodeEntryOf(other, encoded)),
            'malformed',
          )
      }
    })
  })

  promises(`${type}: its fields are no entry of another kind`, () => {
    for (const entry of fc.sample(entries, { numRuns: 5, seed: 3 })) {
      const tree = readTree(encodeEntry(entry))
      for (const other of [0, 1, 2, 3, 4, 255, 1e9]) {
        const code = codeOf(() => decodeEntry(writeFrame(replaced(tree, [0], other))))
        is(code, other === number ? undefined : 'malformed')
      }
    }
  })
}

promises('with the longest of everything fits a log entry', () => {
  const frontier = Array.from({ length: NODES_MAX }, () => {
    return { node: 'n'.repeat(64), size: Number.MAX_SAFE_INTEGER }
  })
  const entry: Entry = {
    type: 'enrolment',
    at: Number.MAX_SAFE_INTEGER,
    handle: new Uint8Array(16),
    shard: SHARDS_MAX - 1,
    commitment: new Uint8Array(32),
    policy: 'p'.repeat(256),
    statement: new Uint8Array(STATEMENT_BYTES_MAX),
    officer: new Uint8Array(32),
    signature: new Uint8Array(64),
    duplicateCheck: new Uint8Array(16),
    frontier,
    receipts: Array.from({ length: REPLICAS_MAX }, () => {
      return { replica: 'n'.repeat(64), signature: new Uint8Array(64) }
    }),
  }
  equal(decodeEntry(encodeEntry(entry)), entry)
  const longer = { ...entry, frontier: [...frontier, frontier[0]!] }
  is(
    codeOf(() => decodeEntry(encodeEntry(longer))),
    'malformed',
  )
  is(
    codeOf(() => decodeEntry(encodeEntry({ ...entry, shard: SHARDS_MAX }))),
    'malformed',
  )
})

promises.run()
