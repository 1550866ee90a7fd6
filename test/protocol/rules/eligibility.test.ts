import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { ageBandOf, ageOf, AGE_BANDS, CITIZENSHIPS } from '../../../protocol/rules/application.ts'
import {
  DOCUMENTS,
  eligibility,
  holderOf,
  LIFE_STATUSES,
  type Document,
  type Holder,
  type LifeStatus,
} from '../../../protocol/rules/eligibility.ts'
import { UNKNOWN } from '../../../protocol/rules/life-state.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { REASONS, type ReasonCode } from '../../../protocol/rules/reasons/reason.ts'
import { check } from '../support/codec-promises.ts'
import { dates } from './support/applications.ts'
import { policies } from './support/policies.ts'

const promises = suite('a document')
const TODAY = '2026-11-22'
const adult: Holder = {
  status: 'confirmed',
  citizenship: 'citizen',
  ageBand: '18-29',
  knownOn: TODAY,
  until: undefined,
}

const CHOICE = {
  duty: 'voluntary',
  consent: 'own',
  refusal: { fineTenthsOfMrp: 0, blocksDocument: false },
} as const

/** For an adult citizen who asks for an identity card: under the seed, and since 2024. */
const STATUSES: readonly [status: LifeStatus, seed: ReasonCode, now: ReasonCode][] = [
  ['unknown', 'not-enrolled', 'may-be-issued'],
  ['refused', 'is-refused', 'may-be-issued'],
  ['postponed', 'may-be-issued', 'may-be-issued'],
  ['exempt', 'may-be-issued', 'may-be-issued'],
  ['provisional', 'not-confirmed', 'not-confirmed'],
  ['suspended', 'is-suspended', 'is-suspended'],
  ['confirmed', 'may-be-issued', 'may-be-issued'],
  ['documented', 'may-be-issued', 'may-be-issued'],
  ['updated', 'may-be-issued', 'may-be-issued'],
  ['deceased', 'is-deceased', 'is-deceased'],
  ['expired', 'is-expired', 'may-be-issued'],
  ['erased', 'is-erased', 'may-be-issued'],
]

for (const [status, seed, now] of STATUSES) {
  promises(`for a citizen who is ${status}: ${seed} under the seed, ${now} since 2024`, () => {
    const person = { ...adult, status }
    equal(eligibility(SEED_2017, person, 'id-card', TODAY), answer(seed))
    equal(eligibility(KZ_2024, person, 'id-card', TODAY), answer(now))
  })
}

promises('has a line in the table for every status', () => {
  equal(
    STATUSES.map(([status]) => status),
    LIFE_STATUSES,
  )
})

const PERSONS: readonly [person: Partial<Holder>, document: Document, reason: ReasonCode][] = [
  [{ citizenship: 'foreign-resident' }, 'passport', 'document-not-for-citizenship'],
  [{ citizenship: 'foreign-visitor' }, 'residence-permit', 'document-not-for-citizenship'],
  [{ citizenship: 'stateless' }, 'residence-permit', 'may-be-issued'],
  [{ citizenship: 'foreign-resident', status: 'refused' }, 'residence-permit', 'is-refused'],
  [{ citizenship: 'citizen' }, 'residence-permit', 'document-not-for-citizenship'],
  [{ ageBand: '12-15' }, 'id-card', 'document-not-for-age'],
  [{ ageBand: '16-17' }, 'id-card', 'may-be-issued'],
  [{ ageBand: '12-15' }, 'child-passport', 'may-be-issued'],
  [{ ageBand: '16-17' }, 'child-passport', 'document-not-for-age'],
  [{ ageBand: 'under-12', status: 'unknown' }, 'child-passport', 'may-be-issued'],
  [{ ageBand: '12-15', status: 'refused' }, 'child-passport', 'may-be-issued'],
  [{ ageBand: '16-17', status: 'refused' }, 'passport', 'is-refused'],
  // Nothing on record: whoever may have a child's passport owes nothing; a passport, perhaps.
  [nobody(), 'child-passport', 'may-be-issued'],
  [nobody(), 'passport', 'not-enrolled'],
  [{ ...nobody(), ageBand: 'unknown' }, 'id-card', 'not-enrolled'],
  [{ ...nobody(), ageBand: 'under-12', knownOn: TODAY }, 'passport', 'may-be-issued'],
]

