import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  decodeApplication,
  encodeApplication,
  type Application,
} from '../../../protocol/rules/application.ts'
import { addDays } from '../../../protocol/rules/civil-date.ts'
import { decideEnrolment, refusalOf } from '../../../protocol/rules/decide.ts'
import { policyFor } from '../../../protocol/rules/policies.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { decodePolicy, encodePolicy, type Policy } from '../../../protocol/rules/policy.ts'
import { REASONS, type ReasonCode } from '../../../protocol/rules/reasons/reason.ts'
import { check } from '../support/codec-promises.ts'
import { applications, captured, dates, missing, PLAIN } from './support/applications.ts'
import { policies } from './support/policies.ts'

const promises = suite('a decision about an enrolment')

/** What the seed says of a citizen who consents, on days around the 12th and 16th birthday. */
const BIRTHDAYS: readonly [born: string, on: string, verdict: string, reason: ReasonCode][] = [
  ['2006-03-10', '2018-03-09', 'refused', 'under-age'],
  ['2006-03-10', '2018-03-10', 'permitted', 'consent-given'],
  ['2006-03-10', '2018-03-11', 'permitted', 'consent-given'],
  ['2006-03-10', '2022-03-09', 'permitted', 'consent-given'],
  ['2006-03-10', '2022-03-10', 'mandatory', 'citizen-duty'],
  ['2006-03-10', '2022-03-11', 'mandatory', 'citizen-duty'],
  // Born on 29 February, birthdays in leap years.
  ['2008-02-29', '2020-02-28', 'refused', 'under-age'],
  ['2008-02-29', '2020-02-29', 'permitted', 'consent-given'],
  ['2008-02-29', '2020-03-01', 'permitted', 'consent-given'],
  ['2004-02-29', '2020-02-28', 'permitted', 'consent-given'],
  ['2004-02-29', '2020-02-29', 'mandatory', 'citizen-duty'],
  ['2004-02-29', '2020-03-01', 'mandatory', 'citizen-duty'],
  // Both birthdays of these are in 2100, which has no 29 February.
  ['2088-02-29', '2100-02-28', 'refused', 'under-age'],
  ['2088-02-29', '2100-03-01', 'permitted', 'consent-given'],
  ['2084-02-29', '2100-02-28', 'permitted', 'consent-given'],
  ['2084-02-29', '2100-03-01', 'mandatory', 'citizen-duty'],
  // Known in part: the youngest that it can be.
  ['2004', '2020-12-30', 'permitted', 'consent-given'],
  ['2004', '2020-12-31', 'mandatory', 'citizen-duty'],
  ['2004-02', '2020-02-28', 'permitted', 'consent-given'],
  ['2004-02', '2020-02-29', 'mandatory', 'citizen-duty'],
  ['2008', '2020-12-30', 'refused', 'under-age'],
  ['2008', '2020-12-31', 'permitted', 'consent-given'],
]

for (const [born, on, verdict, reason] of BIRTHDAYS) {
  promises(`of a person born ${born} is ${verdict} on ${on}`, () => {
    equal(decideEnrolment(SEED_2017, { ...PLAIN, born }, on), {
      policy: 'seed-2017',
      verdict,
      reasons: [reason],
    })
  })
}

promises('waits for an age when nothing is known of the birth', () => {
  const person = { ...PLAIN, born: undefined }
  for (const policy of [SEED_2017, KZ_2024]) {
    equal(decideEnrolment(policy, person, '2026-01-01').reasons, ['birth-date-unknown'])
  }
  const presumed = { ...SEED_2017, unknownBirthAge: 16 }
  is(decideEnrolment(presumed, person, '2026-01-01').verdict, 'mandatory')
  const child = { ...SEED_2017, unknownBirthAge: 15 }
  is(decideEnrolment(child, person, '2026-01-01').verdict, 'permitted')
})

promises('is another when the same person has become a citizen', () => {
  const resident: Application = { ...PLAIN, citizenship: 'foreign-resident', consent: 'none' }
  equal(decideEnrolment(KZ_2024, resident, '2025-01-01'), {
    policy: 'kz-2024',
    verdict: 'mandatory',
    reasons: ['resident-duty'],
  })
  const citizen: Application = { ...resident, citizenship: 'citizen' }
  equal(decideEnrolment(KZ_2024, citizen, '2025-01-01').reasons, ['consent-missing'])
  equal(decideEnrolment(KZ_2024, { ...citizen, consent: 'own' }, '2025-01-01'), {
    policy: 'kz-2024',
    verdict: 'permitted',
    reasons: ['consent-given'],
  })
})

/** An adult citizen without consent: the seed has them enrolled, the later law does not. */
const OPEN: readonly [
  openCases: Policy['openCases'],
  requested: string,
  decided: string,
  verdict: string,
][] = [
  ['rule-of-decision', '2024-06-30', '2024-06-30', 'mandatory'],
  ['rule-of-decision', '2024-06-30', '2024-07-01', 'refused'],
  ['rule-of-decision', '2024-07-01', '2024-07-01', 'refused'],
  ['rule-of-request', '2024-06-30', '2024-06-30', 'mandatory'],
  ['rule-of-request', '2024-06-30', '2024-07-01', 'mandatory'],
  ['rule-of-request', '2024-07-01', '2024-07-01', 'refused'],
]

for (const [openCases, requestedOn, decided, verdict] of OPEN) {
  promises(`by the ${openCases}, asked ${requestedOn}, made ${decided}, is ${verdict}`, () => {
    const policy = policyFor([SEED_2017, { ...KZ_2024, openCases }], requestedOn, decided)
    const application: Application = { ...PLAIN, consent: 'none', requestedOn }
    is(decideEnrolment(policy!, application, decided).verdict, verdict)
  })
}

