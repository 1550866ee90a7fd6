import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import type { LifeStatus } from '../../../protocol/rules/eligibility.ts'
import { check as checkNext, lifeOf, type Life } from '../../../protocol/rules/life.ts'
import { check } from '../support/codec-promises.ts'
import {
  REFUSAL,
  CONFIRMATION,
  DEATH,
  EXPIRY,
  HELD,
  BARRED,
  CLEARED,
  ORDERED,
  ERASURE,
  LAPSING,
  chains,
  DAY_MS,
  document,
  enrolment,
  forked,
  leafOf,
  NEW_YEAR,
  opinion,
  referenceOf,
  signer,
  TAKEN,
  told,
  update,
  type What,
  type Story,
} from './support/story.ts'

const CONFIRMING = { what: { type: 'confirmation' }, by: [signer()], at: NEW_YEAR } as const

const promises = suite('a life')

promises('begins unknown, with nothing', () => {
  const { status, since, history, tip, enrolment: leaf } = lifeOf([])
  equal([status, since, history, tip, leaf], ['unknown', 0, [], undefined, undefined])
})

promises('tells who did what, why and under which policy, and what did not count', () => {
  const life = lifeOf(told(REFUSAL, DEATH, enrolment()))
  const story = life.history.map(({ type, status, policy, void: code }) => {
    return [type, status, policy, code]
  })
  equal(story, [
    ['refusal', 'refused', 'law 0', undefined],
    ['death', 'deceased', 'law 1', undefined],
    ['enrolment', 'deceased', 'law 2', 'is-deceased'],
  ])
  equal(life.history[0]?.by, [signer()])
  equal([life.since, life.policy, life.tip], [NEW_YEAR + DAY_MS, 'law 1', leafOf('2')])
})

promises('keeps since when, and under which policy, until the status is another', () => {
  const life = lifeOf(told(enrolment(), CONFIRMATION, document('a'), document('b')))
  equal([life.status, life.since, life.policy], ['documented', NEW_YEAR + 2 * DAY_MS, 'law 2'])
  equal(
    life.documents.map(({ reference, at }) => [toHex(reference), at]),
    [
      [toHex(referenceOf('a')), NEW_YEAR + 2 * DAY_MS],
      [toHex(referenceOf('b')), NEW_YEAR + 3 * DAY_MS],
    ],
  )
})

promises('is confirmed once its record is compared, and not before', () => {
  const early: What = { type: 'enrolment', duplicates: [], isCompared: false, taken: TAKEN }
  const life = lifeOf(told(early, CONFIRMATION, document('a')))
  equal(
    life.history.map((step) => step.void ?? step.status),
    ['provisional', 'not-compared', 'not-confirmed'],
  )
  const { type, duplicates } = early
  is(checkNext(lifeOf(told({ type, duplicates, taken: TAKEN })), CONFIRMING), 'not-compared')
  const anew = lifeOf(told(enrolment(), CONFIRMATION, { ...early, type: 'update' }, CONFIRMATION))
  equal([anew.status, anew.history.at(-1)?.void], ['updated', 'not-compared'])
})

promises('grants no document twice', () => {
  const life = lifeOf(told(enrolment(), CONFIRMATION, document('a'), document('a')))
  equal([life.documents.length, life.history.at(-1)?.void], [1, 'already-granted'])
})

promises('counts the last enrolment, and says of the person what was said then', () => {
  const life = lifeOf(told(enrolment(), CONFIRMATION, update()))
  equal([life.enrolment, life.enrolledAt], [leafOf('2'), NEW_YEAR + 2 * DAY_MS])
  is(life.taken?.sex, 'male')
  const dead = lifeOf(told(enrolment(), DEATH))
  equal([dead.enrolment, dead.enrolledAt, dead.taken], [undefined, NEW_YEAR, TAKEN])
})

promises('has the fine of every refusal on record, also when the person comes after all', () => {
  const life = lifeOf(told(REFUSAL, LAPSING, [REFUSAL, { at: NEW_YEAR + 9 * DAY_MS }], enrolment()))
  equal([life.status, life.fine, life.until], ['provisional', 100, undefined])
})

promises('fines nobody on the last day of a postponement, and anybody on the next', () => {
  const until: What = { type: 'postponement', cause: 'injured', until: '2026-01-05' }
  for (const [at, code] of [
    [NEW_YEAR + 5 * DAY_MS - 1, 'is-postponed'],
    [NEW_YEAR + 5 * DAY_MS, undefined],
    [Number.MAX_SAFE_INTEGER, undefined],
  ] as const) {
    is(lifeOf(told(until, [REFUSAL, { at }])).history.at(-1)?.void, code)
  }
})

promises('goes back to where it was when a case ends well', () => {
  for (const [before, after] of [
    [[CONFIRMATION], 'confirmed'],
    [[CONFIRMATION, document('a')], 'documented'],
  ] as const) {
    const opened = `${before.length + 1}`
    const story = [enrolment(), ...before, update('other'), opinion(opened, 'different')]
    equal(lifeOf(told(...story)).status, 'updated')
    equal(lifeOf(told(...story, CONFIRMATION)).status, after)
  }
})