for (const [person, document, reason] of PERSONS) {
  promises(`under the seed, ${document} for ${JSON.stringify(person)}: ${reason}`, () => {
    equal(eligibility(SEED_2017, { ...adult, ...person }, document, TODAY), answer(reason))
  })
}

/** A citizen whose age band was known on a day, asked about on another, under the seed. */
const AGEING: readonly [
  ageBand: Holder['ageBand'],
  knownOn: string,
  status: LifeStatus,
  document: Document,
  on: string,
  reason: ReasonCode,
][] = [
  // 12 to 15: some are 16 the day after, and nobody is below it four years later.
  ['12-15', '2026-11-22', 'confirmed', 'id-card', '2026-11-22', 'document-not-for-age'],
  ['12-15', '2026-11-22', 'confirmed', 'id-card', '2026-11-23', 'may-be-issued'],
  ['12-15', '2026-11-22', 'confirmed', 'id-card', '2035-01-10', 'may-be-issued'],
  ['12-15', '2026-11-22', 'confirmed', 'child-passport', '2030-11-21', 'may-be-issued'],
  ['12-15', '2026-11-22', 'confirmed', 'child-passport', '2030-11-22', 'document-not-for-age'],
  ['12-15', '2026-11-22', 'confirmed', 'child-passport', '2035-01-10', 'document-not-for-age'],
  ['12-15', '2026-11-22', 'expired', 'passport', '2026-11-22', 'may-be-issued'],
  ['12-15', '2026-11-22', 'expired', 'passport', '2026-11-23', 'is-expired'],
  ['12-15', '2026-11-22', 'expired', 'passport', '2035-01-10', 'is-expired'],
  // Under 12: at most 15 on the fourth anniversary; at least 16 from the sixteenth.
  ['under-12', '2026-11-22', 'refused', 'passport', '2030-11-22', 'may-be-issued'],
  ['under-12', '2026-11-22', 'refused', 'passport', '2030-11-23', 'is-refused'],
  ['under-12', '2026-11-22', 'confirmed', 'id-card', '2030-11-22', 'document-not-for-age'],
  ['under-12', '2026-11-22', 'confirmed', 'id-card', '2030-11-23', 'may-be-issued'],
  ['under-12', '2026-11-22', 'confirmed', 'child-passport', '2042-11-21', 'may-be-issued'],
  ['under-12', '2026-11-22', 'confirmed', 'child-passport', '2042-11-22', 'document-not-for-age'],
  // Who was born on 1 March 2084 was 11 on that 29 February, and is 16 on 1 March 2100.
  ['under-12', '2096-02-29', 'confirmed', 'id-card', '2100-02-28', 'document-not-for-age'],
  ['under-12', '2096-02-29', 'confirmed', 'id-card', '2100-03-01', 'may-be-issued'],
  ['75-and-over', '2026-11-22', 'confirmed', 'id-card', '2060-01-01', 'may-be-issued'],
  ['75-and-over', '2026-11-22', 'refused', 'passport', '2060-01-01', 'is-refused'],
  ['unknown', '2026-11-22', 'confirmed', 'id-card', '2035-01-10', 'may-be-issued'],
]

for (const [ageBand, knownOn, status, document, on, reason] of AGEING) {
  const who = `somebody ${status} who was ${ageBand} on ${knownOn}`
  promises(`on ${on}, ${document} for ${who}: ${reason}`, () => {
    const person = { ...adult, ageBand, knownOn, status }
    equal(eligibility(SEED_2017, person, document, on), answer(reason))
  })
}

promises(
  'is not withheld for an age that the person has, nor given past the duty of that age',
  () => {
    const three = fc.tuple(dates, dates, dates).map((days) => days.toSorted())
    check(three, ([born, knownOn, later]) => {
      const on = later! < SEED_2017.from ? `2017${later!.slice(4, 8)}01` : later!
      const person: Holder = { ...adult, ageBand: ageBandOf(born, knownOn!), knownOn }
      const isAdult = ageOf(born, on)! >= 16
      const fitting = isAdult ? 'id-card' : 'child-passport'
      equal(eligibility(SEED_2017, person, fitting, on), answer('may-be-issued'))
      const refused: Holder = { ...person, status: 'refused' }
      if (isAdult) equal(eligibility(SEED_2017, refused, 'passport', on), answer('is-refused'))
    })
  },
)

