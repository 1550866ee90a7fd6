/**
 * Whether a person's fingerprints are taken: a pure function of the rules in force, of what the
 * officer states, and of the day.
 *
 * The stages go in the order in which they happen at a counter, and the first that refuses ends the
 * decision: whose consent is missing is not told about the quality of fingers.
 */
import { ageOf, type Application, type Citizenship, type Consent } from './application.ts'
import type { CivilDate } from './civil-date.ts'
import type { Group, Policy, Refusal } from './policy.ts'
import { examineFingers } from './quality.ts'
import type { ReasonCode } from './reasons/reason.ts'

export interface Decision {
  /** Of which policy. */
  readonly policy: string
  readonly verdict: 'permitted' | 'mandatory' | 'refused'
  /** Never empty; for the person and for the ledger. */
  readonly reasons: readonly ReasonCode[]
}

const NO_CONSEQUENCE: Refusal = { fineTenthsOfMrp: 0, blocksDocument: false }

/**
 * Decides about one application on one day, which is the day that the age is counted on. Total: any
 * application that decodes gets a decision under any policy that decodes.
 */
export function decideEnrolment(policy: Policy, application: Application, on: CivilDate): Decision {
  if (on < policy.from) return refused(policy, ['no-policy'])
  const age = countedAge(policy, application, on)
  if (age === undefined) return refused(policy, ['birth-date-unknown'])

  const group = groupOf(policy, application.citizenship, age)
  if (group === undefined) return refused(policy, ['no-policy'])
  if (group.duty === 'never') {
    // Children are told to come back; whom no age brings in is told that nothing is asked of them.
    const isChild = group.ageFrom === 0 && group.ageBelow !== undefined
    return refused(policy, [isChild ? 'under-age' : 'not-covered'])
  }

  const unconsented = missingConsent(policy, group.consent, application)
  if (unconsented.length > 0) return refused(policy, unconsented)

  const fingers = examineFingers(policy, application.fingers)
  if (fingers.against.length > 0) return refused(policy, fingers.against)
  const verdict = group.duty === 'mandatory' ? 'mandatory' : 'permitted'
  return { policy: policy.id, verdict, reasons: [...grounds(group, application), ...fingers.notes] }
}

/** What follows, by the rules and on that day, when the applicant refuses. */
export function refusalOf(policy: Policy, application: Application, on: CivilDate): Refusal {
  const age = countedAge(policy, application, on)
  if (age === undefined || on < policy.from) return NO_CONSEQUENCE
  return groupOf(policy, application.citizenship, age)?.refusal ?? NO_CONSEQUENCE
}

/** The rule for people of that citizenship and age; a policy that decodes has exactly one. */
function groupOf(policy: Policy, citizenship: Citizenship, age: number): Group | undefined {
  return policy.groups.find(({ citizenships, ageFrom, ageBelow }) => {
    return citizenships.includes(citizenship) && age >= ageFrom && age < (ageBelow ?? Infinity)
  })
}

function countedAge(policy: Policy, { born }: Application, on: CivilDate): number | undefined {
  return ageOf(born, on) ?? policy.unknownBirthAge
}

function missingConsent(
  { consentForms }: Policy,
  demanded: Consent,
  { consent, consentForm }: Application,
): readonly ReasonCode[] {
  if (demanded === 'none') return []
  const missing: ReasonCode[] = []
  if (asksOwn(demanded) && !asksOwn(consent)) missing.push('consent-missing')
  if (asksGuardian(demanded) && !asksGuardian(consent)) missing.push('guardian-consent-missing')
  const isForm = consentForms.length === 0 || consentForms.includes(consentForm)
  if (missing.length === 0 && (consentForm === '' || !isForm)) missing.push('consent-form-missing')
  return missing
}

function grounds({ duty, consent }: Group, { citizenship }: Application): ReasonCode[] {
  const given: ReasonCode[] = []
  if (duty === 'mandatory') given.push(dutyOf(citizenship))
  if (asksOwn(consent)) given.push('consent-given')
  if (asksGuardian(consent)) given.push('guardian-consent-given')
  return given
}

function dutyOf(citizenship: Citizenship): ReasonCode {
  if (citizenship === 'citizen') return 'citizen-duty'
  return citizenship === 'foreign-visitor' ? 'visitor-duty' : 'resident-duty'
}

function asksOwn(consent: Consent): boolean {
  return consent === 'own' || consent === 'own-and-guardian'
}

function asksGuardian(consent: Consent): boolean {
  return consent === 'guardian' || consent === 'own-and-guardian'
}

function refused(policy: Policy, reasons: readonly ReasonCode[]): Decision {
  return { policy: policy.id, verdict: 'refused', reasons }
}
