import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { FolderSource } from '../../../node/audit/folder-source.ts'
import { groupRecords, recordBatches, type NewRecord } from '../../../protocol/access-record.ts'
import type { BatchGroup } from '../../../protocol/entry/batch.ts'
import { encodeEntry } from '../../../protocol/entry/entry.ts'
import type { Query } from '../../../protocol/entry/query.ts'
import { decodeStatement } from '../../../protocol/statement.ts'
import { candidate, handleOf, officers, outcomeOf, query } from '../registry/support/entries.ts'
import {
  graveOf,
  searchFor,
  soundEntries,
  using,
  type Entries,
  type WrittenLogs,
} from './support/written-logs.ts'

const DAY_MS = 86_400_000

/** Where the first batch of each log stands. */
const FIRST = { almaty: 5, astana: 4 } as const

/** A batch as it is written, and what is handed over as its records, if anything is. */
interface Written {
  readonly log: 'almaty' | 'astana'
  readonly records: readonly NewRecord[]
  readonly at?: number
  readonly shown?: readonly Uint8Array[] | 'none'
  readonly groups?: (groups: readonly BatchGroup[]) => readonly BatchGroup[]
}

const asked = query('a traveller', {
  statement: { action: 'verify', handle: handleOf('x') },
})
const outcome = outcomeOf(asked, { batch: FIRST.almaty })
const question = recordOf(asked)
const answered = { post: question.post, bytes: outcome.bytes }
const searched = { post: 'almaty', bytes: searchFor(asked, 'almaty') }
const sound: readonly Written[] = [
  { log: 'almaty', records: [question] },
  { log: 'astana', records: [searched] },
  { log: 'almaty', records: [answered] },
]

const batches = suite('batches in an export')

batches('are sound with their records, and these are counted', async () => {
  await audited(sound, async (logs) => {
    const result = await logs.audit()
    equal(graveOf(result), [])
    is(result.verdict, 'good')
    is(result.references.queriesWithoutOutcome, 0)
    const kinds = result.logs.find(({ log }) => log === 'almaty')!.kinds
    equal([kinds.get('batch'), kinds.get('query'), kinds.get('outcome')], [2, 2, 2])
  })
})

batches('whose records are missing are named, and what rests on them is not judged', async () => {
  const [first, ...rest] = sound
  await audited([{ ...first!, shown: 'none' }, ...rest], async (logs) => {
    const result = await logs.audit()
    equal(graveOf(result), ['records-missing almaty 5'])
    is(result.verdict, 'unchecked')
  })
})

batches('have their records from whichever source keeps them', async () => {
  const [first, ...rest] = sound
  await audited([{ ...first!, shown: 'none' }, ...rest], async (here) => {
    await audited(sound, async (there) => {
      const sources = [here, there].map(async ({ folder }) => FolderSource.open(folder))
      const result = await here.audit(await Promise.all(sources))
      equal(graveOf(result), [])
    })
  })
})

const identified = query('who is it')
const later = { at: DAY_MS, statement: { at: DAY_MS } }

