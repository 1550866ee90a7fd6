/**
 * A register on paper: the organisations of the programme, an officer of each role with a
 * credential, and what they sign.
 */
import { signerFromSeed, type Signer } from '../../../crypto/ed25519.ts'
import { ROLES, signGrant, type Grant, type Role } from '../../../protocol/credential.ts'
import { deedDigest, encodeDeed, type Deed } from '../../../protocol/deed.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { ORGANISATIONS } from '../../../protocol/rules/organisations.ts'
import { RuleRefusal } from '../../../protocol/rules/rule-refusal.ts'
import { signStatement, type OfficerKey, type Statement } from '../../../protocol/statement.ts'

export const NOW = 1_800_000_000_000
export const HANDLE = new Uint8Array(16).fill(7)

/** How long before and after `NOW` the credentials are good, ms. */
export const TERM_MS = 1_000_000

/** Of the one node that there is. */
export const nodeSigner = signerOf(9)

export const roster: Roster = {
  network: 'registry.kz',
  epoch: 1,
  shards: 16,
  replicas: 1,
  mirrors: 0,
  nodes: [
    {
      name: 'astana',
      publicKey: nodeSigner.publicKey,
      boxKey: nodeSigner.publicKey,
      mirrorKey: signerOf(10).publicKey,
      address: '/ip4/10.0.0.1',
    },
  ],
  organisations: Object.entries(ORGANISATIONS).map(([name, may]) => {
    return { name, publicKey: organisationSigner(name).publicKey, may }
  }),
}

/** The same number gives the same key. */
export function signerOf(number: number): Signer {
  return signerFromSeed(new Uint8Array(32).fill(number))
}

export function organisationSigner(name: string): Signer {
  return signerOf(100 + Object.keys(ORGANISATIONS).indexOf(name))
}

/** What the officer of that role was granted by the organisation that has them. */
export function grantOf(role: Role, changed: Partial<Grant> = {}): Grant {
  const organisation = Object.keys(ORGANISATIONS).find((name) => {
    return ORGANISATIONS[name]!.includes(role)
  })!
  return {
    network: roster.network,
    organisation,
    name: `officer-${ROLES.indexOf(role)}`,
    role,
    region: 'astana',
    publicKey: signerOf(200 + ROLES.indexOf(role)).publicKey,
    handle: undefined,
    from: NOW - TERM_MS,
    until: NOW + TERM_MS,
    replaces: undefined,
    ...changed,
  }
}

/** Somebody who signs with `signer`, under a credential that says so unless it is changed. */
export function officerOf(
  role: Role,
  changed: Partial<Grant> = {},
  signer = signerOf(200 + ROLES.indexOf(role)),
): OfficerKey {
  const grant = grantOf(role, { publicKey: signer.publicKey, ...changed })
  return { signer, credential: signGrant(grant, organisationSigner(grant.organisation)) }
}

/** A question or an enrolment as it should be, but for what is changed. */
export function statementOf(
  action: Exclude<Statement['action'], 'record'>,
  changed: Partial<Statement> = {},
): Statement {
  const isQuestion = action === 'identify' || action === 'verify'
  return {
    network: roster.network,
    action,
    post: 'post-1',
    purpose: isQuestion ? 'border-control' : 'document-issue',
    caseNumber: '2026-1',
    legalBasis: 'art. 11',
    at: NOW,
    handle: action === 'identify' ? undefined : HANDLE,
    payloadDigest: new Uint8Array(32),
    deedDigest: isQuestion ? undefined : new Uint8Array(32),
    ...changed,
  }
}

/** A deed as everybody signs it for that purpose, about `HANDLE` unless that is changed. */
export function signedDeed(
  deed: Deed,
  purpose: string,
  officers: readonly OfficerKey[],
  changed: Partial<Statement> = {},
) {
  const encoded = encodeDeed(deed)
  const statement: Statement = {
    ...statementOf('verify', { purpose }),
    action: 'record',
    payloadDigest: undefined,
    deedDigest: deedDigest(encoded),
    ...changed,
  }
  return { deed: encoded, signatures: officers.map((officer) => signStatement(statement, officer)) }
}

/** The code and the reasons of what `act` throws, as `code: reason`; undefined for nothing. */
export function refusalOf(act: () => unknown): string | undefined {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof RuleRefusal) return `${thrown.code}: ${thrown.reasons.join(', ')}`
    if (thrown instanceof TamgaError) return thrown.code
    throw thrown
  }
  return undefined
}