promises('is asked of a life by the age band of the day of the enrolment, in Kazakhstan', () => {
  const enrolledAt = Date.parse('2026-11-21T19:00:00Z')
  const taken = {
    policy: 'seed-2017',
    verdict: 'permitted',
    citizenship: 'citizen',
    sex: 'female',
    ageBand: '12-15',
  } as const
  const life = { ...UNKNOWN, status: 'expired', enrolledAt, taken } as const
  const expected = { ...adult, status: 'expired', ageBand: '12-15', knownOn: '2026-11-22' }
  equal(holderOf(life), expected)
  equal(holderOf(UNKNOWN), nobody())
})

promises('since 2024 needs no enrolment of a citizen, and one of a resident foreigner', () => {
  equal(eligibility(KZ_2024, nobody(), 'passport', TODAY), answer('may-be-issued'))
  equal(eligibility(KZ_2024, nobody(), 'residence-permit', TODAY), answer('not-enrolled'))
})

const UNTIL: readonly [status: LifeStatus, until: string, reason: ReasonCode][] = [
  ['postponed', '2026-11-21', 'postponement-over'],
  ['postponed', '2026-11-22', 'may-be-issued'],
  ['postponed', '2026-11-23', 'may-be-issued'],
  ['exempt', '2026-11-21', 'exemption-over'],
  ['exempt', '2026-11-22', 'may-be-issued'],
  ['confirmed', '2026-11-21', 'may-be-issued'],
  ['refused', '2026-11-21', 'is-refused'],
]

for (const [status, until, reason] of UNTIL) {
  promises(`on ${TODAY} for a citizen ${status} until ${until}: ${reason}`, () => {
    equal(eligibility(SEED_2017, { ...adult, status, until }, 'passport', TODAY), answer(reason))
  })
}

promises('is not withheld by a postponement that is over when nothing is owed', () => {
  const person: Holder = { ...adult, status: 'postponed', until: '2026-11-21' }
  equal(eligibility(KZ_2024, person, 'passport', TODAY), answer('may-be-issued'))
})

promises('is not withheld at an age that owes nothing any more', () => {
  const [under12, youths, adults, visitors] = SEED_2017.groups
  const { duty, consent, refusal } = adults!
  const turned = [under12!, { ...youths!, duty, consent, refusal }, { ...adults!, ...CHOICE }]
  const policy = { ...SEED_2017, groups: [...turned, visitors!] }
  const refused: Holder = { ...adult, status: 'refused' }
  const answerFor = (ageBand: Holder['ageBand']) =>
    eligibility(policy, { ...refused, ageBand }, 'passport', TODAY).eligible
  equal((['12-15', '16-17', 'unknown', 'under-12'] as const).map(answerFor), [
    false,
    true,
    false,
    true,
  ])
})

promises('says everything that stands in its way', () => {
  const person: Holder = { ...adult, citizenship: 'stateless', ageBand: '12-15' }
  equal(eligibility(SEED_2017, { ...person, status: 'suspended' }, 'id-card', TODAY).reasons, [
    'document-not-for-citizenship',
    'document-not-for-age',
    'is-suspended',
  ])
})

promises('has no rule before the policy, nor when the policy does not name it', () => {
  equal(eligibility(SEED_2017, adult, 'passport', '2016-12-31').reasons, ['no-policy'])
  const silent = { ...SEED_2017, documents: [] }
  equal(eligibility(silent, adult, 'passport', TODAY).reasons, ['no-policy'])
})

promises('has an answer with a known reason for everybody', () => {
  const holders = fc.record({
    status: fc.constantFrom(...LIFE_STATUSES),
    citizenship: fc.constantFrom(undefined, ...CITIZENSHIPS),
    ageBand: fc.constantFrom(undefined, ...AGE_BANDS),
    knownOn: fc.option(dates, { nil: undefined }),
    until: fc.option(dates, { nil: undefined }),
  })
  const asked = fc.tuple(policies, holders, fc.constantFrom(...DOCUMENTS), dates)
  check(asked, ([policy, holder, document, on]) => {
    const { eligible, reasons } = eligibility(policy, holder, document, on)
    ok(reasons.length > 0 && reasons.every((reason) => REASONS.includes(reason)))
    is(reasons.includes('may-be-issued'), eligible)
  })
})

promises.run()

function answer(reason: ReasonCode): ReturnType<typeof eligibility> {
  return { eligible: reason === 'may-be-issued', reasons: [reason] }
}

function nobody(): Holder {
  return {
    ...adult,
    status: 'unknown',
    citizenship: undefined,
    ageBand: undefined,
    knownOn: undefined,
  }
}
