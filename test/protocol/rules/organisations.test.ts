import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { ROLES, type Role } from '../../../protocol/credential.ts'
import { PURPOSES } from '../../../protocol/purpose.ts'
import { formatRoster, parseRoster } from '../../../protocol/roster.ts'
import { ORGANISATIONS } from '../../../protocol/rules/organisations.ts'
import { checkPermitted, type Doing } from '../../../protocol/rules/permissions.ts'
import { codeOf } from '../support/codec-promises.ts'
import { grantOf, roster } from '../support/officials.ts'

const promises = suite('the organisations of the programme')

promises('grant every role, each of them by one organisation alone', () => {
  const granted = Object.values(ORGANISATIONS).flat()
  equal(granted.toSorted(), ROLES.toSorted())
})

promises('can stand in a roster', () => {
  equal(parseRoster(formatRoster(roster)), roster)
})

promises('let nobody oversee who enrols, examines or guards', () => {
  const overseers: readonly Role[] = ['auditor', 'data-protection-officer']
  for (const [name, roles] of Object.entries(ORGANISATIONS)) {
    const overseeing = roles.filter((role) => overseers.includes(role))
    ok(overseeing.length === 0 || overseeing.length === roles.length, name)
  }
})

const TWO_PERSONS: readonly Doing[] = ['erasure', 'watch', 'release', 'policy']

for (const doing of TWO_PERSONS) {
  promises(`can do ${doing} together, and none of them alone`, () => {
    const able = Object.values(ORGANISATIONS).map((roles) => {
      return roles.filter((role) => mayDo(role, doing)).length
    })
    is(Math.max(...able), 1)
    ok(able.reduce((sum, count) => sum + count) >= 2)
  })
}

promises.run()

function mayDo(role: Role, doing: Doing): boolean {
  return Object.keys(PURPOSES).some((purpose) => {
    return codeOf(() => checkPermitted(grantOf(role), doing, purpose)) === undefined
  })
}
