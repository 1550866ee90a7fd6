import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import { LoggedPeople } from '../../../node/audit/logged-people.ts'
import { TemplateSet } from '../../../protocol/template-set.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { fill } from '../registry/support/anything.ts'
import { candidate, crossCheck, enrolment, handleOf, roster } from '../registry/support/entries.ts'
import { PEOPLE, Reader, Writers } from '../registry/support/fold.ts'

/** Those of whom `fill` has something said. */
const PERSONS = Array.from({ length: PEOPLE }, (_, place) => `person ${place}`)

const promises = suite('people, as an auditor finds them in logs')

let writers: Writers
const readers: Reader[] = []

promises.before.each(async () => {
  writers = await Writers.open()
})

promises.after.each(async () => {
  for (const reader of readers.splice(0)) await reader.close()
  await writers.close()
})

promises('are those of the register', async () => {
  await fill(writers, new SeededRandom('an auditor'))
  const reader = await read()
  equal(await rootsByAuditor(reader), rootsOf(reader))
})

promises('are so too where a cross-check makes an update void', async () => {
  const covered = [{ node: 'almaty', size: 4 }]
  const options = { home: 'astana', frontier: covered } as const
  const first = enrolment('y', options)
  const again = enrolment('y', {
    ...options,
    salt: 'again',
    after: first.entry.leaf,
    statement: { action: 'update' },
    outcome: { verdict: 'hit', candidates: [candidate('y', 'astana')] },
  })
  await writers.append('almaty', ...enrolment('x').all)
  await writers.append('astana', ...first.all, ...again.all)
  const before = await read()
  equal(before.registry.person(handleOf('y'))?.leaf, again.entry.leaf)
  const place = { log: 'astana', index: 3, leaf: first.entry.leaf }
  await writers.append('shymkent', ...crossCheck(place, covered, [candidate('x')]))
  const reader = await read()
  equal(reader.registry.person(handleOf('y'))?.leaf, first.entry.leaf)
  equal(await rootsByAuditor(reader), rootsOf(reader))
})

promises.run()

async function read(): Promise<Reader> {
  const reader = await Reader.open()
  readers.push(reader)
  await reader.registry.start()
  await reader.takeAll(writers)
  return reader
}

/** Of the templates of each shard, as the register finds people. */
function rootsOf({ registry }: Reader): string[] {
  const sets = Array.from({ length: roster.shards }, () => new TemplateSet())
  for (const person of [...PERSONS, 'x', 'y']) {
    const enrolled = registry.person(handleOf(person))
    if (enrolled) sets[enrolled.shard]!.add(enrolled)
  }
  return sets.map((set) => toHex(set.root()))
}

/** And as an auditor does, who reads one log after the other. */
async function rootsByAuditor({ ledger, registry }: Reader): Promise<string[]> {
  const people = new LoggedPeople({ roster })
  const logs = new Map<string, readonly Uint8Array[]>()
  for (const { node, size } of registry.frontier().toReversed()) {
    logs.set(node, await ledger.stored(node).entries(0, size))
  }
  await people.read(logs, registry.frontier().toReversed())
  return Array.from({ length: roster.shards }, (_, shard) => toHex(people.templates(shard).root()))
}
