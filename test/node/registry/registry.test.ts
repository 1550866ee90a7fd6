import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { FOLD_ENTRIES } from '../../../node/limits.ts'
import type { Enrolled } from '../../../node/registry/registry.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { shardOf } from '../../../protocol/shards.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { codeOf } from '../log/support/test-disk.ts'
import {
  act,
  enrolment,
  grant,
  handleOf,
  made,
  officers,
  outcomeOf,
  query,
  revocation,
  roster,
} from './support/entries.ts'
import { known, law, fill, watch } from './support/anything.ts'
import { kindsOf, Reader, Writers } from './support/fold.ts'

const promises = suite('the register')

let writers: Writers
const readers: Reader[] = []

promises.before.each(async () => {
  writers = await Writers.open()
})

promises.after.each(async () => {
  for (const reader of readers.splice(0)) await reader.close()
  await writers.close()
})

promises('is who was enrolled, in whichever log', async () => {
  await writers.append('almaty', ...enrolment('one').all, query('who'))
  await writers.append('astana', ...enrolment('two', { home: 'astana' }).all)
  const reader = await read()
  await reader.takeAll(writers)
  const { registry } = reader
  is(registry.people, 2)
  const { handle, shard, log, index, commitment } = registry.person(handleOf('two'))!
  equal([handle, shard, log, index], [handleOf('two'), shardOf(handle, roster), 'astana', 3])
  equal(commitment, enrolment('two').entry.entry.commitment)
  is(registry.person(handleOf('three')), undefined)
  equal(kindsOf(registry), [
    ['enrolment', 2],
    ['genesis', 4],
    ['outcome', 2],
    ['query', 3],
  ])
})

promises('is the same whatever was there first, and whenever it was asked to begin', async () => {
  const random = new SeededRandom('orders')
  await fill(writers, random)
  const folds = new Set<string>()
  for (let order = 0; order < 8; order += 1) {
    const reader = await read({ isStarted: order % 2 === 0 })
    const left = new Map(writers.names.map((name) => [name, writers.size(name)]))
    while (left.size > 0) {
      const name = random.pick([...left.keys()])
      const size = Math.min(left.get(name)!, reader.ledger.size(name) + 1 + random.integer(12))
      await reader.take(writers, name, size)
      if (size === left.get(name)) left.delete(name)
      if (random.chance(0.3)) await reader.registry.settled()
    }
    if (order % 2 === 1) await reader.registry.start()
    await reader.registry.settled()
    folds.add(reader.fold(known))
  }
  is(folds.size, 1)
})

promises('has of enrolments of one handle at one moment that of the lowest leaf hash', async () => {
  const entries = Array.from({ length: 6 }, (_, i) => {
    return enrolment('twice', { salt: `${i}`, home: writers.names[i % 3]! })
  })
  const [lowest] = entries.map(({ entry }) => toHex(entry.leaf)).toSorted()
  for (const [i, { all }] of entries.entries()) await writers.append(writers.names[i % 3]!, ...all)
  const reader = await read()
  const heard: (Enrolled | undefined)[] = []
  reader.registry.onPerson(async (_, enrolled) => void heard.push(enrolled))
  await reader.takeAll(writers)
  is(reader.registry.people, 1)
  is(toHex(reader.registry.person(handleOf('twice'))!.leaf), lowest)
  const leaves = heard.map((enrolled) => toHex(enrolled!.leaf))
  equal(leaves, leaves.toSorted().toReversed(), 'each displaces the one before')
  is(leaves.at(-1), lowest)
})

promises('finds an entry in the log that it is for, whoever copied it', async () => {
  const { all } = enrolment('copied', { home: 'astana' })
  await writers.append('shymkent', ...all)
  await writers.append('astana', query('before'), ...all, ...all)
  const places = new Set<string>()
  for (const order of [
    ['shymkent', 'astana'],
    ['astana', 'shymkent'],
  ]) {
    const reader = await read()
    for (const name of order) {
      await reader.take(writers, name, writers.size(name))
      await reader.registry.settled()
    }
    is(reader.registry.people, 1)
    const { log, index } = reader.registry.person(handleOf('copied'))!
    places.add(`${log} ${index}`)
    equal(
      reader.warnings.map((warning) => warning.log),
      ['shymkent'],
    )
  }
  equal([...places], ['astana 4'])
})

promises('lets nobody be searched for any more who is said to have died', async () => {
  const one = enrolment('one')
  const death = act({ type: 'death' }, [officers.registrar, officers.protector], {
    purpose: 'civil-status',
    handle: handleOf('one'),
    after: one.entry.leaf,
    at: 2,
  })
  const reader = await read()
  const heard: string[] = []
  reader.registry.onPerson(async (handle, enrolled) => {
    heard.push(`${toHex(handle)} ${enrolled?.index}`)
  })
  await writers.append('almaty', ...one.all)
  await reader.takeAll(writers)
  await writers.append('astana', death)
  await reader.takeAll(writers)
  const key = toHex(handleOf('one'))
  equal(heard, [`${key} 3`, `${key} undefined`])
  equal([reader.registry.people, reader.registry.person(handleOf('one'))], [0, undefined])
})

