/** Each sentence of the announcement of 2016, as EurasiaNet had it. */
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { Application } from '../../../../protocol/rules/application.ts'
import { decideEnrolment, refusalOf } from '../../../../protocol/rules/decide.ts'
import { decideDna } from '../../../../protocol/rules/dna.ts'
import { eligibility, type Holder } from '../../../../protocol/rules/eligibility.ts'
import { SEED_2017 } from '../../../../protocol/rules/policies/seed-2017.ts'
import { PLAIN } from '../support/applications.ts'

const promises = suite('the announced programme')
const TODAY = '2019-05-20'
const ADULT = '2003-05-20'
const CHILD = '2003-05-21'
const INFANT = '2007-05-21'

promises('begins with the year 2017', () => {
  is(decideEnrolment(SEED_2017, PLAIN, '2016-12-31').verdict, 'refused')
  is(decideEnrolment(SEED_2017, PLAIN, '2017-01-01').verdict, 'mandatory')
})

promises('makes it a duty of citizens from 16', () => {
  equal(decided({ born: ADULT, consent: 'none' }), ['mandatory', 'citizen-duty'])
})

promises('makes it a duty of foreign residents alike, and of the stateless', () => {
  for (const citizenship of ['foreign-resident', 'stateless'] as const) {
    equal(decided({ born: ADULT, consent: 'none', citizenship }), ['mandatory', 'resident-duty'])
  }
})

promises('takes the prints of a child of 12 to 15 only if the child consents', () => {
  equal(decided({ born: CHILD, consent: 'own' }), ['permitted', 'consent-given'])
  equal(decided({ born: CHILD, consent: 'none' }), ['refused', 'consent-missing'])
  equal(decided({ born: CHILD, consent: 'guardian' }), ['refused', 'consent-missing'])
})

promises('never takes the prints of a child under 12, whoever consents', () => {
  equal(decided({ born: INFANT, consent: 'own-and-guardian' }), ['refused', 'under-age'])
})

promises('does not speak of foreign visitors, so nothing is taken of them', () => {
  equal(decided({ citizenship: 'foreign-visitor' }), ['refused', 'not-covered'])
})

promises('punishes a refusal with a fine, and gives no document', () => {
  const refusal = refusalOf(SEED_2017, { ...PLAIN, born: ADULT }, TODAY)
  equal(refusal, { fineTenthsOfMrp: 50, blocksDocument: true })
  const person: Holder = {
    status: 'refused',
    citizenship: 'citizen',
    ageBand: '16-17',
    knownOn: TODAY,
    until: undefined,
  }
  for (const document of ['passport', 'id-card'] as const) {
    const answer = eligibility(SEED_2017, person, document, TODAY)
    equal(answer, { eligible: false, reasons: ['is-refused'] })
  }
  const resident: Holder = { ...person, citizenship: 'foreign-resident' }
  is(eligibility(SEED_2017, resident, 'residence-permit', TODAY).eligible, false)
})

promises('does not punish a child who does not consent', () => {
  const refusal = refusalOf(SEED_2017, { ...PLAIN, born: CHILD }, TODAY)
  equal(refusal, { fineTenthsOfMrp: 0, blocksDocument: false })
})

promises('makes DNA a duty of those convicted of serious crimes', () => {
  const request = { ground: 'serious-convict', consent: 'none' } as const
  is(decideDna(SEED_2017, request, TODAY).verdict, 'mandatory')
})

promises('makes DNA a duty of immediate relatives of the missing', () => {
  const request = { ground: 'relative-of-missing', consent: 'none' } as const
  is(decideDna(SEED_2017, request, TODAY).verdict, 'mandatory')
})

promises('needs the two fingers that a document’s chip holds', () => {
  equal(SEED_2017.wanted.slice(0, SEED_2017.wantedLeast), [2, 7])
})

promises.run()

function decided(changed: Partial<Application>): string[] {
  const { verdict, reasons } = decideEnrolment(SEED_2017, { ...PLAIN, ...changed }, TODAY)
  return [verdict, ...reasons]
}
