import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import type { Enrolled } from '../../../node/registry/registry.ts'
import { FOLD_ENTRIES } from '../../../node/limits.ts'
import { encodeEntry } from '../../../protocol/entry/entry.ts'
import { shardOf } from '../../../protocol/shards.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { codeOf } from '../log/support/test-disk.ts'
import {
  enrolment,
  handleOf,
  kindsOf,
  officers,
  query,
  Reader,
  roster,
  Writers,
} from './support/fold.ts'

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
  await writers.append('almaty', enrolment('one'), query('who'))
  await writers.append('astana', enrolment('two', { home: 'astana' }))
  const reader = await read()
  await reader.takeAll(writers)
  const { registry } = reader
  is(registry.people, 2)
  const { handle, shard, log, index, commitment } = registry.person(handleOf('two'))!
  equal([handle, shard, log, index], [handleOf('two'), shardOf(handle, roster), 'astana', 1])
  equal(commitment, enrolment('two').commitment)
  is(registry.person(handleOf('three')), undefined)
  equal(kindsOf(registry), [
    ['enrolment', 2],
    ['genesis', 4],
    ['query', 1],
  ])
})

promises('is the same whatever was there first, and whenever it was asked to begin', async () => {
  const random = new SeededRandom('orders')
  await fill(random)
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
    folds.add(reader.fold())
  }
  is(folds.size, 1, [...folds].join('\n\n'))
})

promises('has of two enrolments of one handle the one with the lower leaf hash', async () => {
  const entries = Array.from({ length: 6 }, (_, i) => {
    return enrolment('twice', { salt: `${i}`, home: writers.names[i % 3]! })
  })
  const [lowest] = entries.map(({ bytes }) => toHex(hashLeaf(bytes))).toSorted()
  for (const [i, entry] of entries.entries()) {
    await writers.append(writers.names[i % 3]!, entry)
  }
  const reader = await read()
  const heard: [Enrolled, Enrolled | undefined][] = []
  reader.registry.onEnrolment(async (...both) => void heard.push(both))
  await reader.takeAll(writers)
  is(reader.registry.people, 1)
  is(toHex(reader.registry.person(handleOf('twice'))!.leaf), lowest)
  is(heard[0]![1], undefined)
  for (const [i, [enrolled, displaced]] of heard.slice(1).entries()) {
    is(displaced, heard[i]![0], 'each displaces the one before')
    ok(toHex(enrolled.leaf) < toHex(displaced!.leaf))
  }
})

promises('finds an entry in the log that it is for, whoever copied it', async () => {
  const entry = enrolment('copied', { home: 'astana' })
  await writers.append('shymkent', entry)
  await writers.append('astana', query('before'), entry, entry)
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
  equal([...places], ['astana 2'])
})

const NOT_COUNTED = {
  'a signature that does not verify': enrolment('x', { flip: true }),
  'an officer that nobody knows': enrolment('x', { officer: officers.stranger }),
  'an officer who may only ask': enrolment('x', { officer: officers.guard }),
  'a shard that is not the person’s': enrolment('x', {
    shard: (shard) => (shard + 1) % roster.shards,
  }),
  'an enrolment without receipts': enrolment('x', { receipts: () => [] }),
  'an enrolment that one replica has no receipt for': enrolment('x', {
    receipts: ([first]) => [first!],
  }),
  'an enrolment with one receipt twice': enrolment('x', {
    receipts: ([first, second]) => [first!, { ...second!, signature: first!.signature }],
  }),
  'an enrolment with receipts for another node': enrolment('x', { home: 'astana' }),
  'a statement about somebody else': enrolment('x', { statement: { handle: handleOf('y') } }),
  'a statement that asks for something else': enrolment('x', { statement: { action: 'verify' } }),
  'a statement for another network': enrolment('x', { statement: { network: 'other.kz' } }),
  'bytes that are no entry': { bytes: utf8('an entry of a later version') },
  'no bytes': { bytes: new Uint8Array() },
}

promises('leaves out what nobody was entitled to or can read, says so, and goes on', async () => {
  const bad = Object.values(NOT_COUNTED)
  await writers.append('almaty', ...bad, enrolment('good'))
  const reader = await read()
  await reader.takeAll(writers)
  equal([reader.registry.people, reader.registry.entries.get('enrolment')], [1, 1])
  is(reader.registry.person(handleOf('x')), undefined)
  is(reader.registry.person(handleOf('good'))?.index, bad.length + 1)
  equal(
    reader.warnings.map(({ log, index }) => `${log} ${index}`),
    bad.map((_, i) => `almaty ${i + 1}`),
  )
  equal(reader.registry.frontier(), reader.ledger.frontier())
})