promises('holds whom somebody enrolled whose credential had ended', async () => {
  const { key, ...granted } = grant('clerk')
  const before = enrolment('before', { officer: key, at: 10 })
  const since = enrolment('since', { officer: key, at: 30 })
  await writers.append('almaty', granted, ...before.all, ...since.all)
  const reader = await read()
  await reader.takeAll(writers)
  const statusOf = (person: string) => reader.registry.lives.life(handleOf(person))?.status
  equal([statusOf('before'), statusOf('since')], ['provisional', 'provisional'])
  await writers.append('astana', revocation(key, { from: 20, at: 40 }))
  await reader.takeAll(writers)
  equal([statusOf('before'), statusOf('since')], ['provisional', 'suspended'])
  is(reader.registry.people, 2, 'both can still be found')
})

const foreign = query('another')

/** Entries of which the last one does not count. */
const NOT_COUNTED: Record<string, readonly { bytes: Uint8Array }[]> = {
  'a signature that does not verify': enrolment('x', { flip: true }).all,
  'an officer that nobody knows': [enrolment('x', { officer: officers.stranger }).entry],
  'an officer who may only ask': [enrolment('x', { officer: officers.guard }).entry],
  'a shard that is not the person’s': enrolment('x', {
    shard: (shard) => (shard + 1) % roster.shards,
  }).all,
  'an enrolment without receipts': enrolment('x', { receipts: () => [] }).all,
  'an enrolment that one replica has no receipt for': enrolment('x', {
    receipts: ([first]) => [first!],
  }).all,
  'an enrolment with one receipt twice': enrolment('x', {
    receipts: ([first, second]) => [first!, { ...second!, signature: first!.signature }],
  }).all,
  'an enrolment with receipts for another node': enrolment('x', { home: 'astana' }).all,
  'an enrolment under another law than the replicas judged by': enrolment('x', {
    received: { policy: 'another-law' },
  }).all,
  'an enrolment of an older person than the replicas saw': enrolment('x', {
    received: { ageBand: '12-15' },
  }).all,
  'an enrolment that nobody searched for before': [enrolment('x').entry],
  'an enrolment without the outcome of its search': [enrolment('x').query, enrolment('x').entry],
  'an enrolment whose search was incomplete': enrolment('x', {
    outcome: { verdict: 'incomplete' },
  }).all,
  'an enrolment after the search for another’s fingers': [
    ...enrolment('x', { salt: 'other', statement: { payloadDigest: sha256(utf8('y')) } }).all.slice(
      0,
      2,
    ),
    made({
      ...enrolment('x').entry.entry,
      duplicateCheck: enrolment('x', { salt: 'other' }).query.entry.queryId,
    }),
  ],
  'an outcome without its query': [outcomeOf(query('who'))],
  'an outcome of another query': [
    query('who'),
    foreign,
    outcomeOf(query('who'), { query: foreign.leaf }),
  ],
  'a statement about somebody else': [
    enrolment('x', { statement: { handle: handleOf('y') } }).entry,
  ],
  'a statement that asks for something else': [
    enrolment('x', { statement: { action: 'verify', deedDigest: undefined } }).entry,
  ],
  'a statement for another network': [enrolment('x', { statement: { network: 'other.kz' } }).entry],
  'an act that takes two persons, signed by one': [watch('x', [officers.protector])],
  'an act that takes two roles, signed twice by one': [
    watch('x', [officers.protector, officers.protector]),
  ],
  'an act about somebody else than its statement': [
    act({ type: 'death' }, [officers.registrar, officers.protector], {
      purpose: 'civil-status',
      handle: handleOf('y'),
      subject: handleOf('x'),
    }),
  ],
  'an act for which its officer has no role': [
    act({ type: 'death' }, [officers.guard], { purpose: 'civil-status', handle: handleOf('x') }),
  ],
  'a credential that no organisation of the roster signed': [
    made({ type: 'grant', at: 1, credential: officers.stranger.credential }),
  ],
  'a credential for a role that the organisation does not have': [
    grant('clerk', { organisation: 'border-service' }),
  ],
  'the end of a credential that another signed': [
    revocation(officers.registrar, { signedBy: 'border-service' }),
  ],
  'bytes that are no entry': [{ bytes: utf8('an entry of a later version') }],
  'no bytes': [{ bytes: new Uint8Array() }],
}

promises('leaves out what nobody was entitled to or can read, says so, and goes on', async () => {
  const good = enrolment('good')
  await writers.append('almaty', { bytes: new Uint8Array() }, good.entry, ...good.all)
  const reader = await read()
  await reader.takeAll(writers)
  equal([reader.registry.people, reader.registry.entries.get('enrolment')], [1, 1])
  is(reader.registry.person(handleOf('good'))?.index, 5)
  equal(
    reader.warnings.map(({ log, index }) => `${log} ${index}`),
    ['almaty 1', 'almaty 2'],
  )
  equal(reader.registry.frontier(), reader.ledger.frontier())
})