for (const [what, written, found] of [
  [
    'with another record in place of one',
    [{ ...sound[0]!, shown: [recordOf(query('another')).bytes] }],
    ['records almaty 5', 'records-missing almaty 5'],
  ],
  [
    'with a record too few',
    [{ log: 'almaty', records: [question, recordOf(identified)], shown: [question.bytes] }],
    ['records almaty 5', 'records-missing almaty 5'],
  ],
  [
    'with a question that its officer did not sign',
    [{ log: 'almaty', records: [recordOf(forged(identified))] }],
    ['counts-for-nothing almaty 5', 'batch almaty 5'],
  ],
  [
    'with a question among those of another post',
    [{ log: 'almaty', records: [{ ...question, post: 'elsewhere' }] }],
    ['counts-for-nothing almaty 5', 'batch almaty 5'],
  ],
  [
    'with a question on which an enrolment would rest',
    [{ log: 'almaty', records: [recordOf(enrolling())] }],
    ['counts-for-nothing almaty 5', 'batch almaty 5'],
  ],
  [
    'that do not name who asked',
    [{ ...sound[0]!, groups: (all) => all.map((group) => ({ ...group, officers: [] })) }],
    ['batch almaty 5'],
  ],
  [
    'that name a post twice',
    [
      {
        log: 'almaty',
        records: [question, recordOf(identified)],
        groups: () => [question, recordOf(identified)].flatMap((one) => groupRecords([one]).groups),
      },
    ],
    ['batch almaty 5'],
  ],
  [
    'with what a verification led to that nobody asked for',
    [{ log: 'almaty', records: [answered] }],
    ['counts-for-nothing almaty 5'],
  ],
  [
    'with what an identification led to',
    [
      { log: 'almaty', records: [recordOf(identified)] },
      { log: 'almaty', records: [{ post: 'post-1', bytes: outcomeOf(identified).bytes }] },
    ],
    ['counts-for-nothing almaty 6'],
  ],
  ['with a record of another day', [{ ...sound[0]!, at: DAY_MS }], ['clock-back almaty 5']],
  [
    'with a search for what nobody asked',
    [
      { log: 'astana', records: [searchOf(query('never asked', later))], at: DAY_MS },
      ...(['almaty', 'astana'] as const).map((log) => {
        const at = 2 * DAY_MS
        return { log, records: [recordOf(query(`${log} later`, { at, statement: { at } }))], at }
      }),
    ],
    ['search-without-query astana 4'],
  ],
] as readonly [string, readonly Written[], string[]][]) {
  batches(`${what} are found`, async () => {
    await audited(written, async (logs) => {
      const result = await logs.audit()
      equal(graveOf(result), found)
    })
  })
}

batches('hold the question of an outcome that stands in the log', async () => {
  const named = { verdict: 'hit' as const, candidates: [candidate('x', 'almaty', 3)] }
  const hit = outcomeOf(identified, { ...named, batch: FIRST.almaty })
  for (const shown of [undefined, 'none'] as const) {
    const written = {
      log: 'almaty' as const,
      records: [recordOf(identified)],
      ...(shown && { shown }),
    }
    await audited(
      [written],
      async (logs) => {
        const result = await logs.audit()
        equal(graveOf(result), shown ? ['records-missing almaty 5'] : [])
      },
      { almaty: [hit.bytes] },
    )
  }
  const wrong = outcomeOf(identified, { ...named, batch: 1 })
  const written: Written = { log: 'almaty', records: [recordOf(identified)] }
  await audited(
    [written],
    async (logs) => {
      equal(graveOf(await logs.audit()), ['counts-for-nothing almaty 6'])
    },
    { almaty: [wrong.bytes] },
  )
})

batches.run()

/** The sound register with these batches behind it, and further entries behind those. */
async function audited(
  written: readonly Written[],
  work: (logs: WrittenLogs) => Promise<void>,
  behind: Partial<Record<Written['log'], readonly Uint8Array[]>> = {},
): Promise<void> {
  const all: Entries = soundEntries()
  const files: [path: string, records: readonly Uint8Array[]][] = []
  for (const { log, records, at = 1, shown, groups: changed } of written) {
    const { groups, ordered } = groupRecords(records)
    const own = all.get(log)!
    const kept = shown ?? ordered.map(({ bytes }) => bytes)
    if (kept !== 'none') files.push([`logs/${log}/records/${own.length}`, kept])
    own.push(encodeEntry({ type: 'batch', at, groups: changed?.(groups) ?? groups }))
  }
  for (const [log, entries] of Object.entries(behind)) all.get(log)!.push(...entries)
  await using(all, async (logs) => {
    for (const [path, records] of files) await logs.write(path, recordBatches.encode(records))
    await work(logs)
  })
}

function recordOf({ entry, bytes }: ReturnType<typeof query>): NewRecord {
  return { post: decodeStatement(entry.statement).post, bytes, officer: entry.officer }
}

function searchOf(of: ReturnType<typeof query>): NewRecord {
  return { post: 'almaty', bytes: searchFor(of, 'almaty', DAY_MS) }
}

function forged(of: ReturnType<typeof query>): ReturnType<typeof query> {
  const entry: Query = { ...of.entry, signature: new Uint8Array(64) }
  return { ...of, entry, bytes: encodeEntry(entry) }
}

function enrolling(): ReturnType<typeof query> {
  const { registrar: officer } = officers
  const deedDigest = new Uint8Array(32)
  return query('to enrol', {
    officer,
    statement: { action: 'enrol', handle: handleOf('y'), deedDigest },
  })
}
