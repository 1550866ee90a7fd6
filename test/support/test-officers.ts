/** The officials of a test's register, and where their keys come from. */
import { utf8 } from '../../crypto/bytes.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { systemClock } from '../../node/clock.ts'
import { appointOfficials } from '../../node/demo/officials.ts'
import { signGrant } from '../../protocol/credential.ts'
import type { OfficerKey } from '../../protocol/statement.ts'

export const NETWORK = 'test.registry.kz'

/** From yesterday on: some tests sign for times that are over. */
const appointed = systemClock.now() - 2 * 86_400_000

export const officials = appointOfficials(
  { network: NETWORK, region: 'region-1', from: appointed },
  seedOf,
)

export const officers = {
  /** May enrol. */
  registrar: officials.officers['enrolment-officer'],
  /** May identify and verify at the border. */
  guard: officials.officers['border-officer'],
  adjudicator: officials.officers.adjudicator,
  examiner: officials.officers['forensic-examiner'],
  auditor: officials.officers.auditor,
  protector: officials.officers['data-protection-officer'],
  administrator: officials.officers['node-administrator'],
  /** Of an organisation that is not in the roster. */
  stranger: stranger(),
}

function stranger(): OfficerKey {
  const signer = signerFromSeed(seedOf('stranger'))
  const grant = {
    network: NETWORK,
    organisation: 'nobody',
    name: 'stranger',
    role: 'enrolment-officer' as const,
    region: 'region-1',
    publicKey: signer.publicKey,
    handle: undefined,
    from: appointed,
    until: Number.MAX_SAFE_INTEGER,
    replaces: undefined,
  }
  return { signer, credential: signGrant(grant, signer) }
}

/** The secret of the node or officer of that name. */
export function seedOf(name: string): Uint8Array {
  return sha256(utf8(`tamga/test/${name}`))
}
