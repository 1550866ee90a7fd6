import { suite } from 'uvu'
import { is } from 'uvu/assert'
import { CITIZENSHIPS, type Citizenship } from '../../../protocol/rules/application.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import {
  STANDINGS,
  TAKEN_AS,
  type Policy,
  type Standing,
  type TakenAs,
} from '../../../protocol/rules/policy.ts'
import { standingOf } from '../../../protocol/rules/standing.ts'
import { check } from '../support/codec-promises.ts'
import { policies } from './support/policies.ts'

const promises = suite('the standing of an enrolment')

const CHANGED: readonly [citizenship: Citizenship, verdict: TakenAs, standing: Standing][] = [
  ['citizen', 'mandatory', 'ask-again'],
  ['foreign-resident', 'mandatory', 'keep'],
  ['foreign-visitor', 'mandatory', 'keep'],
  ['stateless', 'mandatory', 'keep'],
  ['citizen', 'permitted', 'erase-on-request'],
  ['foreign-resident', 'permitted', 'erase-on-request'],
  ['foreign-visitor', 'permitted', 'erase-on-request'],
  ['stateless', 'permitted', 'erase-on-request'],
]

for (const [citizenship, verdict, standing] of CHANGED) {
  promises(`of a ${citizenship}, ${verdict} under the seed, is ${standing} since 2024`, () => {
    is(standingOf({ policy: 'seed-2017', verdict, citizenship }, KZ_2024), standing)
  })
}

promises('is to keep while the same policy is in force', () => {
  for (const policy of [SEED_2017, KZ_2024]) {
    for (const [citizenship, verdict] of CHANGED) {
      is(standingOf({ policy: policy.id, verdict, citizenship }, policy), 'keep')
    }
  }
})

promises('is defined by every policy for everybody', () => {
  check(policies, (policy) => {
    for (const citizenship of CITIZENSHIPS) {
      for (const verdict of TAKEN_AS) {
        const found = standingOf({ policy: 'Another', verdict, citizenship }, policy)
        is(STANDINGS.includes(found), true)
      }
    }
  })
})

promises('is to ask again where a policy says nothing', () => {
  const silent: Policy = { ...KZ_2024, earlier: [] }
  const taken = { policy: 'seed-2017', verdict: 'permitted', citizenship: 'citizen' } as const
  is(standingOf(taken, silent), 'ask-again')
})

promises.run()