promises('stays suspended until every person that the search named is told apart', () => {
  const story = [enrolment('other', 'third'), opinion('0', 'different')]
  equal(lifeOf(told(...story)).holds, ['open'])
  equal(lifeOf(told(...story, opinion('0', 'same', 'third'))).holds, ['same'])
  is(lifeOf(told(...story, opinion('0', 'different', 'third'))).status, 'provisional')
})

promises('takes two examiners when a second one is wanted', () => {
  const second = { by: [signer('second', 'adjudicator')] }
  const wanted: What = { type: 'second-examiner', case: leafOf('0') }
  const story: Story = [enrolment('other'), wanted, opinion('0', 'different')]
  is(lifeOf(told(...story)).status, 'suspended')
  const again = lifeOf(told(...story, opinion('0', 'different')))
  is(again.history.at(-1)?.void, 'already-gave-opinion')
  is(lifeOf(told(...story, [opinion('0', 'different'), second])).status, 'provisional')
})

promises('knows no case but the last', () => {
  const story = [enrolment('other'), opinion('0', 'different'), update('third')]
  const life = lifeOf(told(...story, opinion('0', 'different')))
  equal([life.history.at(-1)?.void, life.case?.id], ['no-such-case', leafOf('2')])
  const stranger = lifeOf(told(...story, opinion('2', 'different', 'stranger')))
  is(stranger.history.at(-1)?.void, 'no-such-case')
})

promises('is suspended as long as anything suspends it', () => {
  const story = [enrolment('other'), HELD, BARRED, opinion('0', 'different')]
  equal(lifeOf(told(...story)).holds, ['credential', 'court-order'])
  is(lifeOf(told(...story, CLEARED)).history.at(-1)?.void, 'is-suspended')
  is(lifeOf(told(...story, BARRED)).history.at(-1)?.void, 'is-suspended')
  equal(lifeOf(told(...story, ORDERED)).holds, [])
})

promises('is not changed again by what was signed once', () => {
  const story: Story = [enrolment(), BARRED, ORDERED, BARRED]
  const life = lifeOf(told(...story, [ORDERED, { said: 'statement 2' }]))
  equal([life.status, life.holds], ['suspended', ['court-order']])
  is(life.history.at(-1)?.void, 'statement-used')
  is(lifeOf(told(...story, ORDERED)).status, 'provisional')
})

promises('is not changed later by what was void when it was done', () => {
  const life = lifeOf(told(CONFIRMATION, enrolment(), [CONFIRMATION, { said: 'statement 0' }]))
  is(life.status, 'provisional')
  equal(
    life.history.map((step) => step.void),
    ['not-enrolled', undefined, 'statement-used'],
  )
})

promises('cannot be found after death, expiry or erasure, and can while suspended', () => {
  for (const end of [DEATH, EXPIRY, ERASURE])
    is(lifeOf(told(enrolment(), end)).enrolment, undefined)
  equal(lifeOf(told(enrolment('other'), opinion('0', 'same'))).enrolment, leafOf('0'))
})

promises('begins anew after expiry, and not as it was', () => {
  const story = [enrolment(), CONFIRMATION, document('a'), EXPIRY, enrolment(), CONFIRMATION]
  is(lifeOf(told(...story)).status, 'confirmed')
  is(lifeOf(told(...story, update(), CONFIRMATION)).status, 'confirmed')
})

promises('has of two enrolments made at once the first by date, and of one date by leaf', () => {
  const [first, second] = told(enrolment(), [enrolment(), { after: undefined }])
  for (const [events, winner] of [
    [[first!, second!], '0'],
    [[first!, { ...second!, at: NEW_YEAR - 1 }], '1'],
  ] as const) {
    const life = lifeOf(events)
    equal(life.enrolment, leafOf(winner))
    equal(
      life.history.map((step) => step.void),
      [undefined, 'already-enrolled'],
    )
  }
})

promises('counts an event whose predecessor was missing once it arrives', () => {
  const events = told(enrolment(), CONFIRMATION, document('a'))
  const [a, , c] = events
  const before = lifeOf([c!, a!])
  equal([before.status, before.history.length, before.tip], ['provisional', 1, leafOf('0')])
  is(lifeOf([c!, a!, events[1]!]).status, 'documented')
})

promises('has no deed in it that a revoked credential has signed', () => {
  const life = lifeOf(told(enrolment(), [CONFIRMATION, { revokedAt: NEW_YEAR }], document('a')))
  equal(
    life.history.map((step) => step.void),
    [undefined, 'credential-revoked', 'not-confirmed'],
  )
})

promises('gets nobody a document by an update before they were ever confirmed', () => {
  const life = lifeOf(told(enrolment(), update(), document('a'), CONFIRMATION))
  equal(life.documents, [])
  equal(
    life.history.map((step) => step.void ?? step.status),
    ['provisional', 'provisional', 'not-confirmed', 'confirmed'],
  )
})

