import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { equalBytes, toHex } from '../../../crypto/bytes.ts'
import type { Case, Cases } from '../../../node/registry/cases.ts'
import type { Folded } from '../../../node/audit/folded.ts'
import { signatoryOf } from '../../../protocol/credential.ts'
import { FINDINGS } from '../../../protocol/deed.ts'
import type { ErrorRates } from '../../../protocol/rules/error-rates.ts'
import { check } from '../../protocol/support/codec-promises.ts'
import { CaseLogs, casesOf, handleOf, keyOf, THRESHOLD } from './support/case-logs.ts'

const promises = suite('the cases of the register')

const DAY = 86_400_000
const DAYS = 10

promises('an enrolment that names somebody opens one, with what the search found', () => {
  const logs = new CaseLogs()
  logs.enrol('astana', 'aru')
  logs.enrol('almaty', 'dana')
  const opened = logs.enrol('shymkent', 'bota', { at: 7, named: ['aru', 'dana'] })
  const found = fold(logs).file(opened.leaf)!
  equal([found.kind, found.openedAt, found.region], ['duplicate', 7, 'astana'])
  equal([found.subject, found.threshold], [handleOf('bota'), THRESHOLD])
  equal(
    found.candidates.map(({ handle, fingers }) => [handle, fingers]),
    [
      [handleOf('aru'), [{ position: 2, score: THRESHOLD + 20 }]],
      [handleOf('dana'), [{ position: 2, score: THRESHOLD + 19 }]],
    ],
  )
  equal([found.opinions, found.resolution, found.tip], [[], 'open', opened.leaf])
})

promises('so does an update, and only if it names somebody else', () => {
  const logs = new CaseLogs()
  logs.enrol('astana', 'aru')
  logs.enrol('astana', 'bota')
  const own = logs.enrol('astana', 'bota', { at: 2, action: 'update', named: ['bota'] })
  const other = logs.enrol('astana', 'bota', { at: 3, action: 'update', named: ['bota', 'aru'] })
  const cases = fold(logs)
  is(cases.file(own.leaf), undefined)
  equal(handlesIn(cases.file(other.leaf)), [handleOf('aru')])
})

promises('a hit opens one that is about nobody; no hit and a 1:1 comparison do not', () => {
  const logs = new CaseLogs()
  logs.enrol('astana', 'aru')
  const hit = logs.ask('almaty', { at: 5, named: ['aru'] })
  const none = logs.ask('almaty', { named: [] })
  const compared = logs.ask('almaty', { named: ['aru'] }, 'verify')
  const cases = fold(logs)
  const { kind, subject, region, openedAt, threshold, tip } = cases.file(hit.leaf)!
  equal([kind, subject, region, openedAt], ['identification', undefined, 'astana', 5])
  equal([threshold, tip], [THRESHOLD, hit.leaf])
  equal([cases.file(none.leaf), cases.file(compared.leaf)], [undefined, undefined])
  is(cases.open(0, DAYS).length, 1)
})

promises('an enrolment that does not count opens none', () => {
  const logs = new CaseLogs()
  logs.enrol('astana', 'aru')
  logs.enrol('astana', 'bota')
  const again = logs.enrol('astana', 'bota', { at: 2, named: ['aru'] })
  const cases = fold(logs)
  is(cases.file(again.leaf), undefined)
  equal(cases.open(0, DAYS), [])
})

for (const kind of ['duplicate', 'identification'] as const) {
  promises(`a ${kind} is decided by people, in the order in which they knew of each other`, () => {
    const { logs, opened } = started(kind)
    logs.wantSecond('asel', opened)
    logs.say('asel', opened, 'aru', 'same', { log: 'astana', at: 9 })
    const second = logs.say('bolat', opened, 'aru', 'different', { log: 'almaty', at: 4 })
    const stuck = fold(logs).file(opened.leaf)!
    equal([stuck.resolution, stuck.needsExpert, stuck.tip], ['open', true, second.leaf])
    const last = logs.say('Xenia', opened, 'aru', 'different', { log: 'shymkent', at: 3 })
    const found = fold(logs).file(opened.leaf)!
    equal([found.resolution, found.needsExpert, found.tip], ['different', false, last.leaf])
    equal(
      found.opinions.map(({ officer, role, reason }) => [officer, role, reason]),
      [
        [keyOf('asel'), 'adjudicator', 'asel has looked'],
        [keyOf('bolat'), 'adjudicator', 'bolat has looked'],
        [keyOf('Xenia'), 'forensic-examiner', 'Xenia has looked'],
      ],
    )
  })

  promises(`a ${kind} takes nothing more that changes it once it is decided`, () => {
    const { logs, opened } = started(kind)
    logs.say('asel', opened, 'aru', 'different')
    logs.say('bolat', opened, 'aru', 'same')
    logs.wantSecond('bolat', opened)
    const { resolution, opinions, secondExaminer } = fold(logs).file(opened.leaf)!
    equal([resolution, opinions.length, secondExaminer], ['different', 1, false])
  })

  promises(`a ${kind} comes to the same in whatever order logs arrive`, () => {
    const { logs, opened } = started(kind)
    logs.wantSecond('asel', opened, { log: 'astana' })
    logs.say('asel', opened, 'aru', 'same', { log: 'almaty', at: 5 })
    const tip = logs.say('bolat', opened, 'aru', 'different', { log: 'shymkent', at: 6 }).leaf
    logs.say('Xenia', opened, 'aru', 'same', { log: 'astana', at: 7, after: tip })
    logs.say('Xavier', opened, 'aru', 'different', { log: 'almaty', at: 7, after: tip })
    const whole = told(fold(logs), opened)
    check(interleavings(logs), (entries) => equal(told(casesOf(entries), opened), whole))
  })
}

