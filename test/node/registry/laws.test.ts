import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { compareBytes } from '../../../crypto/bytes.ts'
import { Credentials } from '../../../node/audit/credentials.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import { Laws } from '../../../node/registry/laws.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { encodePolicy, type Policy } from '../../../protocol/rules/policy.ts'
import { RuleRefusal } from '../../../protocol/rules/rule-refusal.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { shuffled } from '../../support/shuffled.ts'
import { act, enrolment, officers, revocation, roster, type Made } from './support/entries.ts'

const promises = suite('the law of a register')

promises('is nothing until two have signed one', () => {
  const laws = new Laws({ credentials: new Credentials({ roster }) })
  equal([laws.policies, laws.current(day('2026-01-01'))], [[], undefined])
  throws(
    () => laws.at(day('2026-01-01')),
    (error: unknown) => {
      return error instanceof RuleRefusal && error.reasons[0] === 'no-policy'
    },
  )
})

promises('is that which is in force on the day', () => {
  const laws = taken(adopted(KZ_2024), adopted(SEED_2017))
  equal(ids(laws), ['seed-2017', 'kz-2024'])
  is(laws.current(day('2016-12-31')), undefined)
  is(laws.at(day('2017-01-01')).id, 'seed-2017')
  is(laws.at(day('2024-06-30')).id, 'seed-2017')
  is(laws.at(day('2024-07-01')).id, 'kz-2024')
})

promises('is never changed: of two under one name the first to be signed counts', () => {
  const strict = adopted({ ...SEED_2017, caseDays: 3 }, 5)
  const later = adopted({ ...SEED_2017, caseDays: 4 }, 6)
  for (const order of [
    [strict, later],
    [later, strict],
  ]) {
    is(taken(...order).at(day('2020-01-01')).caseDays, 3)
  }
})

promises('is the same for all, also of two that were signed in one moment', () => {
  const both = [3, 4].map((caseDays) => adopted({ ...SEED_2017, caseDays }))
  const [first] = both.toSorted((a, b) => compareBytes(a.leaf, b.leaf))
  const random = new SeededRandom('laws')
  for (let i = 0; i < 6; i += 1) {
    const laws = taken(...shuffled([...both, adopted(KZ_2024)], random))
    equal(ids(laws), ['seed-2017', 'kz-2024'])
    is(laws.at(day('2020-01-01')).caseDays, both.indexOf(first!) + 3)
  }
})

promises('is none that a revoked credential has signed, whenever that is known', () => {
  const law = adopted(SEED_2017, 5)
  for (const [from, known] of [
    [5, []],
    [6, ['seed-2017']],
  ] as const) {
    const credentials = new Credentials({ roster })
    const laws = new Laws({ credentials })
    laws.take(new Joiner({ roster }).join('almaty', 1, law.bytes))
    const ended = revocation(officers.administrator, { from })
    credentials.take(new Joiner({ roster }).join('almaty', 2, ended.bytes))
    equal(ids(laws), known)
  }
})

promises('is not touched by whatever is no policy', () => {
  const laws = new Laws({ credentials: new Credentials({ roster }) })
  const joiner = new Joiner({ roster })
  for (const [i, { bytes }] of enrolment('one').all.entries()) {
    is(laws.take(joiner.join('almaty', i + 1, bytes)), false)
  }
  const { bytes } = adopted(SEED_2017)
  is(laws.take(joiner.join('almaty', 9, bytes)), true)
})

promises.run()

function taken(...entries: readonly Made[]): Laws {
  const laws = new Laws({ credentials: new Credentials({ roster }) })
  for (const { bytes } of entries) laws.take(new Joiner({ roster }).join('almaty', 1, bytes))
  return laws
}

function adopted(policy: Policy, at = 1): Made {
  const deed = { type: 'policy', policy: encodePolicy(policy) } as const
  const by = [officers.protector, officers.administrator]
  return act(deed, by, { purpose: 'administration', at })
}

function ids({ policies }: Laws): string[] {
  return policies.map(({ id }) => id)
}

function day(date: string): number {
  return Date.parse(`${date}T12:00:00+05:00`)
}