promises('is suspended for an enrolment by a revoked credential, from when that was known', () => {
  const doubt = { revokedAt: NEW_YEAR + 2.5 * DAY_MS }
  const story: Story = [[enrolment(), doubt], CONFIRMATION, document('a')]
  const life = lifeOf(told(...story))
  equal([life.status, life.holds, life.underlying], ['suspended', ['credential'], 'documented'])
  equal([life.since, life.enrolment], [doubt.revokedAt, leafOf('0')])
  is(lifeOf(told(...story, document('b'))).history.at(-1)?.void, 'is-suspended')
  is(lifeOf(told(...story, CLEARED)).status, 'documented')
  is(lifeOf(told(...story, CLEARED, document('b'))).documents.length, 2)
})

promises('is suspended at once when that was known before', () => {
  const life = lifeOf(told([enrolment(), { revokedAt: NEW_YEAR - 1 }], CONFIRMATION))
  equal([life.status, life.since, life.history[0]?.status], ['suspended', NEW_YEAR, 'suspended'])
  is(life.history[1]?.void, 'is-suspended')
})

promises('is not suspended for an enrolment that another had replaced by then', () => {
  const doubt = { revokedAt: NEW_YEAR + 2.5 * DAY_MS }
  is(lifeOf(told([enrolment(), doubt], update(), CONFIRMATION)).status, 'confirmed')
})

promises('reaches no illegal state by any sequence of events', () => {
  check(chains, (events) => staysLegal(lifeOf(events)), 2_000)
  const days = fc.option(fc.nat(12), { nil: undefined })
  const doubted = fc.tuple(forked, fc.array(days, { minLength: 16, maxLength: 16 }))
  check(
    doubted,
    ([events, revoked]) => {
      const judged = events.map((event, place) => {
        const day = revoked[place]
        return { ...event, revokedAt: day === undefined ? undefined : NEW_YEAR + day * DAY_MS }
      })
      staysLegal(lifeOf(events))
      staysLegal(lifeOf(judged))
    },
    1_000,
  )
})

promises('is changed by nothing that is void', () => {
  check(chains, (events) => {
    const life = lifeOf(events)
    const counted = events.filter((_, place) => life.history[place]?.void === undefined)
    const linked = counted.map((event, place) => ({ ...event, after: counted[place - 1]?.leaf }))
    equal(stateOf(lifeOf(linked)), stateOf(life))
  })
})

promises('refuses beforehand just what would be void', () => {
  check(chains, (events) => {
    for (const [place, event] of events.entries()) {
      const { history } = lifeOf(events.slice(0, place + 1))
      is(checkNext(lifeOf(events.slice(0, place)), event), history.at(-1)?.void)
    }
  })
})

promises('is the same in whichever order its events came', () => {
  const arrivals = forked.chain((events) => {
    const shuffled = fc.shuffledSubarray(events, { minLength: events.length })
    return fc.tuple(fc.constant(events), shuffled)
  })
  check(arrivals, ([events, arrived]) => equal(lifeOf(arrived), lifeOf(events)), 500)
})

promises.run()

const SEARCHED: readonly LifeStatus[] = [
  'provisional',
  'confirmed',
  'documented',
  'updated',
  'suspended',
]

function staysLegal(life: Life): void {
  const { status, underlying, holds, history, documents, fine, until } = life
  const counted = history.filter((step) => step.void === undefined)
  const places = new Map(counted.map(({ type }, place) => [type, place]))
  is(life.enrolment !== undefined, SEARCHED.includes(status), 'found while enrolled, and only then')
  is(status === 'suspended', holds.length > 0)
  ok(status === 'suspended' || status === underlying)
  ok(!holds.includes('open') || life.case, 'a case that is open is there')
  ok(until === undefined || status === 'postponed' || status === 'exempt')
  ok(fine === 0 || places.has('refusal'), 'a fine comes from a refusal')
  is(documents.length, counted.filter(({ type }) => type === 'document').length)
  const documented = counted.findIndex((step) => step.status === 'documented')
  const confirmed = counted.findIndex(({ type }) => type === 'confirmation')
  ok(documented < 0 || (confirmed >= 0 && confirmed < documented), 'confirmed before documented')
  const died = counted.findIndex(({ type }) => type === 'death')
  const afterDeath = died < 0 ? [] : counted.slice(died + 1).map(({ type }) => type)
  ok(
    afterDeath.every((type) => type === 'expiry' || type === 'erasure'),
    'nothing after death but the end of the record',
  )
  const erased = history.findIndex((step) => step.status === 'erased')
  const afterErasure = erased < 0 ? [] : history.slice(erased + 1)
  ok(
    afterErasure.every((step) => step.void !== undefined),
    'nothing after erasure',
  )
}

function stateOf(life: Life) {
  return { ...life, history: undefined, tip: undefined }
}
