import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { ROLES, type Role } from '../../../protocol/credential.ts'
import { isWithinHours, personsPerDayOf, ratesOf } from '../../../protocol/rules/conduct.ts'
import type { Doing } from '../../../protocol/rules/permissions.ts'

const promises = suite('the rules of conduct')

promises('give a large border post what ten average ones need, and one counter its shift', () => {
  const { officer, post } = ratesOf('border-officer', 'verify')
  ok(post.perDay >= 10 * 1_880)
  is(officer.perHour, 180)
})

promises('allow far fewer searches than verifications', () => {
  const search = ratesOf('border-officer', 'identify').officer
  const verification = ratesOf('border-officer', 'verify').officer
  ok(search.perDay * 10 < verification.perDay && search.perHour * 10 < verification.perHour)
})

const DOINGS: readonly Doing[] = ['enrol', 'identify', 'verify', 'status', 'erasure', 'breach']

for (const role of ROLES) {
  promises(`allow ${role} no less in a day than in an hour, and a post no less than one`, () => {
    for (const doing of DOINGS) {
      const { officer, post } = ratesOf(role, doing)
      ok(officer.perHour > 0 && officer.perHour <= officer.perDay, doing)
      ok(post.perHour >= officer.perHour && post.perDay >= officer.perDay, doing)
    }
  })
}

promises('call it scraping well before the rates are used up', () => {
  ok(personsPerDayOf('border-officer') < ratesOf('border-officer', 'verify').officer.perDay)
  ok(personsPerDayOf('enrolment-officer') < ratesOf('enrolment-officer', 'status').officer.perDay)
})

const HOURS: readonly [role: Role, when: string, isWithin: boolean][] = [
  ['enrolment-officer', '2026-11-16T07:59:59.999+05:00', false],
  ['enrolment-officer', '2026-11-16T08:00:00+05:00', true],
  ['enrolment-officer', '2026-11-16T19:59:59.999+05:00', true],
  ['enrolment-officer', '2026-11-16T20:00:00+05:00', false],
  ['enrolment-officer', '2026-11-21T12:00:00+05:00', true],
  ['enrolment-officer', '2026-11-22T12:00:00+05:00', false],
  ['auditor', '2026-11-20T12:00:00+05:00', true],
  ['auditor', '2026-11-21T12:00:00+05:00', false],
  ['border-officer', '2026-11-22T03:00:00+05:00', true],
  ['forensic-examiner', '2026-11-22T03:00:00+05:00', true],
  // Sunday at Greenwich still, and Monday in Kazakhstan; and the other way round.
  ['auditor', '2026-11-15T23:00:00Z', false],
  ['auditor', '2026-11-16T03:00:00Z', true],
  ['auditor', '2026-11-16T15:00:00Z', false],
]

for (const [role, when, isWithin] of HOURS) {
  promises(`${isWithin ? 'have' : 'do not have'} ${role} at work at ${when}`, () => {
    is(isWithinHours(role, Date.parse(when)), isWithin)
  })
}

promises.run()
