import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { encodeEntry } from '../../../protocol/entry/entry.ts'
import type { LogSize } from '../../../protocol/identifiers.ts'
import { act, crossCheck, enrolment, handleOf, officers } from '../registry/support/entries.ts'
import { graveOf, soundEntries, using, type Entries } from './support/written-logs.ts'

const promises = suite('an audit of pairs')

/** Where `soundEntries` and one enrolment more have the two people, and how large the logs are. */
const X = { log: 'almaty', index: 3 }
const Y = { log: 'astana', index: 6 }
const ALL: readonly LogSize[] = [
  { node: 'almaty', size: 5 },
  { node: 'astana', size: 7 },
]
const DAY_MS = 86_400_000

const y = enrolment('y', { home: 'astana' })

/** Two people of whom none was searched for when the other one was there. */
function twoPeople(frontier: readonly LogSize[] = []): Entries {
  const entries = soundEntries()
  const { all } = enrolment('y', { home: 'astana', frontier })
  entries.get('astana')!.push(...all.map(({ bytes }) => bytes))
  return entries
}

promises(
  'lists those who were not compared: a note at first, and a finding after a day',
  async () => {
    await using(twoPeople(), async (logs) => {
      const { pairs, verdict, counts } = await logs.audit()
      equal(pairs, { records: 2, pairs: 1, uncovered: 1 })
      equal([verdict, counts.get('not-compared')], ['good', 1])
      const [head, ...rest] = twoPeople().get('shymkent')!
      const late = encodeEntry({ type: 'seen', at: 2 * DAY_MS, frontier: [] })
      await logs.writeLog('shymkent', [head!, ...rest, late])
      const grave = graveOf(await logs.audit())
      equal([grave.length, grave[0]?.startsWith('not-compared')], [1, true])
    })
  },
)

promises('finds them at once where every pair is demanded', async () => {
  await using(twoPeople(), async (logs) => {
    const found = await logs.audit(undefined, true, true)
    equal([found.verdict, graveOf(found).length], ['finding', 1])
  })
})

promises('takes the frontier of the later enrolment, and no other one', async () => {
  for (const size of [X.index, X.index + 1]) {
    await using(twoPeople([{ node: X.log, size }]), async (logs) => {
      const { pairs } = await logs.audit(undefined, true, true)
      is(pairs.uncovered, size > X.index ? 0 : 1)
    })
  }
})

promises('takes a cross-check in any log, if its question stands there', async () => {
  const [asked, checked] = crossCheck({ ...Y, leaf: y.entry.leaf }, ALL)
  for (const written of [[asked, checked], [checked]]) {
    const entries = twoPeople()
    entries.get('shymkent')!.push(...written.map(({ bytes }) => bytes))
    await using(entries, async (logs) => {
      const result = await logs.audit(undefined, true, true)
      is(result.pairs.uncovered, written.length === 2 ? 0 : 1)
      const grave = graveOf(result).map((remark) => remark.split(' ')[0])
      equal(grave, written.length === 2 ? [] : ['counts-for-nothing', 'not-compared'])
    })
  }
})

promises('wants nobody compared with who is no more in the register', async () => {
  const entries = twoPeople()
  const about = { handle: handleOf('y'), after: y.entry.leaf, purpose: 'civil-status' as const }
  const by = [officers.registrar, officers.protector]
  entries.get('astana')!.push(act({ type: 'death' }, by, about).bytes)
  await using(entries, async (logs) => {
    const { pairs, verdict } = await logs.audit(undefined, true, true)
    equal([pairs, verdict], [{ records: 1, pairs: 0, uncovered: 0 }, 'good'])
  })
})

promises.run()