promises('an opinion about one case is none about another', () => {
  const { logs, opened } = started('identification')
  const other = logs.ask('almaty', { named: ['aru'] })
  const enrolled = logs.enrol('almaty', 'erlan', { named: ['aru'] })
  logs.act('asel', enrolled, opinionOn(opened), { after: opened.leaf })
  logs.act('asel', opened, opinionOn(enrolled))
  logs.say('asel', other, 'aru', 'same')
  const cases = fold(logs)
  equal(
    [opened, other, enrolled].map(({ leaf }) => cases.file(leaf)?.resolution),
    ['open', 'same', 'open'],
  )
})

promises(
  'what was signed with a revoked credential decides nothing, and hides nothing else',
  () => {
    const { logs, opened } = started('identification')
    logs.say('asel', opened, 'aru', 'same', { signedAt: 5 })
    logs.say('bolat', opened, 'aru', 'different', { signedAt: 4 })
    const cases = fold(logs)
    const signatory = signatoryOf({ organisation: 'ministry', publicKey: keyOf('asel') })
    is(cases.file(opened.leaf)?.resolution, 'same')
    cases.revoked({ signatory, from: 6 })
    is(cases.file(opened.leaf)?.resolution, 'same')
    for (const from of [5, 7]) cases.revoked({ signatory, from })
    is(cases.file(opened.leaf)?.resolution, 'different')
  },
)

promises('a case of an earlier enrolment stays what it was', () => {
  const { logs, opened } = started('duplicate')
  logs.say('asel', opened, 'aru', 'different')
  const update = logs.enrol('almaty', 'bota', { at: 9, action: 'update', named: ['aru'] })
  const cases = fold(logs)
  equal(
    [opened, update].map(({ leaf }) => cases.file(leaf)?.resolution),
    ['different', 'open'],
  )
  is(cases.file(opened.leaf)?.opinions.length, 1)
})

promises('waits for nobody when the person has died meanwhile', () => {
  const { logs, opened } = started('duplicate')
  logs.act('asel', opened, { type: 'death' })
  const cases = fold(logs)
  is(cases.file(opened.leaf)?.resolution, 'moot')
  equal(cases.open(0, DAYS), [])
})

promises('waits for nobody when a court has ended it, also if there is a new one', () => {
  const { logs, opened } = started('duplicate')
  logs.act('asel', opened, { type: 'reinstatement', cause: 'court-order' })
  is(fold(logs).file(opened.leaf)?.resolution, 'moot')
  const update = logs.enrol('almaty', 'bota', { at: 9, action: 'update', named: ['aru'] })
  const cases = fold(logs)
  is(cases.file(opened.leaf)?.resolution, 'moot')
  equal(
    cases.open(9, DAYS).map(({ id }) => id),
    [update.leaf],
  )
})

promises('the most overdue wait in front, the decided not at all', () => {
  const logs = new CaseLogs()
  logs.enrol('astana', 'aru')
  const late = logs.ask('almaty', { at: 3, named: ['aru'] })
  const decided = logs.ask('almaty', { at: 2, named: ['aru'] })
  const first = logs.enrol('almaty', 'bota', { at: 1, named: ['aru'] })
  logs.say('asel', decided, 'aru', 'cannot-tell')
  logs.say('Xenia', decided, 'aru', 'cannot-tell')
  const waiting = fold(logs).open(1 + 2 * DAYS * DAY, DAYS)
  equal(
    waiting.map(({ id, routing }) => [id, routing.overdue, routing.level]),
    [
      [first.leaf, true, 2],
      [late.leaf, false, 1],
    ],
  )
})

