import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { hashLeaf } from '../../../crypto/hash.ts'
import { Batcher, provenRecord } from '../../../node/access/batcher.ts'
import { batchAt, RecordShelf } from '../../../node/access/record-shelf.ts'
import { verifyRecorded } from '../../../node/audit/verify-part.ts'
import { RECORDS_WAITING_MAX } from '../../../node/limits.ts'
import type { Ledger } from '../../../node/log/ledger.ts'
import type { Store, StoreOp } from '../../../node/store/store.ts'
import type { NewRecord } from '../../../protocol/access-record.ts'
import { decodeEntry } from '../../../protocol/entry/entry.ts'
import { BATCH_RECORDS_MAX } from '../../../protocol/limits.ts'
import { entry, keyOf, NAME, openSigningLedger, ROSTER } from '../log/support/logs.ts'
import { codeOf, FaultyStore, TestDisk } from '../log/support/test-disk.ts'

interface Opened {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly batcher: Batcher
}

/** Remembers which keys were written together, in order. */
class NotedStore extends FaultyStore {
  readonly written: string[][] = []

  override async batch(ops: readonly StoreOp[], options: { durable: boolean }): Promise<void> {
    await super.batch(ops, options)
    this.written.push(ops.map(({ key }) => key))
  }
}

const promises = suite('a batcher')

let disk: TestDisk

promises.before.each(async () => {
  disk = await TestDisk.create()
})

promises.after.each(async () => {
  await disk.remove()
})

promises('puts a record that comes alone into a batch of its own at once', async () => {
  const { ledger, batcher, shelf } = await opened(await disk.open())
  const record = recordOf('post-1', 1)
  const { index, bytes } = await batcher.add(record)
  equal(bytes, record.bytes)
  const batch = await batchAt(ledger.own.stored, index)
  equal(
    batch.batch.groups.map(({ post, count }) => [post, count]),
    [['post-1', 1]],
  )
  equal(await shelf.get(batch), [record.bytes])
})

promises('proves each record of a batch that many share, in two steps', async () => {
  const { ledger, batcher } = await opened(await disk.open())
  const records = Array.from({ length: 9 }, (_, i) => recordOf(`post-${i % 3}`, i))
  const before = ledger.own.size
  const batched = await Promise.all(records.map(async (record) => batcher.add(record)))
  is(ledger.own.size, before + 1, 'what comes in one turn shares a batch')
  for (const one of batched) {
    const proven = provenRecord(one, await ledger.prove(NAME, one.index))
    verifyRecorded(proven, ROSTER)
    const tampered = { ...proven, entry: entry(99) }
    is(await codeOf(asked(() => verifyRecorded(tampered, ROSTER))), 'bad-proof')
    const alone = { ...proven, batch: undefined }
    is(await codeOf(asked(() => verifyRecorded(alone, ROSTER))), 'bad-proof')
  }
})

promises('collects what comes while a batch is being written into the next', async () => {
  const { ledger, batcher } = await opened(await disk.open())
  const before = ledger.own.size
  const first = batcher.add(recordOf('post-1', 0))
  await Promise.resolve()
  await Promise.resolve()
  const later = [1, 2, 3].map(async (i) => batcher.add(recordOf('post-1', i)))
  const [one, ...others] = await Promise.all([first, ...later])
  is(new Set(others.map(({ index }) => index)).size, 1)
  ok(one.index < others[0]!.index)
  is(ledger.own.size, before + 2)
})

promises('fills no batch beyond what an entry holds', async () => {
  const { ledger, batcher } = await opened(await disk.open())
  const before = ledger.own.size
  const count = BATCH_RECORDS_MAX + 1
  const all = Array.from({ length: count }, (_, i) => recordOf('p'.repeat(60) + i, i))
  await Promise.all(all.map(async (record) => batcher.add(record)))
  is(ledger.own.size, before + 2)
})

promises('refuses what finds no room, and forgets nothing of what did', async () => {
  const { batcher } = await opened(await disk.open())
  const all = Array.from({ length: RECORDS_WAITING_MAX }, async (_, i) => {
    return batcher.add(recordOf('post-1', i))
  })
  is(await codeOf(batcher.add(recordOf('post-1', 0))), 'overloaded')
  is(await codeOf(batcher.add({ post: 'a', bytes: new Uint8Array(65_536) })), 'too-large')
  const batched = await Promise.all(all)
  is(new Set(batched.map(({ index, proof }) => `${index}/${proof.record}`)).size, all.length)
})

promises('has the records on disk before their batch is in the log', async () => {
  const store = new NotedStore(await disk.open())
  const { ledger, batcher } = await opened(store)
  const before = store.written.length
  const { index } = await batcher.add(recordOf('post-1', 1))
  const written = store.written.slice(before)
  ok(written[0]!.every((key) => key.startsWith(`access/${NAME}/`)))
  const bytes = await ledger.own.stored.entry(index)
  is(decodeEntry(bytes).type, 'batch')
  ok(written.slice(1).every((keys) => keys.every((key) => key.startsWith(`log/${NAME}/`))))
})

promises('logs no batch whose records are not on disk', async () => {
  const store = new FaultyStore(await disk.open())
  const { ledger, batcher } = await opened(store)
  const before = ledger.own.size
  store.failNext('lost')
  is(await codeOf(batcher.add(recordOf('post-1', 1))), 'storage')
  is(ledger.own.size, before)
})

promises(
  'tells who waits that the log failed, and after a restart nothing is half there',
  async () => {
    const { ledger, batcher } = await opened(await disk.open())
    const before = ledger.own.size
    await batcher.add(recordOf('post-1', 0))
    disk.anchors.failNext('lost')
    is(await codeOf(batcher.add(recordOf('post-1', 1))), 'storage')
    const again = await opened(await disk.open())
    is(again.ledger.own.size, before + 1)
    const { index } = await again.batcher.add(recordOf('post-1', 1))
    const kept = await again.shelf.get(await batchAt(again.ledger.own.stored, index))
    equal(kept, [recordOf('post-1', 1).bytes])
  },
)

promises.run()

async function opened(store: Store): Promise<Opened> {
  const options = { self: NAME, roster: ROSTER, genesis: () => entry(0) }
  const places = { store, anchors: disk.anchors, key: keyOf(NAME) }
  const ledger = await openSigningLedger(options, places)
  const shelf = new RecordShelf({ store })
  return { ledger, shelf, batcher: new Batcher({ ledger, shelf }) }
}

function recordOf(post: string, number: number): NewRecord {
  return { post, bytes: entry(number), officer: hashLeaf(entry(number)) }
}

async function asked(check: () => void): Promise<void> {
  check()
}
