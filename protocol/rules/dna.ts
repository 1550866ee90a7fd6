/**
 * Whether a person's DNA is taken. Kept apart from fingerprints: another ground, another consent,
 * another retention, and no age that makes it a duty.
 */
import type { CivilDate } from './civil-date.ts'
import type { Decision } from './decide.ts'
import type { DnaConsent, DnaGround, Policy } from './policy.ts'
import type { ReasonCode } from './reasons/reason.ts'

/** Under which of the law's grounds, and what the person has signed. */
export interface DnaRequest {
  readonly ground: DnaGround
  readonly consent: DnaConsent
}

const DUTY: Readonly<Record<DnaGround, ReasonCode>> = {
  'serious-convict': 'dna-convict-duty',
  'relative-of-missing': 'dna-relative-duty',
  unidentified: 'dna-unidentified-duty',
}

/** A ground that the policy does not name is no ground. */
export function decideDna(
  policy: Policy,
  { ground, consent }: DnaRequest,
  on: CivilDate,
): Decision {
  const decided = (verdict: Decision['verdict'], reason: ReasonCode): Decision => {
    return { policy: policy.id, verdict, reasons: [reason] }
  }
  if (on < policy.from) return decided('refused', 'no-policy')
  const duty = policy.dna.find((rule) => rule.ground === ground)?.duty ?? 'never'
  if (duty === 'never') return decided('refused', 'dna-not-covered')
  if (duty === 'mandatory') return decided('mandatory', DUTY[ground])
  if (consent === 'none') return decided('refused', 'dna-consent-missing')
  return decided('permitted', 'dna-consent-given')
}