promises('an examiner is given what is theirs to decide, and no more than asked for', () => {
  const logs = new CaseLogs()
  logs.enrol('astana', 'aru')
  logs.enrol('almaty', 'dana')
  const astana = logs.ask('almaty', { at: 1, named: ['aru', 'dana'] })
  const almaty = logs.ask('astana', { at: 2, named: ['dana', 'aru'] })
  const expert = logs.ask('astana', { at: 3, named: ['dana'] })
  logs.say('asel', expert, 'dana', 'cannot-tell')
  const cases = fold(logs)
  const queue = (role: 'adjudicator' | 'forensic-examiner', now: number, limit = 9) => {
    return cases.queue({ role, region: 'almaty' }, now, DAYS, limit).map(({ id }) => id)
  }
  equal(queue('adjudicator', 5), [almaty.leaf])
  equal(queue('forensic-examiner', 5), [expert.leaf])
  equal(queue('adjudicator', 1 + DAYS * DAY), [astana.leaf, almaty.leaf])
  equal(queue('adjudicator', 1 + DAYS * DAY, 1), [astana.leaf])
  const end = 2 + 2 * DAYS * DAY
  equal(queue('adjudicator', end), [])
  equal(queue('forensic-examiner', end), [astana.leaf, almaty.leaf, expert.leaf])
})

promises('a second examiner does not learn what the first has said; who has spoken does', () => {
  const { logs, opened } = started('identification', ['aru', 'dana'])
  logs.wantSecond('asel', opened)
  logs.say('asel', opened, 'aru', 'different')
  logs.say('bolat', opened, 'dana', 'different')
  const seen = (cases: Cases, who: string) =>
    cases.viewFor(keyOf(who), opened.leaf)!.opinions.length
  const before = fold(logs)
  equal([seen(before, 'asel'), seen(before, 'bolat'), seen(before, 'dauren')], [1, 1, 0])
  logs.say('bolat', opened, 'aru', 'different')
  const both = fold(logs)
  equal([seen(both, 'asel'), seen(both, 'bolat'), seen(both, 'dauren')], [2, 3, 0])
  logs.say('asel', opened, 'dana', 'different')
  const decided = fold(logs)
  equal([seen(decided, 'asel'), seen(decided, 'bolat'), seen(decided, 'dauren')], [4, 4, 4])
  is(decided.viewFor(keyOf('asel'), handleOf('nothing')), undefined)
})

const sayings = fc.record({
  who: fc.constantFrom('asel', 'bolat', 'dauren', 'Xenia'),
  candidate: fc.constantFrom('aru', 'dana'),
  finding: fc.constantFrom(...FINDINGS),
})

promises('nobody sees another’s opinion before they have given theirs, whatever was said', () => {
  check(fc.array(sayings, { maxLength: 8 }), (said) => {
    const { logs, opened } = started('identification', ['aru', 'dana'])
    logs.wantSecond('asel', opened)
    for (const { who, candidate, finding } of said) logs.say(who, opened, candidate, finding)
    const cases = fold(logs)
    const whole = cases.file(opened.leaf)!
    for (const key of ['asel', 'bolat', 'dauren', 'Xenia', 'nobody'].map(keyOf)) {
      const { opinions } = cases.viewFor(key, opened.leaf)!
      const visible = whole.opinions.filter(({ candidate }) => {
        return whole.resolution !== 'open' || hasSpoken(whole, key, candidate)
      })
      equal(opinions, visible)
    }
  })
})

promises('statistics come out as worked out by hand, in whatever order logs arrive', () => {
  const logs = smallRegister()
  const { all, byRegion, bySex, byAgeBand } = fold(logs).statistics()
  is(written(all), '8 searches, 1 undecided, fpir 1/5, fnir 2/4')
  equal(rows(byRegion), [
    'almaty: 3 searches, 0 undecided, fpir 1/2, fnir 1/1',
    'astana: 5 searches, 1 undecided, fpir 0/3, fnir 1/3',
  ])
  equal(rows(bySex), [
    'female: 5 searches, 0 undecided, fpir 1/5, fnir 1/2',
    'male: 2 searches, 0 undecided, fpir 0/0, fnir 1/2',
    'unknown: 1 searches, 1 undecided, fpir 0/0, fnir 0/0',
  ])
  equal(rows(byAgeBand), [
    '18-29: 2 searches, 0 undecided, fpir 1/2, fnir 0/0',
    '30-44: 2 searches, 0 undecided, fpir 0/0, fnir 1/2',
    '60-74: 3 searches, 0 undecided, fpir 0/3, fnir 1/2',
    'unknown: 1 searches, 1 undecided, fpir 0/0, fnir 0/0',
  ])
  check(interleavings(logs), (entries) =>
    is(written(casesOf(entries).statistics().all), written(all)),
  )
})

