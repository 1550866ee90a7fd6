/**
 * What an organisation lets an officer do: a grant that it signs, and the revocation that ends it.
 *
 * Organisations and their keys stand in the roster; everything below hangs on them. A statement
 * travels with the officer's credential, so that whoever has the roster can tell offline that the
 * officer held the role when they signed. That a credential was revoked stands in the logs: the
 * node that is asked, each shard and each replica check that before they do anything.
 */
import { concatBytes, toHex, utf8 } from '../crypto/bytes.ts'
import { verifySignature, type Signer } from '../crypto/ed25519.ts'
import { bytesUpTo, codec, oneOf, optional, record, text } from './codec.ts'
import { TamgaError } from './errors.ts'
import { handleShape, nodeShape, publicKeyShape, signatureShape, timeShape } from './identifiers.ts'
import { TEXT_BYTES_MAX } from './limits.ts'

export const ROLES = [
  'enrolment-officer',
  'border-officer',
  'adjudicator',
  'forensic-examiner',
  'auditor',
  'data-protection-officer',
  'node-administrator',
] as const
export type Role = (typeof ROLES)[number]

export interface Grant {
  readonly network: string
  /** Name of the organisation in the roster. */
  readonly organisation: string
  /** The officer's name in service, never the civil one. */
  readonly name: string
  readonly role: Role
  /** The region whose cases the officer decides: name of a node. */
  readonly region: string
  readonly publicKey: Uint8Array
  /** The officer's own record, so that their finger is not enrolled in place of a citizen's. */
  readonly handle: Uint8Array | undefined
  /** Good for statements signed from `from`, and before `until`, ms. */
  readonly from: number
  readonly until: number
  /** The officer's key until now: this grant ends it. */
  readonly replaces: Uint8Array | undefined
}

export const REVOCATION_CAUSES = ['left', 'compromised', 'misused', 'rotated'] as const

export interface Revocation {
  readonly network: string
  readonly organisation: string
  readonly publicKey: Uint8Array
  /** Statements signed from then on say nothing, ms: may lie in the past. */
  readonly from: number
  readonly cause: (typeof REVOCATION_CAUSES)[number]
}

/** Bytes as an organisation signed them, and its signature. */
interface SignedByOrganisation {
  readonly said: Uint8Array
  readonly signature: Uint8Array
}

/** What the roster says of an organisation. */
export interface Organisation {
  readonly name: string
  readonly publicKey: Uint8Array
  /** The roles that it may grant. */
  readonly may: readonly Role[]
}

/** A grant's fixed fields, a text and three names, bytes. */
const GRANT_BYTES_MAX = TEXT_BYTES_MAX + 512
export const CREDENTIAL_BYTES_MAX = GRANT_BYTES_MAX + 128

const grants = codec(
  'grant',
  GRANT_BYTES_MAX,
  record<Grant>({
    network: text(TEXT_BYTES_MAX),
    organisation: nodeShape,
    name: nodeShape,
    role: oneOf(...ROLES),
    region: nodeShape,
    publicKey: publicKeyShape,
    handle: optional(handleShape),
    from: timeShape,
    until: timeShape,
    replaces: optional(publicKeyShape),
  }),
)

const revocations = codec(
  'revocation',
  GRANT_BYTES_MAX,
  record<Revocation>({
    network: text(TEXT_BYTES_MAX),
    organisation: nodeShape,
    publicKey: publicKeyShape,
    from: timeShape,
    cause: oneOf(...REVOCATION_CAUSES),
  }),
)

const signed = codec(
  'credential',
  CREDENTIAL_BYTES_MAX,
  record<SignedByOrganisation>({ said: bytesUpTo(GRANT_BYTES_MAX), signature: signatureShape }),
)

export function signGrant(grant: Grant, organisation: Signer): Uint8Array {
  const said = grants.encode(grant)
  return signed.encode({ said, signature: organisation.sign(grantBytes(said)) })
}

export function signRevocation(revocation: Revocation, organisation: Signer): Uint8Array {
  const said = revocations.encode(revocation)
  return signed.encode({ said, signature: organisation.sign(revocationBytes(said)) })
}

/**
 * The grant, if an organisation of the roster signed it that may give this role.
 *
 * @throws TamgaError `malformed`, `bad-signature`, `forbidden`
 */
export function openGrant(credential: Uint8Array, roster: Organisations): Grant {
  const { said, signature } = signed.decode(credential)
  const grant = grants.decode(said)
  const organisation = organisationOf(grant, roster)
  if (!verifySignature(organisation.publicKey, grantBytes(said), signature)) {
    throw new TamgaError('bad-signature', `the credential is not signed by ${organisation.name}`)
  }
  if (!organisation.may.includes(grant.role)) {
    throw new TamgaError('forbidden', `${organisation.name} has no ${grant.role}`)
  }
  return grant
}

/** @throws TamgaError `malformed`, `bad-signature`, `forbidden` */
export function openRevocation(revocation: Uint8Array, roster: Organisations): Revocation {
  const { said, signature } = signed.decode(revocation)
  const opened = revocations.decode(said)
  const { name, publicKey } = organisationOf(opened, roster)
  if (verifySignature(publicKey, revocationBytes(said), signature)) return opened
  throw new TamgaError('bad-signature', `the revocation is not signed by ${name}`)
}

interface Organisations {
  readonly network: string
  readonly organisations: readonly Organisation[]
}

function organisationOf(
  { network, organisation }: { network: string; organisation: string },
  roster: Organisations,
): Organisation {
  if (network !== roster.network) throw new TamgaError('forbidden', `a credential for ${network}`)
  const found = roster.organisations.find(({ name }) => name === organisation)
  if (found) return found
  throw new TamgaError('forbidden', `${organisation} is not in the roster`)
}

/**
 * Under which name an officer is known who signs: nobody but the organisation that gave a key a
 * credential can take it away.
 */
export function signatoryOf({
  organisation,
  publicKey,
}: Pick<Grant, 'organisation' | 'publicKey'>): string {
  return `${organisation}/${toHex(publicKey)}`
}

/** Who an officer is in service, whichever key they have now. */
export function personOf({ organisation, name }: Pick<Grant, 'organisation' | 'name'>): string {
  return `${organisation}/${name}`
}

function grantBytes(said: Uint8Array): Uint8Array {
  return concatBytes(utf8('tamga/grant/v1\n'), said)
}

function revocationBytes(said: Uint8Array): Uint8Array {
  return concatBytes(utf8('tamga/revocation/v1\n'), said)
}
