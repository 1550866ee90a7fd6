/**
 * What becomes of an enrolment when the rules change: a duty that became a choice leaves behind
 * records that were taken without asking, and each of them gets a defined standing.
 */
import type { Citizenship } from './application.ts'
import type { Policy, Standing, TakenAs } from './policy.ts'

interface Taken {
  /** The policy that it was taken under. */
  readonly policy: string
  readonly verdict: TakenAs
  readonly citizenship: Citizenship
}

/** The newest policy decides, whatever lay between; one that says nothing has it asked again. */
export function standingOf(taken: Taken, current: Policy): Standing {
  if (taken.policy === current.id) return 'keep'
  const rule = current.earlier.find(({ citizenships, taken: verdict }) => {
    return verdict === taken.verdict && citizenships.includes(taken.citizenship)
  })
  return rule?.status ?? 'ask-again'
}