for (const [what, entry] of Object.entries(NOT_COUNTED)) {
  promises(`does not count ${what}`, async () => {
    await writers.append('almaty', entry)
    const reader = await read()
    await reader.takeAll(writers)
    equal([reader.registry.people, reader.warnings.length], [0, 1])
  })
}

promises('waits for those who listen, one enrolment after the other', async () => {
  await writers.append('almaty', enrolment('1'), enrolment('2'), enrolment('3'))
  const reader = await read()
  const heard: string[] = []
  const { promise, resolve } = gate()
  reader.registry.onEnrolment(async ({ index }) => {
    heard.push(`first hears ${index}`)
    if (index === 2) await promise
  })
  reader.registry.onEnrolment(async ({ index }) => void heard.push(`second hears ${index}`))
  let isSettled = false
  await reader.take(writers, 'almaty', 4)
  const settled = reader.registry.settled().then(() => (isSettled = true))
  while (heard.length < 3) await new Promise(setImmediate)
  equal(heard, ['first hears 1', 'second hears 1', 'first hears 2'])
  equal([isSettled, folded(reader, 'almaty')], [false, 0])
  resolve()
  await settled
  equal(heard.slice(3), ['second hears 2', 'first hears 3', 'second hears 3'])
  is(folded(reader, 'almaty'), 4)
})

promises('knows how far it has come, and tells who waits for that', async () => {
  const reader = await read()
  await writers.append('almaty', ...Array.from({ length: FOLD_ENTRIES }, (_, i) => query(`${i}`)))
  await writers.append('almaty', enrolment('last'))
  const size = writers.size('almaty')
  const wanted = [{ node: 'almaty', size }]
  const reached = reader.registry.reach(wanted, 1_000)
  const late = codeOf(reader.registry.reach([{ node: 'astana', size: 99 }], 1_000))
  await reader.take(writers, 'almaty', size)
  await reached
  is(folded(reader, 'almaty'), size)
  equal(reader.registry.horizon(), [
    { node: 'almaty', size },
    { node: 'astana', size: 0 },
    { node: 'shymkent', size: 0 },
    { node: 'reader', size: 0 },
  ])
  await reader.registry.reach(wanted, 1_000)
  reader.clock.expire()
  is(await late, 'deadline')
})

promises('folds no more once it is closed', async () => {
  await writers.append('almaty', enrolment('1'))
  const reader = await read()
  await reader.takeAll(writers)
  await reader.registry.close()
  await writers.append('almaty', enrolment('2'))
  await reader.takeAll(writers)
  await reader.registry.settled()
  equal([reader.registry.people, folded(reader, 'almaty')], [1, 2])
})

promises.run()

async function read(options: { isStarted?: boolean } = {}): Promise<Reader> {
  const reader = await Reader.open()
  readers.push(reader)
  if (options.isStarted ?? true) await reader.registry.start()
  return reader
}

/** Enrolments, some of one handle, some copied from log to log, some that do not count. */
async function fill(random: SeededRandom): Promise<void> {
  const made: { bytes: Uint8Array }[] = []
  for (let i = 0; i < 60; i += 1) {
    const kind = random.integer(10)
    const home = random.pick(writers.names)
    const options = { salt: `${i}`, flip: kind === 0, home }
    const fresh = enrolment(`person ${random.integer(12)}`, options)
    const isCopy = kind > 7 && made.length > 0
    const entry = isCopy ? random.pick(made) : kind === 1 ? query(`${i}`) : fresh
    made.push(entry)
    await writers.append(home, entry)
  }
  await writers.append('almaty', { bytes: encodeEntry(query('end').entry) })
}

function folded({ registry }: Reader, log: string): number | undefined {
  return registry.frontier().find(({ node }) => node === log)?.size
}

function gate(): { promise: Promise<void>; resolve: () => void } {
  const opens: (() => void)[] = []
  const promise = new Promise<void>((open) => void opens.push(open))
  return { promise, resolve: () => opens[0]!() }
}
