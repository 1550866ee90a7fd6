/**
 * The officials of a register on one machine: every organisation of the programme with its key, one
 * officer for each role, and how such a register is founded.
 */
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { ROLES, signGrant, type Organisation, type Role } from '../../protocol/credential.ts'
import type { Deed } from '../../protocol/deed.ts'
import { ORGANISATIONS } from '../../protocol/rules/organisations.ts'
import { encodePolicy, type Policy } from '../../protocol/rules/policy.ts'
import { signDeed } from '../../protocol/signed-deed.ts'
import type { OfficerKey } from '../../protocol/statement.ts'
import type { Acts } from '../acts/acts.ts'
import type { Clock } from '../clock.ts'
import type { Registry } from '../registry/registry.ts'

/** How long the credentials of a demonstration are good, ms: ten years. */
const CREDENTIAL_MS = 315_360_000_000

export interface Officials {
  /** As the roster has them. */
  readonly organisations: readonly Organisation[]
  readonly signers: ReadonlyMap<string, Signer>
  readonly officers: Readonly<Record<Role, OfficerKey>>
}

interface Appointment {
  readonly network: string
  /** Whose cases they decide: name of a node. */
  readonly region: string
  /** From when on, ms. */
  readonly from: number
}

/** All keys come from the seeds that `seedOf` gives for the names of organisations and roles. */
export function appointOfficials(
  { network, region, from }: Appointment,
  seedOf: (name: string) => Uint8Array,
): Officials {
  const signers = new Map<string, Signer>()
  const officers: Partial<Record<Role, OfficerKey>> = {}
  for (const [organisation, roles] of Object.entries(ORGANISATIONS)) {
    const signer = signerFromSeed(seedOf(organisation))
    signers.set(organisation, signer)
    for (const role of roles) {
      const own = signerFromSeed(seedOf(role))
      const grant = {
        network,
        organisation,
        name: role,
        role,
        region,
        publicKey: own.publicKey,
        handle: undefined,
        from,
        until: from + CREDENTIAL_MS,
        replaces: undefined,
      }
      officers[role] = { signer: own, credential: signGrant(grant, signer) }
    }
  }
  const organisations = [...signers].map(([name, { publicKey }]) => {
    return { name, publicKey, may: ORGANISATIONS[name]! }
  })
  return { organisations, signers, officers: officers as Record<Role, OfficerKey> }
}

interface FoundingNode {
  readonly acts: Acts
  readonly registry: Registry
}

/** Makes the credentials known and brings the law into force, as far as that has not been done. */
export async function foundRegister(
  { acts, registry }: FoundingNode,
  { network, policies }: { network: string; policies: readonly Policy[] },
  { officers }: Officials,
  { clock }: { clock: Clock },
): Promise<void> {
  for (const role of ROLES) {
    const { credential } = officers[role]
    if (!registry.credentials.isKnown(credential)) await acts.grant(credential)
  }
  for (const policy of policies) {
    if (registry.laws.policies.some(({ id }) => id === policy.id)) continue
    const deed: Deed = { type: 'policy', policy: encodePolicy(policy) }
    const about = {
      network,
      at: clock.now(),
      purpose: 'administration' as const,
      caseNumber: `law ${policy.id}`,
      legalBasis: policy.title.en,
      post: 'head-office',
      handle: undefined,
    }
    const keys = [officers['data-protection-officer'], officers['node-administrator']]
    await acts.record(signDeed(deed, about, keys))
  }
}
