import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { QUERIES_OPEN_MAX } from '../../../protocol/limits.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import { deedDigest } from '../../../protocol/deed.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import {
  act,
  candidate,
  CREDENTIALS_END,
  enrolment,
  grant,
  handleOf,
  made,
  officers,
  outcomeOf,
  query,
  roster,
  type Made,
} from '../registry/support/entries.ts'

const promises = suite('what an entry is joined with')

promises('is who signed it, and under which credential', () => {
  const [asked] = join(query('who'))
  equal(
    asked!.by.map(({ grant: held, statement }) => [held.role, statement.action]),
    [['border-officer', 'identify']],
  )
  equal([asked!.log, asked!.index, asked!.leaf], ['almaty', 0, query('who').leaf])
})

promises('of an outcome is who asked', () => {
  const asked = query('who')
  const [, outcome] = join(asked, outcomeOf(asked))
  is(outcome!.by[0]!.grant.role, 'border-officer')
})

promises('of an enrolment is whom its search named, besides the person', () => {
  const candidates = [candidate('other'), candidate('x'), candidate('third')]
  const { all } = enrolment('x', { outcome: { verdict: 'hit', candidates } })
  const [, , entry] = join(...all)
  equal(
    entry!.duplicates.map(({ handle }) => handle),
    [handleOf('other'), handleOf('third')],
  )
  equal(
    entry!.by.map(({ grant: held }) => held.role),
    ['enrolment-officer'],
  )
})

promises('of an act is the deed, and everybody who signed it', () => {
  const deed = { type: 'watch', listed: 'added', cause: 'wanted' } as const
  const by = [officers.protector, officers.adjudicator]
  const [done] = join(act(deed, by, { handle: handleOf('x'), purpose: 'missing-person' }))
  equal(done!.deed, deed)
  equal(
    done!.by.map(({ grant: held }) => held.role),
    ['data-protection-officer', 'adjudicator'],
  )
})

promises('is whom the officer meant, also where only the node knows: a number', () => {
  const resolution = { type: 'resolution', commitment: deedDigest(new Uint8Array()) } as const
  const about = { subject: handleOf('x') }
  join(act(resolution, [officers.registrar], about))
  refused('forbidden', act({ type: 'confirmation' }, [officers.registrar], about))
})

const searches = suite('a search, its outcome and what rests on it')

searches('stand in one log, in this order', () => {
  const { query: asked, outcome, entry } = enrolment('x')
  refused('forbidden', outcome)
  refused('forbidden', asked, entry)
  refused('forbidden', asked, outcome, entry, entry)
  refused('forbidden', asked, outcome, outcome)
  const joiner = new Joiner({ roster })
  joiner.join('almaty', 1, asked.bytes)
  throws(() => joiner.join('astana', 1, outcome.bytes))
  joiner.join('almaty', 2, outcome.bytes)
  throws(() => joiner.join('astana', 2, entry.bytes))
  joiner.join('almaty', 3, entry.bytes)
})

searches('are about one query: one that says otherwise is of none', () => {
  const asked = query('who')
  refused('forbidden', asked, outcomeOf(asked, { query: query('other').leaf }))
  refused('forbidden', asked, outcomeOf(query('other')))
})

searches('answer a question once', () => {
  const asked = query('who')
  refused('forbidden', asked, outcomeOf(asked), outcomeOf(asked))
})

searches('let nobody in when they were incomplete, or for others', () => {
  const { all } = enrolment('x', { outcome: { verdict: 'incomplete' } })
  refused('forbidden', ...all)
  const other = enrolment('x', { salt: 'other' })
  const borrowed = { ...enrolment('x').entry.entry, duplicateCheck: other.query.entry.queryId }
  refused('forbidden', other.query, other.outcome, made(borrowed))
})

searches('are awaited for a long time, and not for ever', () => {
  const { query: asked, outcome, entry } = enrolment('x')
  const others = Array.from({ length: QUERIES_OPEN_MAX - 1 }, (_, i) => query(`${i}`))
  join(asked, outcome, ...others, entry)
  refused('forbidden', asked, outcome, ...others, query('one too many'), entry)
})

const entitled = suite('an entry that nobody was entitled to')

entitled('is refused by the code of what is wrong with it', () => {
  refused('malformed', { bytes: new Uint8Array() })
  refused('bad-signature', ...enrolment('x', { flip: true }).all)
  refused('forbidden', query('who', { officer: officers.registrar }))
  refused('forbidden', query('who', { at: CREDENTIALS_END }))
  refused('forbidden', query('who', { statement: { purpose: 'document-issue' } }))
  refused('forbidden', made({ ...grant('clerk').entry, credential: officers.stranger.credential }))
})

promises.run()
searches.run()
entitled.run()

/** One log from its beginning. */
function join(...entries: readonly { bytes: Uint8Array }[]) {
  const joiner = new Joiner({ roster })
  return entries.map(({ bytes }, index) => joiner.join('almaty', index, bytes))
}

/** All but the last of them count. */
function refused(code: string, ...entries: readonly (Made | { bytes: Uint8Array })[]): void {
  const joiner = new Joiner({ roster })
  const last = entries.length - 1
  for (const [index, { bytes }] of entries.slice(0, last).entries()) {
    joiner.join('almaty', index, bytes)
  }
  try {
    joiner.join('almaty', last, entries[last]!.bytes)
  } catch (error) {
    is(asTamgaError(error).code, code)
    return
  }
  throw new Error('nothing was refused')
}