promises('is never made by a rule that is not in force yet', () => {
  equal(decideEnrolment(KZ_2024, PLAIN, '2024-06-30').reasons, ['no-policy'])
  is(decideEnrolment(KZ_2024, PLAIN, '2024-07-01').verdict, 'permitted')
})

promises('about a consent goes by the forms that the law names, where it names any', () => {
  const law = { ...KZ_2024, consentForms: ['form 7', 'form 7-kk'] }
  for (const [consentForm, reason] of [
    ['form 7', 'consent-given'],
    ['form 7-kk', 'consent-given'],
    ['form 8', 'consent-form-missing'],
    ['', 'consent-form-missing'],
  ] as const) {
    const { reasons } = decideEnrolment(law, { ...PLAIN, consentForm }, '2026-11-22')
    equal(reasons, [reason], consentForm)
  }
})

const CONSENT: readonly [given: Partial<Application>, reasons: ReasonCode[]][] = [
  [{ consent: 'none' }, ['consent-missing', 'guardian-consent-missing']],
  [{ consent: 'own' }, ['guardian-consent-missing']],
  [{ consent: 'guardian' }, ['consent-missing']],
  [{ consent: 'own-and-guardian' }, ['consent-given', 'guardian-consent-given']],
  [{ consent: 'own-and-guardian', consentForm: '' }, ['consent-form-missing']],
  [{ consent: 'guardian', consentForm: '' }, ['consent-missing']],
  // Nobody looks at fingers before there is consent.
  [{ consent: 'own', fingers: [] }, ['guardian-consent-missing']],
]

for (const [given, reasons] of CONSENT) {
  promises(`about a child of 14 with ${JSON.stringify(given)} says ${reasons.join(', ')}`, () => {
    const child = { ...PLAIN, born: '2012-01-01', ...given }
    equal(decideEnrolment(KZ_2024, child, '2026-11-22').reasons, reasons)
  })
}

promises('tells of fingers only after all else speaks for it', () => {
  const fingers = KZ_2024.wanted.map((position) => missing(position, 'amputated'))
  equal(decideEnrolment(SEED_2017, { ...PLAIN, fingers }, '2020-06-01'), {
    policy: 'seed-2017',
    verdict: 'refused',
    reasons: ['exempt-no-fingers'],
  })
  const child = { ...PLAIN, fingers, born: '2015' }
  equal(decideEnrolment(SEED_2017, child, '2020-06-01').reasons, ['under-age'])
})

promises('makes a refusal cost only what the rule for that person says', () => {
  is(fine(SEED_2017, {}, '2020-06-01'), 50)
  is(fine(SEED_2017, { born: '2004-06-02' }, '2020-06-01'), 0)
  is(fine(SEED_2017, { born: '2004-06-01' }, '2020-06-01'), 50)
  is(fine(SEED_2017, { born: undefined }, '2020-06-01'), 0)
  is(fine(SEED_2017, {}, '2016-12-31'), 0)
  is(fine(KZ_2024, {}, '2025-06-01'), 0)
  is(fine(KZ_2024, { citizenship: 'stateless' }, '2025-06-01'), 20)
})

const cases = fc.tuple(policies, applications, dates)

promises('always has a known reason, whatever the policy and the application', () => {
  check(cases, ([policy, application, on]) => {
    const { reasons } = decideEnrolment(policy, application, on)
    ok(reasons.length > 0)
    is(new Set(reasons).size, reasons.length)
    for (const reason of reasons) ok(REASONS.includes(reason))
  })
})

promises('is the same from what was sent as from what was meant', () => {
  check(cases, ([policy, application, on]) => {
    const sentPolicy = decodePolicy(encodePolicy(policy))
    const sent = decodeApplication(encodeApplication(application))
    equal(decideEnrolment(sentPolicy, sent, on), decideEnrolment(policy, application, on))
  })
})

promises('never takes prints by consent that was not given', () => {
  check(fc.tuple(policies, applications), ([policy, application]) => {
    const asked = { ...application, ...flawless(policy), consent: 'none' as const }
    const { verdict, reasons } = decideEnrolment(policy, asked, policy.from)
    ok(verdict !== 'permitted')
    ok(verdict === 'refused' || !reasons.includes('consent-given'))
  })
})

promises('is never refused to somebody who meets all that is asked', () => {
  check(fc.tuple(policies, applications), ([policy, application]) => {
    const willing = { ...application, ...flawless(policy), consent: 'own-and-guardian' as const }
    const { verdict, reasons } = decideEnrolment(policy, willing, policy.from)
    const others: readonly ReasonCode[] = ['under-age', 'not-covered', 'birth-date-unknown']
    ok(verdict !== 'refused' || others.includes(reasons[0]!), reasons.join())
  })
})

promises('never takes prints of a child under 12', () => {
  check(fc.tuple(applications, fc.integer({ min: 0, max: 4_382 })), ([application, days]) => {
    for (const policy of [SEED_2017, KZ_2024]) {
      const child = { ...application, ...flawless(policy), born: addDays('2026-11-22', -days) }
      const { verdict } = decideEnrolment(policy, child, '2026-11-22')
      is(verdict, 'refused')
    }
  })
})

promises.run()

function fine(policy: Policy, changed: Partial<Application>, on: string): number {
  return refusalOf(policy, { ...PLAIN, ...changed }, on).fineTenthsOfMrp
}

/** What leaves nothing to be desired but consent: ten good fingers and a signed form. */
function flawless({
  wanted,
  consentForms: [form = 'form 7'],
}: Policy): Pick<Application, 'fingers' | 'consentForm'> {
  return { fingers: wanted.map((position) => captured(position, 100)), consentForm: form }
}
