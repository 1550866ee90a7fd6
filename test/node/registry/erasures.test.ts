import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import type { KeptRecord } from '../../../node/registry/erasures.ts'
import type { Destroyed } from '../../../protocol/entry/destroyed.ts'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { shuffled } from '../../support/shuffled.ts'
import {
  act,
  enrolment,
  handleOf,
  made,
  officers,
  roster,
  WRITERS,
  type Made,
} from './support/entries.ts'
import { Reader, Writers } from './support/fold.ts'

/** Somebody whose two replicas have logs of their own here. */
const PERSON = Array.from({ length: 50 }, (_, i) => `person ${i}`).find((name) => {
  return replicas(name).every((replica) => (WRITERS as readonly string[]).includes(replica))
})!
const handle = handleOf(PERSON)
const [first, second] = replicas(PERSON) as [string, string]
const stranger = WRITERS.find((name) => name !== first && name !== second)!

const enrolled = enrolment(PERSON)
const { commitment } = enrolled.entry.entry
const erasure = act(
  { type: 'erasure', ground: 'court-order' },
  [officers.adjudicator, officers.protector],
  { handle, at: 2, purpose: 'court-order', after: enrolled.entry.leaf },
)

const promises = suite('what is known of erasures')

let writers: Writers
let reader: Reader

promises.before.each(async () => {
  writers = await Writers.open()
  reader = await Reader.open()
  await reader.registry.start()
})

promises.after.each(async () => {
  await writers.close()
  await reader.close()
})

promises('is what is due at every replica, until each has said that it is done', async () => {
  const { erasures } = reader.registry
  await told('almaty', ...enrolled.all)
  equal([erasures.of(handle), erasures.due(handle), erasures.peopleDue], [undefined, [], 0])
  await told('almaty', erasure)
  equal(erasures.of(handle), { handle, log: 'almaty', index: 4, leaf: erasure.leaf, at: 2 })
  equal(named(erasures.due(handle)), [first, second].toSorted())
  await told(first, receipt())
  equal([named(erasures.due(handle)), erasures.peopleDue], [[second], 1])
  await told(first, receipt({ at: 9 }))
  await told(second, receipt())
  equal([erasures.due(handle), erasures.peopleDue], [[], 0])
  equal(named(erasures.receipts(handle)), [first, second].toSorted())
})

promises('is not what a node says that is no replica, or of something else', async () => {
  const { erasures } = reader.registry
  await told('almaty', ...enrolled.all, erasure)
  await told(stranger, receipt())
  for (const wrong of [
    { erasure: enrolled.entry.leaf },
    { erasure: new Uint8Array(32) },
    { commitment: new Uint8Array(32) },
    { handle: handleOf('somebody else') },
  ]) {
    await told(first, receipt(wrong))
    await told(second, receipt(wrong))
  }
  equal(erasures.receipts(handle), [])
  equal(named(erasures.due(handle)), [first, second].toSorted())
  await told(first, receipt())
  equal(named(erasures.receipts(handle)), [first])
})

promises('is the same in whichever order it was heard', async () => {
  await writers.append('almaty', ...enrolled.all, erasure)
  for (const name of [first, second, stranger]) await writers.append(name, receipt())
  const seen = new Set<string>()
  for (let order = 0; order < 6; order += 1) {
    const other = await Reader.open()
    await other.registry.start()
    for (const name of shuffled(WRITERS, new SeededRandom(order))) {
      await other.take(writers, name, writers.size(name))
    }
    await other.registry.settled()
    const { erasures } = other.registry
    const known = [erasures.of(handle), erasures.due(handle), erasures.peopleDue]
    is(erasures.receipts(handle).length, 2)
    seen.add(JSON.stringify([known, named(erasures.receipts(handle))]))
    await other.close()
  }
  is(seen.size, 1)
})

promises('tells of the erased when nobody finds them any more, and again of more', async () => {
  const heard: boolean[] = []
  reader.registry.onErasure(async (about) => {
    is(toHex(about), toHex(handle))
    heard.push(reader.registry.person(handle) === undefined)
  })
  await told('almaty', ...enrolled.all)
  equal(heard, [])
  await told('almaty', erasure)
  equal(heard, [true])
  await told('astana', ...enrolment(PERSON, { salt: 'late', home: 'astana', at: 3 }).all)
  equal(heard, [true, true])
  is(reader.registry.enrolments(handle).length, 2)
  is(reader.registry.erasures.due(handle).length, 4)
})

promises.run()

async function told(log: string, ...entries: readonly Made[]): Promise<void> {
  await writers.append(log, ...entries)
  await reader.takeAll(writers)
}

function receipt(changed: Partial<Destroyed> = {}): Made<Destroyed> {
  const about = { at: 5, handle, commitment, erasure: erasure.leaf }
  return made({ type: 'destroyed', ...about, ...changed })
}

function replicas(person: string): string[] {
  return replicasOf(shardOf(handleOf(person), roster), roster)
}

function named(records: readonly KeptRecord[]): string[] {
  return records.map(({ replica }) => replica).toSorted()
}
