/**
 * The policies that are known, and which of them applies on a day or to a case.
 *
 * Every function takes the policies as an argument: a register goes by those on its ledger, and
 * `POLICIES` is what may be signed into it.
 */
import type { CivilDate } from './civil-date.ts'
import { KZ_2024 } from './policies/kz-2024.ts'
import { SEED_2017 } from './policies/seed-2017.ts'
import type { Policy } from './policy.ts'

/** By the day on which they come into force. */
export const POLICIES: readonly Policy[] = [SEED_2017, KZ_2024]

/** The policy in force on that day: of two from the same day, the later in the list. */
export function policyOn(policies: readonly Policy[], date: CivilDate): Policy | undefined {
  return inOrder(policies).findLast(({ from }) => from <= date)
}

/**
 * The policy that decides about a case. Every policy that came into force while the case was open
 * says whether it takes the case over; a request from before all policies falls under the first. A
 * request dated ahead counts from the decision: no policy applies before it is in force.
 */
export function policyFor(
  policies: readonly Policy[],
  requestedOn: CivilDate,
  decidedOn: CivilDate,
): Policy | undefined {
  const openedOn = requestedOn < decidedOn ? requestedOn : decidedOn
  const since = inOrder(policies).filter(({ from }) => from > openedOn && from <= decidedOn)
  return since.reduce(
    (applied, newer) => (applied && newer.openCases === 'rule-of-request' ? applied : newer),
    policyOn(policies, openedOn),
  )
}

function inOrder(policies: readonly Policy[]): readonly Policy[] {
  return policies.toSorted((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)))
}
