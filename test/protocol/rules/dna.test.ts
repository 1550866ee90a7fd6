import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { decideDna } from '../../../protocol/rules/dna.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import type { DnaConsent, DnaGround, Policy } from '../../../protocol/rules/policy.ts'
import type { ReasonCode } from '../../../protocol/rules/reasons/reason.ts'

const promises = suite('a decision about DNA')

const DECISIONS: readonly [
  policy: Policy,
  ground: DnaGround,
  consent: DnaConsent,
  verdict: string,
  reason: ReasonCode,
][] = [
  [SEED_2017, 'serious-convict', 'none', 'mandatory', 'dna-convict-duty'],
  [SEED_2017, 'serious-convict', 'written', 'mandatory', 'dna-convict-duty'],
  [SEED_2017, 'relative-of-missing', 'none', 'mandatory', 'dna-relative-duty'],
  [SEED_2017, 'unidentified', 'none', 'refused', 'dna-not-covered'],
  [SEED_2017, 'unidentified', 'written', 'refused', 'dna-not-covered'],
  [KZ_2024, 'serious-convict', 'none', 'mandatory', 'dna-convict-duty'],
  [KZ_2024, 'relative-of-missing', 'none', 'refused', 'dna-consent-missing'],
  [KZ_2024, 'relative-of-missing', 'written', 'permitted', 'dna-consent-given'],
  [KZ_2024, 'unidentified', 'none', 'mandatory', 'dna-unidentified-duty'],
]

for (const [policy, ground, consent, verdict, reason] of DECISIONS) {
  promises(`under ${policy.id} of ${ground} with consent ${consent} is ${verdict}`, () => {
    equal(decideDna(policy, { ground, consent }, '2025-01-01'), {
      policy: policy.id,
      verdict,
      reasons: [reason],
    })
  })
}

promises('is none on the day before the rule is in force', () => {
  const request = { ground: 'serious-convict', consent: 'none' } as const
  equal(decideDna(SEED_2017, request, '2016-12-31').reasons, ['no-policy'])
  equal(decideDna(SEED_2017, request, '2017-01-01').reasons, ['dna-convict-duty'])
})

promises('under a rule that says never is refused', () => {
  const never = { ground: 'unidentified', duty: 'never', consent: 'none' } as const
  const policy: Policy = { ...KZ_2024, dna: [{ ...never, retentionYears: undefined }] }
  const request = { ground: 'unidentified', consent: 'written' } as const
  equal(decideDna(policy, request, '2025-01-01').reasons, ['dna-not-covered'])
})

promises.run()
