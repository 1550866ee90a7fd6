import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { SHOWN_MAX } from '../../../node/audit/limits.ts'
import { act, candidate, enrolment, handleOf } from '../registry/support/entries.ts'
import { made, officers, outcomeOf, query } from '../registry/support/entries.ts'
import {
  genesis,
  graveOf,
  searchFor,
  soundEntries,
  using,
  type Entries,
} from './support/written-logs.ts'

const DAY_MS = 86_400_000

const entries = suite('an entry')

for (const [what, write, found] of [
  ['that cannot be read', add('almaty', utf8('nonsense')), ['entry almaty 5']],
  ['that is none at all', add('almaty', new Uint8Array()), ['entry almaty 5']],
  ['that begins the log a second time', add('almaty', genesis('almaty')), ['genesis almaty 5']],
  ['that begins the log of another', put('almaty', 0, genesis('astana')), ['genesis almaty 0']],
  ['in place of the first', put('reader', 0, query('first').bytes), ['genesis reader 0']],
  [
    'of somebody without a credential',
    add('almaty', query('x', { officer: officers.stranger }).bytes),
    ['counts-for-nothing almaty 5'],
  ],
  [
    'without the receipts of the replicas',
    add('reader', ...enrolment('y', { home: 'almaty' }).all.map(({ bytes }) => bytes)),
    ['counts-for-nothing reader 3'],
  ],
  [
    'by which a guard revokes a certificate',
    add('almaty', revoking('guard').bytes),
    ['counts-for-nothing almaty 5'],
  ],
  [
    'that answers a query which is not there',
    add('almaty', outcomeOf(query('never asked')).bytes),
    ['counts-for-nothing almaty 5'],
  ],
  [
    'that searches for a query which is not there',
    inTheirTime('astana', searchFor(query('never asked', { at: DAY_MS }), 'almaty', DAY_MS)),
    ['search-without-query astana 4'],
  ],
  [
    'that searches for a query of another number',
    inTheirTime('astana', otherQueryId()),
    ['search-without-query astana 4'],
  ],
  [
    'that searches for a query behind it',
    add('almaty', searchFor(query('later'), 'almaty'), query('later').bytes),
    ['search-without-query almaty 5'],
  ],
  [
    'that names somebody who is not enrolled there',
    naming(candidate('x', 'almaty', 2)),
    ['candidate-not-enrolled almaty 6'],
  ],
  [
    'that names somebody else',
    naming(candidate('y', 'almaty', 3)),
    ['candidate-not-enrolled almaty 6'],
  ],
  [
    'that names somebody in a log that there is not',
    naming(candidate('x', 'nowhere', 3)),
    ['candidate-not-enrolled almaty 6'],
  ],
  [
    'that names somebody further on in its own log',
    naming(candidate('x', 'almaty', 300)),
    ['candidate-not-enrolled almaty 6'],
  ],
  ['that covers more of its log than there was', covering('almaty', 6), ['frontier almaty 5']],
  ['that covers a log that there is not', covering('nowhere', 1), ['frontier almaty 5']],
  ['that comes after nothing', afterNothing(), ['after almaty 5']],
  ['an hour before the one before it', backwards(3_600_000), ['clock-back almaty 6']],
] as readonly [string, (entries: Entries) => void, string[]][]) {
  entries(`${what} is found`, async () => {
    const all = soundEntries()
    write(all)
    await using(all, async (logs) => {
      const result = await logs.audit()
      equal(graveOf(result), found)
      is(result.verdict, 'finding')
    })
  })
}

for (const [what, write, code] of [
  ['that covers more of another log than is here', covering('astana', 5), 'not-here-yet'],
  [
    'that names somebody of whom nothing is here yet',
    naming(candidate('x', 'astana', 30)),
    'not-here-yet',
  ],
  [
    'that searches for what was asked just now',
    add('astana', searchFor(query('just now'), 'almaty')),
    'not-here-yet',
  ],
  [
    'that asks and has no outcome',
    add('almaty', query('still open').bytes),
    'query-without-outcome',
  ],
  [
    'that asks, is searched for, and has no outcome',
    (all) => {
      all.get('almaty')!.push(query('hushed up').bytes)
      all.get('astana')!.push(searchFor(query('hushed up'), 'almaty'))
    },
    'searched-without-outcome',
  ],
  ['a moment before the one before it', backwards(20), 'clock-step'],
] as readonly [string, (entries: Entries) => void, string][]) {
  entries(`${what} is noted, and held against nobody`, async () => {
    const all = soundEntries()
    write(all)
    await using(all, async (logs) => {
      const result = await logs.audit()
      is(result.verdict, 'good', graveOf(result).join(', '))
      const notes = result.remarks.map((remark) => remark.code as string)
      is(notes.filter((noted) => noted === code).length, 1)
    })
  })
}

entries('by which an administrator revokes a certificate is in order', async () => {
  const all = soundEntries()
  all.get('almaty')!.push(revoking('administrator').bytes)
  await using(all, async (logs) => is((await logs.audit()).verdict, 'good'))
})

entries('is counted when there are more remarks than anybody reads', async () => {
  const all = soundEntries()
  const many = SHOWN_MAX + 500
  for (let i = 0; i < many; i += 1) all.get('reader')!.push(utf8(`nonsense ${i}`))
  await using(all, async (logs) => {
    const result = await logs.audit()
    is(result.counts.get('entry'), many)
    ok(result.remarks.length < many)
  })
})

type Write = (entries: Entries) => void

function add(log: string, ...bytes: readonly Uint8Array[]): Write {
  return (all) => all.get(log)!.push(...bytes)
}

function put(log: string, index: number, bytes: Uint8Array): Write {
  return (all) => all.get(log)!.splice(index, 1, bytes)
}

/** An entry of a day later, when all logs have gone on for two days. */
function inTheirTime(log: string, bytes: Uint8Array): Write {
  return (all) => {
    all.get(log)!.push(bytes)
    for (const own of all.values()) {
      const officer = officers.guard
      const statement = { at: 2 * DAY_MS }
      own.push(query('later', { at: 2 * DAY_MS, officer, statement }).bytes)
    }
  }
}

function otherQueryId(): Uint8Array {
  const { entry, leaf } = query('who')
  const said = { ...entry, queryId: handleOf('another number') }
  return searchFor({ bytes: new Uint8Array(), entry: said, leaf }, 'astana', DAY_MS)
}

function naming(named: ReturnType<typeof candidate>): Write {
  const asked = query('whom')
  return add('almaty', asked.bytes, outcomeOf(asked, { verdict: 'hit', candidates: [named] }).bytes)
}

function covering(node: string, size: number): Write {
  const { entry } = query('covering')
  const asked = made({ ...entry, frontier: [{ node, size }] })
  return add('almaty', asked.bytes, outcomeOf(asked).bytes)
}

function afterNothing(): Write {
  const about = { handle: handleOf('x'), at: DAY_MS, after: query('none').leaf }
  const done = act({ type: 'confirmation' }, [officers.registrar], about)
  return inTheirTime('almaty', done.bytes)
}

function backwards(ms: number): Write {
  const [first, second] = [DAY_MS, DAY_MS - ms].map((at, i) =>
    query(`at ${i}`, { at, statement: { at } }),
  )
  return add('almaty', first!.bytes, second!.bytes)
}

entries.run()

function revoking(officer: 'guard' | 'administrator') {
  const deed = { type: 'certificate-revocation', certificate: new Uint8Array(32) } as const
  return act(deed, [officers[officer]], { purpose: 'administration' })
}