for (const [what, entries] of Object.entries(NOT_COUNTED)) {
  promises(`does not count ${what}`, async () => {
    await writers.append('almaty', ...entries)
    const reader = await read()
    await reader.takeAll(writers)
    const { registry } = reader
    equal([registry.people, registry.watchList.causeOf(handleOf('x'))], [0, undefined])
    equal(
      reader.warnings.map(({ index }) => index),
      [entries.length],
    )
  })
}

promises('waits for those who listen, one enrolment after the other', async () => {
  for (const person of ['1', '2', '3']) await writers.append('almaty', ...enrolment(person).all)
  const reader = await read()
  const heard: string[] = []
  const { promise, resolve } = gate()
  reader.registry.onPerson(async (_, enrolled) => {
    heard.push(`first hears ${enrolled?.index}`)
    if (enrolled?.index === 6) await promise
  })
  reader.registry.onPerson(
    async (_, enrolled) => void heard.push(`second hears ${enrolled?.index}`),
  )
  let isSettled = false
  await reader.take(writers, 'almaty', 10)
  const settled = reader.registry.settled().then(() => (isSettled = true))
  while (heard.length < 3) await new Promise(setImmediate)
  equal(heard, ['first hears 3', 'second hears 3', 'first hears 6'])
  equal([isSettled, folded(reader, 'almaty')], [false, 6])
  const looked = reader.registry.between(() => {
    return { size: folded(reader, 'almaty'), last: heard.at(-1) }
  })
  resolve()
  equal(await looked, { size: 7, last: 'second hears 6' })
  await settled
  equal(heard.slice(3), ['second hears 6', 'first hears 9', 'second hears 9'])
  is(folded(reader, 'almaty'), 10)
})

promises('knows how far it has come, and tells who waits for that', async () => {
  const reader = await read()
  await writers.append('almaty', ...Array.from({ length: FOLD_ENTRIES }, (_, i) => query(`${i}`)))
  await writers.append('almaty', ...enrolment('last').all)
  await writers.append('astana', ...enrolment('first', { home: 'astana' }).all, query('later'))
  const size = writers.size('almaty')
  const wanted = [{ node: 'almaty', size }]
  const reached = reader.registry.reach(wanted, 1_000)
  const late = codeOf(reader.registry.reach([{ node: 'astana', size: 99 }], 1_000))
  await reader.takeAll(writers)
  await reached
  is(folded(reader, 'almaty'), size)
  equal(reader.registry.horizon(), [
    { node: 'almaty', size },
    { node: 'astana', size: writers.size('astana') - 1 },
    { node: 'shymkent', size: 0 },
    { node: 'reader', size: 0 },
  ])
  await reader.registry.reach(wanted, 1_000)
  reader.clock.expire()
  is(await late, 'deadline')
})

promises('has whoever asks wait for law and credentials too', async () => {
  const reader = await read()
  const { key, ...granted } = grant('clerk')
  await writers.append('almaty', granted, query('1'))
  await writers.append('astana', law(0), query('2'))
  await writers.append('shymkent', revocation(key), query('3'))
  await reader.takeAll(writers)
  equal(
    reader.registry.horizon().map(({ size }) => size),
    [2, 2, 2, 0],
  )
})

promises('shows itself between two entries, and what goes wrong to whoever looks', async () => {
  await writers.append('almaty', ...enrolment('1').all)
  const reader = await read()
  await reader.takeAll(writers)
  const { registry } = reader
  equal(await registry.between(() => registry.frontier()), registry.frontier())
  const failed = registry.between(() => {
    throw new TamgaError('not-found', 'nothing to see')
  })
  is(await codeOf(failed), 'not-found')
})

promises('folds no more once it is closed', async () => {
  await writers.append('almaty', ...enrolment('1').all)
  const reader = await read()
  await reader.takeAll(writers)
  await reader.registry.close()
  await writers.append('almaty', ...enrolment('2').all)
  await reader.takeAll(writers)
  await reader.registry.settled()
  equal([reader.registry.people, folded(reader, 'almaty')], [1, 4])
})

promises.run()

async function read(options: { isStarted?: boolean } = {}): Promise<Reader> {
  const reader = await Reader.open()
  readers.push(reader)
  if (options.isStarted ?? true) await reader.registry.start()
  return reader
}

function folded({ registry }: Reader, log: string): number | undefined {
  return registry.frontier().find(({ node }) => node === log)?.size
}

function gate(): { promise: Promise<void>; resolve: () => void } {
  const opens: (() => void)[] = []
  const promise = new Promise<void>((open) => void opens.push(open))
  return { promise, resolve: () => opens[0]!() }
}