promises('a record that was found when it came has not got in unseen', () => {
  const logs = new CaseLogs()
  logs.enrol('almaty', 'aru')
  const second = logs.enrol('almaty', 'ayan', { at: 2, named: ['aru'] })
  logs.say('asel', second, 'aru', 'same')
  const third = logs.enrol('almaty', 'bakyt', { at: 3, named: ['aru', 'ayan'] })
  logs.say('asel', third, 'aru', 'same')
  logs.say('asel', third, 'ayan', 'same')
  is(written(fold(logs).statistics().all), '3 searches, 0 undecided, fpir 0/1, fnir 0/2')
})

promises.run()

/**
 * Eight searches. `bakyt` enrols as `aru` and `ayan`, who are one person then: `ayan`, the later,
 * got in unseen. `dana` was taken for `aru` by the search and not by a person, `elena` is still
 * waiting; of `gulya`'s two updates one finds her and one does not.
 */
function smallRegister(): CaseLogs {
  const logs = new CaseLogs()
  const young = { sex: 'female', ageBand: '18-29' } as const
  const middle = { sex: 'male', ageBand: '30-44' } as const
  const old = { sex: 'female', ageBand: '60-74' } as const
  const unknown = { sex: 'unknown', ageBand: 'unknown' } as const
  logs.enrol('almaty', 'aru', { at: 1, ...young })
  logs.enrol('almaty', 'ayan', { at: 2, ...middle })
  const dana = logs.enrol('almaty', 'dana', { at: 3, ...young, named: ['aru'] })
  logs.say('asel', dana, 'aru', 'different', { log: 'astana' })
  const bakyt = logs.enrol('astana', 'bakyt', { at: 4, ...middle, named: ['ayan', 'aru'] })
  logs.say('asel', bakyt, 'ayan', 'same', { at: 5 })
  logs.say('asel', bakyt, 'aru', 'same', { at: 6 })
  logs.enrol('astana', 'gulya', { at: 5, ...old })
  logs.enrol('astana', 'gulya', { at: 6, ...old, action: 'update', named: ['gulya'] })
  logs.enrol('astana', 'gulya', { at: 7, ...old, action: 'update' })
  logs.enrol('astana', 'elena', { at: 8, ...unknown, named: ['dana'] })
  return logs
}

/** A case against `aru`, or against those named; the log of `bota` or of who asks is almaty. */
function started(kind: Case['kind'], named: readonly string[] = ['aru']) {
  const logs = new CaseLogs()
  for (const person of ['aru', 'dana']) logs.enrol('astana', person)
  const opened =
    kind === 'duplicate' ? logs.enrol('almaty', 'bota', { named }) : logs.ask('almaty', { named })
  return { logs, opened }
}

function opinionOn({ leaf }: Folded) {
  const candidate = handleOf('aru')
  return { type: 'opinion', case: leaf, candidate, finding: 'same', reason: 'alike' } as const
}

function fold(logs: CaseLogs): Cases {
  return casesOf(logs.logs.flat())
}

/** All that is said of a case and of the queues, as text. */
function told(cases: Cases, { leaf }: Folded): string {
  return JSON.stringify([cases.file(leaf), cases.open(0, DAYS)], (_, value: unknown) => {
    return value instanceof Uint8Array ? toHex(value) : value
  })
}

/** The entries of all logs in any order that keeps each log's own. */
function interleavings(logs: CaseLogs): fc.Arbitrary<Folded[]> {
  const count = logs.logs.flat().length
  return fc.array(fc.nat(99), { minLength: count, maxLength: count }).map((picks) => {
    const rest = logs.logs.map((entries) => [...entries])
    return picks.map((pick) => {
      const left = rest.filter((entries) => entries.length > 0)
      return left[pick % left.length]!.shift()!
    })
  })
}

function handlesIn(found: Case | undefined): Uint8Array[] | undefined {
  return found?.candidates.map(({ handle }) => handle)
}

function hasSpoken({ opinions }: Case, officer: Uint8Array, candidate: Uint8Array): boolean {
  return opinions.some((given) => {
    return equalBytes(given.officer, officer) && equalBytes(given.candidate, candidate)
  })
}

function written({ searches, undecided, fpir, fnir }: ErrorRates): string {
  const rates = `fpir ${fpir.events}/${fpir.trials}, fnir ${fnir.events}/${fnir.trials}`
  return `${searches} searches, ${undecided} undecided, ${rates}`
}

function rows(groups: ReadonlyMap<string, ErrorRates>): string[] {
  return [...groups].map(([name, rates]) => `${name}: ${written(rates)}`)
}
