/** What is known of the law since July 2024, sentence by sentence. */
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Application } from '../../../../protocol/rules/application.ts'
import { decideEnrolment, refusalOf } from '../../../../protocol/rules/decide.ts'
import { eligibility, type Holder } from '../../../../protocol/rules/eligibility.ts'
import { KZ_2024 } from '../../../../protocol/rules/policies/kz-2024.ts'
import { PLAIN } from '../support/applications.ts'

const promises = suite('the law since 2024')
const TODAY = '2025-05-20'
const ADULT = '2009-05-20'
const CHILD = '2009-05-21'
const INFANT = '2013-05-21'
const FOREIGNERS = ['foreign-resident', 'foreign-visitor', 'stateless'] as const

promises('asks the consent of citizens', () => {
  equal(decided({ born: ADULT, consent: 'own' }), ['permitted', 'consent-given'])
  equal(decided({ born: ADULT, consent: 'none' }), ['refused', 'consent-missing'])
  equal(decided({ born: ADULT, consent: 'guardian' }), ['refused', 'consent-missing'])
})

promises('asks the consent of children of 12 to 15 and of a guardian', () => {
  for (const citizenship of ['citizen', ...FOREIGNERS] as const) {
    equal(decided({ born: CHILD, consent: 'own-and-guardian', citizenship }), [
      'permitted',
      'consent-given',
      'guardian-consent-given',
    ])
    equal(decided({ born: CHILD, consent: 'own', citizenship }), [
      'refused',
      'guardian-consent-missing',
    ])
  }
})

promises('takes no prints of children under 12', () => {
  equal(decided({ born: INFANT, consent: 'own-and-guardian' }), ['refused', 'under-age'])
})

promises('makes it a duty of foreigners, visitors among them', () => {
  const reasons = FOREIGNERS.map((citizenship) => {
    return decided({ born: ADULT, consent: 'none', citizenship })
  })
  equal(reasons, [
    ['mandatory', 'resident-duty'],
    ['mandatory', 'visitor-duty'],
    ['mandatory', 'resident-duty'],
  ])
})

promises('does not punish a citizen’s refusal, and gives the document', () => {
  const refusal = refusalOf(KZ_2024, { ...PLAIN, born: ADULT }, TODAY)
  equal(refusal, { fineTenthsOfMrp: 0, blocksDocument: false })
  const person: Holder = {
    status: 'refused',
    citizenship: 'citizen',
    ageBand: '16-17',
    knownOn: TODAY,
    until: undefined,
  }
  is(eligibility(KZ_2024, person, 'passport', TODAY).eligible, true)
})

promises('fines a foreigner’s refusal with 2 MRP and gives no permit', () => {
  for (const citizenship of FOREIGNERS) {
    const refusal = refusalOf(KZ_2024, { ...PLAIN, citizenship }, TODAY)
    equal(refusal, { fineTenthsOfMrp: 20, blocksDocument: true })
  }
})

promises('keeps DNA for 25 years', () => {
  equal(
    KZ_2024.dna.map(({ ground, duty, retentionYears }) => [ground, duty, retentionYears]),
    [
      ['serious-convict', 'mandatory', 25],
      ['relative-of-missing', 'voluntary', 25],
      ['unidentified', 'mandatory', 25],
    ],
  )
})

promises.run()

function decided(changed: Partial<Application>): string[] {
  const { verdict, reasons } = decideEnrolment(KZ_2024, { ...PLAIN, ...changed }, TODAY)
  return [verdict, ...reasons]
}
