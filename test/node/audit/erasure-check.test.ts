import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { replicasOf, shardOf } from '../../../protocol/shards.ts'
import { act, enrolment, handleOf, made, officers, query } from '../registry/support/entries.ts'
import { revocation } from '../registry/support/entries.ts'
import { graveOf, LOGS, roster, soundEntries, WrittenLogs } from './support/written-logs.ts'
import type { Entries } from './support/written-logs.ts'

const DAY_MS = 86_400_000
const handle = handleOf('x')
const [first, second] = replicasOf(shardOf(handle, roster), roster) as [string, string]
const record = enrolment('x').entry
const decided = act(
  { type: 'erasure', ground: 'request' },
  [officers.protector, officers.adjudicator],
  {
    handle,
    at: DAY_MS,
    purpose: 'data-protection',
    after: record.leaf,
  },
)

const promises = suite('an erasure')

promises('is carried out when every replica says so', async () => {
  const { grave, notes } = await audited(erased, destroyedBy(first, second), twoWeeksLater)
  equal(grave, [])
  is(notes.includes('not-destroyed'), false)
})

promises('is not, when one does not say so although it is at work', async () => {
  const { grave } = await audited(erased, destroyedBy(first), twoWeeksLater)
  equal(grave, ['not-destroyed almaty 3'])
  const { grave: both } = await audited(erased, twoWeeksLater)
  equal(both, ['not-destroyed almaty 3', 'not-destroyed almaty 3'])
})

promises('may still be under way', async () => {
  const { grave, notes } = await audited(erased, destroyedBy(second))
  equal(grave, [])
  is(notes.filter((code) => code === 'not-destroyed').length, 1)
})

promises('is none, when an officer who signed it had lost their credential', async () => {
  const lost = revocation(officers.adjudicator, { from: DAY_MS - 1, at: 2 * DAY_MS })
  const { grave, notes } = await audited(
    (all) => all.get('almaty')!.push(decided.bytes, lost.bytes),
    twoWeeksLater,
  )
  equal(grave, [])
  is(notes.includes('not-destroyed'), false)
})

promises('is none, when one officer alone has signed it', async () => {
  const alone = act({ type: 'erasure', ground: 'request' }, [officers.protector], {
    handle,
    at: DAY_MS,
    purpose: 'data-protection',
    after: record.leaf,
  })
  const { grave } = await audited((all) => all.get('almaty')!.push(alone.bytes), twoWeeksLater)
  equal(grave, ['counts-for-nothing almaty 5'])
})

promises('stands in a log before anything is destroyed because of it', async () => {
  const { grave } = await audited(destroyedBy(first), twoWeeksLater)
  const at = soundEntries().get(first)!.length
  equal(grave, [`destroyed-without-act ${first} ${at}`])
  const { grave: soon, notes } = await audited(destroyedBy(first))
  equal(soon, [])
  is(notes.includes('not-here-yet'), true)
})

promises('is nothing that a node can say of a record that it never had', async () => {
  const stranger = LOGS.find((log) => log !== first && log !== second)!
  const { grave } = await audited(erased, destroyedBy(first, second, stranger))
  is(grave.length, 1)
  is(grave[0]!.startsWith(`counts-for-nothing ${stranger} `), true)
})

function erased(all: Entries): void {
  all.get('almaty')!.push(decided.bytes)
}

function destroyedBy(...replicas: readonly string[]): (all: Entries) => void {
  const { commitment } = record.entry
  const said = { type: 'destroyed', at: DAY_MS, handle, commitment, erasure: decided.leaf } as const
  return (all) => {
    for (const replica of replicas) all.get(replica)!.push(made(said).bytes)
  }
}

/** Every log has gone on. */
function twoWeeksLater(all: Entries): void {
  const at = 15 * DAY_MS
  for (const own of all.values()) own.push(query('later', { at, statement: { at } }).bytes)
}

async function audited(...steps: readonly ((all: Entries) => unknown)[]) {
  const all = soundEntries()
  for (const step of steps) step(all)
  const logs = await WrittenLogs.make(all)
  try {
    const result = await logs.audit()
    return { grave: graveOf(result), notes: [...result.counts.keys()] as string[] }
  } finally {
    await logs.close()
  }
}

promises.run()
