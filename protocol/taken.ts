/**
 * What a log says of an enrolment besides its prints: the law it was decided by, and the person in
 * the coarsest words that the rules and the statistics can do with.
 */
import { oneOf, record, text, type Shape } from './codec.ts'
import { TEXT_BYTES_MAX } from './limits.ts'
import {
  AGE_BANDS,
  ageBandOf,
  CITIZENSHIPS,
  SEXES,
  type AgeBand,
  type Application,
  type Citizenship,
  type Sex,
} from './rules/application.ts'
import { civilDateAt } from './rules/civil-date.ts'
import { decideEnrolment } from './rules/decide.ts'
import type { Policy } from './rules/policy.ts'
import { policyFor } from './rules/policies.ts'
import { RuleRefusal } from './rules/rule-refusal.ts'

export interface Taken {
  /** Id of the policy. */
  readonly policy: string
  /** Whether the person had to, or might. */
  readonly verdict: 'permitted' | 'mandatory'
  readonly citizenship: Citizenship
  readonly sex: Sex
  readonly ageBand: AgeBand
}

export const takenShape: Shape<Taken> = record<Taken>({
  policy: text(TEXT_BYTES_MAX),
  verdict: oneOf('permitted', 'mandatory'),
  citizenship: oneOf(...CITIZENSHIPS),
  sex: oneOf(...SEXES),
  ageBand: oneOf(...AGE_BANDS),
})

/**
 * Holds an application against the law of the day on which the officer signed. The node that enrols
 * and each replica that keeps the record do it for themselves, and come to the same.
 *
 * @throws RuleRefusal `unprocessable`
 */
export function decideTaken(
  application: Application,
  { at }: { at: number },
  policies: readonly Policy[],
): Taken {
  const today = civilDateAt(at)
  const policy = policyFor(policies, application.requestedOn, today)
  if (!policy) throw new RuleRefusal('unprocessable', ['no-policy'], 'no law is in force')
  const { verdict, reasons } = decideEnrolment(policy, application, today)
  if (verdict === 'refused') {
    const why = reasons.join(', ')
    throw new RuleRefusal('unprocessable', reasons, `refused under ${policy.id}: ${why}`)
  }
  const { citizenship, sex, born } = application
  return { policy: policy.id, verdict, citizenship, sex, ageBand: ageBandOf(born, today) }
}
