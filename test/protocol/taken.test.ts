import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { codec } from '../../protocol/codec.ts'
import type { Application } from '../../protocol/rules/application.ts'
import { POLICIES } from '../../protocol/rules/policies.ts'
import { SEED_2017 } from '../../protocol/rules/policies/seed-2017.ts'
import type { Policy } from '../../protocol/rules/policy.ts'
import { decideTaken, takenShape, type Taken } from '../../protocol/taken.ts'
import { takens } from '../support/arbitraries.ts'
import { captured, missing, PLAIN } from './rules/support/applications.ts'
import { promiseCodec } from './support/codec-promises.ts'
import { refusalOf } from './support/officials.ts'

const promises = suite('what is said of an enrolment')

promiseCodec<Taken>(promises, { ...codec('taken', 400, takenShape), name: 'taken' }, takens)

/** Noon in Kazakhstan on the day on which `PLAIN` is requested. */
const AT = Date.parse('2020-06-01T12:00+05:00')
const SEED = [SEED_2017]

const ADULT: Taken = {
  policy: 'seed-2017',
  verdict: 'mandatory',
  citizenship: 'citizen',
  sex: 'female',
  ageBand: '30-44',
}

const TAKEN: readonly [who: string, stated: Partial<Application>, taken: Partial<Taken>][] = [
  ['an adult citizen must', {}, {}],
  ['consent or not', { consent: 'none', consentForm: '' }, {}],
  ['a man as well', { sex: 'male' }, { sex: 'male' }],
  [
    'and a foreign resident',
    { citizenship: 'foreign-resident' },
    { citizenship: 'foreign-resident' },
  ],
  ['and whoever has no citizenship', { citizenship: 'stateless' }, { citizenship: 'stateless' }],
  ['on the 16th birthday one must', { born: '2004-06-01' }, { ageBand: '16-17' }],
  ['the day before one may', { born: '2004-06-02' }, { verdict: 'permitted', ageBand: '12-15' }],
  [
    'from the 12th birthday one may',
    { born: '2008-06-01' },
    { verdict: 'permitted', ageBand: '12-15' },
  ],
  ['of a birth known by its year the youngest age counts', { born: '1990' }, { ageBand: '18-29' }],
  ['the old must', { born: '1930-01-01' }, { ageBand: '75-and-over' }],
]

for (const [who, stated, taken] of TAKEN) {
  promises(`under the seed: ${who}`, () => {
    equal(decideTaken({ ...PLAIN, ...stated }, { at: AT }, SEED), { ...ADULT, ...taken })
  })
}

const REFUSED: readonly [who: string, stated: Partial<Application>, reasons: string][] = [
  ['of a child under twelve', { born: '2008-06-02' }, 'under-age'],
  ['of a child who has not consented', { born: '2007-01-01', consent: 'none' }, 'consent-missing'],
  ['of a visitor', { citizenship: 'foreign-visitor' }, 'not-covered'],
  ['of whom no birth is known', { born: undefined }, 'birth-date-unknown'],
  ['with one finger of ten', { fingers: [captured(2, 60)] }, 'fingers-missing'],
  [
    'of whom all fingers are lost',
    { fingers: Array.from({ length: 10 }, (_, place) => missing(place + 1, 'amputated')) },
    'exempt-no-fingers',
  ],
]

for (const [who, stated, reasons] of REFUSED) {
  promises(`under the seed nothing is taken ${who}: ${reasons}`, () => {
    is(
      refusalOf(() => decideTaken({ ...PLAIN, ...stated }, { at: AT }, SEED)),
      `unprocessable: ${reasons}`,
    )
  })
}

const LAWLESS: readonly [when: string, policies: readonly Policy[], at: string][] = [
  ['where there is no law', [], '2020-06-01T12:00+05:00'],
  ['before there was one', SEED, '2016-12-31T23:59+05:00'],
]

for (const [when, policies, at] of LAWLESS) {
  promises(`nothing is taken ${when}`, () => {
    const application = { ...PLAIN, requestedOn: at.slice(0, 10) }
    is(
      refusalOf(() => decideTaken(application, { at: Date.parse(at) }, policies)),
      'unprocessable: no-policy',
    )
  })
}

promises('the law begins with the day in Kazakhstan', () => {
  const application = { ...PLAIN, requestedOn: '2017-01-01' }
  const at = Date.parse('2017-01-01T00:00+05:00')
  is(decideTaken(application, { at }, SEED).policy, 'seed-2017')
})

promises('the day counts on which the officer signed, and not that of the request', () => {
  const application = { ...PLAIN, born: '2008-06-03', requestedOn: '2020-06-01' }
  const dayBefore = { at: Date.parse('2020-06-02T23:59+05:00') }
  is(
    refusalOf(() => decideTaken(application, dayBefore, SEED)),
    'unprocessable: under-age',
  )
  const birthday = { at: Date.parse('2020-06-03T00:00+05:00') }
  is(decideTaken(application, birthday, SEED).ageBand, '12-15')
})

promises('who had to under the seed only may under the law of 2024', () => {
  const at = Date.parse('2024-07-01T00:00+05:00')
  const application = { ...PLAIN, requestedOn: '2024-07-01' }
  const expected = { ...ADULT, policy: 'kz-2024', verdict: 'permitted' }
  equal(decideTaken(application, { at }, POLICIES), expected)
  is(
    refusalOf(() => decideTaken({ ...application, consent: 'none' }, { at }, POLICIES)),
    'unprocessable: consent-missing',
  )
})

promises('a time that no calendar has is refused', () => {
  is(
    refusalOf(() => decideTaken(PLAIN, { at: Number.MAX_SAFE_INTEGER }, SEED)),
    'unprocessable',
  )
})

promises.run()
