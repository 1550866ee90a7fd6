/**
 * The policies that two persons have signed into force, from all logs. Which of them is in force on
 * a day follows from their own dates.
 */
import { compareBytes } from '../../crypto/bytes.ts'
import type { Authorised } from '../../protocol/authority.ts'
import { decodePolicy, type Policy } from '../../protocol/rules/policy.ts'
import { civilDateAt } from '../../protocol/rules/civil-date.ts'
import { policyOn } from '../../protocol/rules/policies.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import type { Credentials } from '../audit/credentials.ts'
import type { Folded } from '../audit/folded.ts'

interface Adopted {
  readonly policy: Policy
  readonly at: number
  readonly leaf: Uint8Array
  readonly by: readonly Authorised[]
}

export class Laws {
  readonly #credentials: Credentials
  /** The first to be adopted comes first. */
  readonly #adopted: Adopted[] = []

  constructor({ credentials }: { credentials: Credentials }) {
    this.#credentials = credentials
  }

  /** Whether the entry brought a policy. */
  take({ entry, deed, leaf, by }: Folded): boolean {
    if (deed?.type !== 'policy') return false
    this.#adopted.push({ policy: decodePolicy(deed.policy), at: entry.at, leaf, by })
    this.#adopted.sort((a, b) => a.at - b.at || compareBytes(a.leaf, b.leaf))
    return true
  }

  /**
   * By the date from which they are in force. Of two under one id the first to be adopted counts: a
   * policy is never changed. One that a revoked credential has signed is none.
   */
  get policies(): readonly Policy[] {
    const byId = new Map<string, Policy>()
    for (const { policy, by } of this.#adopted) {
      if (!byId.has(policy.id) && this.#credentials.areSound(by)) byId.set(policy.id, policy)
    }
    return [...byId.values()].sort((a, b) => {
      return a.from === b.from ? compare(a.id, b.id) : compare(a.from, b.from)
    })
  }

  /** What is in force at that time, ms, if anything is. */
  current(time: number): Policy | undefined {
    return policyOn(this.policies, civilDateAt(time))
  }

  /** @throws RuleRefusal `unprocessable`: nothing is in force at that time */
  at(time: number): Policy {
    const policy = this.current(time)
    if (policy) return policy
    throw new RuleRefusal('unprocessable', ['no-policy'], 'no law is in force')
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1
}
