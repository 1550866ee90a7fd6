import fc from 'fast-check'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { POLICIES, policyFor, policyOn } from '../../../protocol/rules/policies.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import type { Policy } from '../../../protocol/rules/policy.ts'
import { check } from '../support/codec-promises.ts'
import { dates } from './support/applications.ts'
import { policies as anyPolicy } from './support/policies.ts'

const promises = suite('the policies')

const DAYS: readonly [date: string, id: string | undefined][] = [
  ['2016-12-31', undefined],
  ['2017-01-01', 'seed-2017'],
  ['2024-06-30', 'seed-2017'],
  ['2024-07-01', 'kz-2024'],
  ['2100-01-01', 'kz-2024'],
]

for (const [date, id] of DAYS) {
  promises(`on ${date}: ${id ?? 'none'}`, () => is(policyOn(POLICIES, date)?.id, id))
}

promises('stand in the order of their dates under different names', () => {
  equal(
    POLICIES.map(({ id }) => id),
    ['seed-2017', 'kz-2024'],
  )
  for (const { id, from } of POLICIES) is(policyOn(POLICIES, from)?.id, id)
})

promises('of one day: the later in the list, in whatever order the others stand', () => {
  const first = named('first', '2024-07-01', 'rule-of-decision')
  is(policyOn([first, KZ_2024, SEED_2017], '2024-07-01')?.id, 'kz-2024')
  is(policyOn([KZ_2024, SEED_2017, first], '2024-07-01')?.id, 'first')
})

const A = named('a', '2020-01-01', 'rule-of-request')
const B = named('b', '2021-01-01', 'rule-of-request')
const TAKES = named('takes', '2022-01-01', 'rule-of-decision')
const C = named('c', '2023-01-01', 'rule-of-request')

const CASES: readonly [
  all: Policy[],
  requested: string,
  decided: string,
  id: string | undefined,
][] = [
  [[A, B], '2020-06-01', '2020-12-31', 'a'],
  [[A, B], '2020-12-31', '2021-01-01', 'a'],
  [[A, B], '2021-01-01', '2021-01-01', 'b'],
  [[A, TAKES], '2021-12-31', '2022-01-01', 'takes'],
  [[A, TAKES], '2021-12-31', '2021-12-31', 'a'],
  [[A, B, TAKES, C], '2020-06-01', '2021-06-01', 'a'],
  [[A, B, TAKES, C], '2020-06-01', '2022-06-01', 'takes'],
  [[A, B, TAKES, C], '2020-06-01', '2024-01-01', 'takes'],
  [[A, B, TAKES, C], '2022-06-01', '2024-01-01', 'takes'],
  [[A, B, TAKES, C], '2023-06-01', '2024-01-01', 'c'],
  [[C, A, TAKES, B], '2020-06-01', '2024-01-01', 'takes'],
  // Asked before any rule: the first one.
  [[A, B], '2019-06-01', '2021-06-01', 'a'],
  [[A, B], '2019-06-01', '2019-12-31', undefined],
  // Dated ahead: no rule applies before its time.
  [[A, B], '2021-06-01', '2020-06-01', 'a'],
  [[], '2021-06-01', '2021-06-01', undefined],
]

for (const [all, requested, decided, id] of CASES) {
  const among = all.map(({ id: name }) => name).join(' ')
  promises(`[${among}] for a case of ${requested} decided ${decided}: ${id ?? 'none'}`, () => {
    is(policyFor(all, requested, decided)?.id, id)
  })
}

promises(
  'that decide are in force on the day, and not older than what was when it was asked',
  () => {
    const all = fc.array(anyPolicy, { maxLength: 5 })
    check(fc.tuple(all, dates, dates), ([policies, requested, decided]) => {
      const found = policyFor(policies, requested, decided)
      is(found === undefined, policyOn(policies, decided) === undefined)
      if (found === undefined) return
      ok(found.from <= decided)
      const opened = policyOn(policies, requested < decided ? requested : decided)
      ok(opened === undefined || opened.from <= found.from)
    })
  },
)

promises.run()

function named(id: string, from: string, openCases: Policy['openCases']): Policy {
  return { ...KZ_2024, id, from, openCases }
}
