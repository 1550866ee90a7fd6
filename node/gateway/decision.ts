/** What the law would decide about somebody of whom a few facts are stated. */
import {
  decodeApplication,
  encodeApplication,
  QUALITY_MAX,
  type Application,
  type FingerRecord,
} from '../../protocol/rules/application.ts'
import { isCivilDate, type CivilDate } from '../../protocol/rules/civil-date.ts'
import { decideEnrolment, refusalOf } from '../../protocol/rules/decide.ts'
import { decideDna, type DnaRequest } from '../../protocol/rules/dna.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { policyFor } from '../../protocol/rules/policies.ts'
import type { Policy } from '../../protocol/rules/policy.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import { renderReasons } from './render.ts'

type Stated = Pick<Application, 'citizenship' | 'sex' | 'consent' | 'consentForm'>

export interface Facts extends Stated {
  readonly born?: string
  readonly requestedOn?: CivilDate
  readonly on?: CivilDate
  readonly fingers?: readonly (Omit<FingerRecord, 'missing'> & Partial<FingerRecord>)[]
  readonly dna?: DnaRequest
}

/** It hides nothing here, where nothing is signed. */
const NONCE = new Uint8Array(32)

/**
 * The same decision as an enrolment would get, under the policies that the register knows.
 *
 * @throws RuleRefusal `unprocessable`: no law is in force on that day; TamgaError `unprocessable`
 *   for what an application may not say either
 */
export function decideAbout(facts: Facts, policies: readonly Policy[], today: CivilDate) {
  const { on = today, requestedOn = on, dna } = facts
  for (const day of [on, requestedOn]) {
    if (!isCivilDate(day))
      throw new TamgaError('unprocessable', 'a date that is not in the calendar')
  }
  const policy = policyFor(policies, requestedOn, on)
  if (!policy) throw new RuleRefusal('unprocessable', ['no-policy'], 'no law is in force')
  const application = applicationOf(facts, requestedOn, policy)
  const { verdict, reasons } = decideEnrolment(policy, application, on)
  const decidedDna = dna && decideDna(policy, dna, on)
  return {
    on,
    policy: policy.id,
    verdict,
    reasons: renderReasons(reasons),
    refusal: refusalOf(policy, application, on),
    ...(decidedDna
      ? { dna: { verdict: decidedDna.verdict, reasons: renderReasons(decidedDna.reasons) } }
      : {}),
  }
}

/** Through the codec and back, so that it is checked as an officer's is. */
function applicationOf(facts: Facts, requestedOn: CivilDate, policy: Policy): Application {
  const { born, citizenship, sex, consent, consentForm, fingers } = facts
  const stated = fingers?.map(({ position, attempts, missing, reason }) => {
    return { position, attempts, missing, reason }
  })
  return decodeApplication(
    encodeApplication({
      nonce: NONCE,
      born,
      citizenship,
      sex,
      consent,
      consentForm,
      requestedOn,
      fingers: stated ?? goodFingers(policy),
    }),
  )
}

function goodFingers({ wanted, wantedLeast }: Policy): readonly FingerRecord[] {
  return wanted.slice(0, wantedLeast).map((position) => {
    return { position, attempts: [QUALITY_MAX], missing: undefined, reason: '' }
  })
}
