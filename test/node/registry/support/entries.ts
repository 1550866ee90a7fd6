/** What nodes and officers of a small register would write into their logs, right or wrong. */
import { utf8 } from '../../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import { hashLeaf, sha256 } from '../../../../crypto/hash.ts'
import { appointOfficials } from '../../../../node/demo/officials.ts'
import { signGrant, signRevocation, type Grant } from '../../../../protocol/credential.ts'
import { deedDigest, encodeDeed, type Deed } from '../../../../protocol/deed.ts'
import type { PlacedLeaf } from '../../../../protocol/covered-log.ts'
import type { Act } from '../../../../protocol/entry/act.ts'
import type { Claim } from '../../../../protocol/entry/claim.ts'
import type { CrossCheck, CrossQuery } from '../../../../protocol/entry/cross-check.ts'
import type { Enrolment } from '../../../../protocol/entry/enrolment.ts'
import { encodeEntry, type Entry } from '../../../../protocol/entry/entry.ts'
import type { Outcome } from '../../../../protocol/entry/outcome.ts'
import type { Query } from '../../../../protocol/entry/query.ts'
import type { LogSize } from '../../../../protocol/identifiers.ts'
import type { PartCandidate } from '../../../../protocol/part.ts'
import type { Purpose } from '../../../../protocol/purpose.ts'
import { signReceipt, type Receipt } from '../../../../protocol/receipt.ts'
import type { Roster } from '../../../../protocol/roster.ts'
import { replicasOf, shardOf } from '../../../../protocol/shards.ts'
import { signStatement, type OfficerKey, type Statement } from '../../../../protocol/statement.ts'
import type { Taken } from '../../../../protocol/taken.ts'

export const NETWORK = 'test.registry.kz'
export const SELF = 'reader'
export const WRITERS = ['almaty', 'astana', 'shymkent'] as const

/** Until when the officers' credentials are good, ms: what is appointed at 0 is for ten years. */
export const CREDENTIALS_END = 315_360_000_000

export const officials = appointOfficials({ network: NETWORK, region: 'almaty', from: 0 }, seedOf)

const named = officials.officers

export const officers = {
  registrar: named['enrolment-officer'],
  /** May ask, and not enrol. */
  guard: named['border-officer'],
  adjudicator: named.adjudicator,
  protector: named['data-protection-officer'],
  administrator: named['node-administrator'],
  /** Their credential is signed by an organisation that is not in the roster. */
  stranger: strangerKey(),
}

export const roster: Roster = {
  network: NETWORK,
  epoch: 1,
  shards: 4,
  replicas: 2,
  mirrors: 2,
  nodes: [...WRITERS, SELF].map((name) => {
    const { publicKey } = keyOf(name)
    const { publicKey: mirrorKey } = keyOf(`mirror ${name}`)
    return { name, publicKey, boxKey: sha256(publicKey), mirrorKey, address: `/memory/${name}` }
  }),
  organisations: officials.organisations,
}

const TAKEN: Taken = {
  policy: 'test-law',
  verdict: 'permitted',
  citizenship: 'citizen',
  sex: 'female',
  ageBand: '30-44',
}

/** An entry with its bytes, and what it is called by in other entries. */
export interface Made<E extends Entry = Entry> {
  readonly bytes: Uint8Array
  readonly entry: E
  readonly leaf: Uint8Array
}

export interface SigningOptions {
  readonly officer?: OfficerKey
  readonly statement?: Partial<Statement>
  readonly at?: number
}

export interface EnrolmentOptions extends SigningOptions {
  /** Tells enrolments of one handle apart. */
  readonly salt?: string
  readonly shard?: (own: number) => number
  /** In whose log it is to count. */
  readonly home?: (typeof WRITERS)[number]
  /** What becomes of the receipts. */
  readonly receipts?: (given: Receipt[]) => Receipt[]
  /** Whether a bit of the signature is wrong. */
  readonly flip?: boolean
  readonly after?: Uint8Array
  readonly taken?: Partial<Taken>
  /** What the receipts are for, if it is not what the entry says. */
  readonly received?: Partial<Taken>
  /** How far the search for duplicates had read all logs. */
  readonly frontier?: Enrolment['frontier']
  /** What the search for duplicates said. */
  readonly outcome?: Partial<Outcome>
}

/** The search for duplicates, its outcome and the enrolment, in the order of the log. */
export interface MadeEnrolment {
  readonly query: Made<Query>
  readonly outcome: Made<Outcome>
  readonly entry: Made<Enrolment>
  readonly all: readonly [Made<Query>, Made<Outcome>, Made<Enrolment>]
}

export function handleOf(person: string): Uint8Array {
  return sha256(utf8(person)).subarray(0, 16)
}

export function keyOf(name: string) {
  return signerFromSeed(seedOf(name))
}

export function enrolment(person: string, options: EnrolmentOptions = {}): MadeEnrolment {
  const { salt = '', at = 1, flip = false, home = 'almaty' } = options
  const handle = handleOf(person)
  const commitment = sha256(utf8(`${person} ${salt}`))
  const payloadDigest = sha256(utf8(`payload ${person} ${salt}`))
  const statement = { action: 'enrol' as const, handle, at, payloadDigest, ...options.statement }
  const { officer: signer = officers.registrar } = options
  const asked = query(`${person} ${salt} ${home}`, { officer: signer, at, statement })
  const outcome = outcomeOf(asked, { verdict: 'no-hit', ...options.outcome })
  const { statement: said, officer, credential, signature } = asked.entry
  const own = shardOf(handle, roster)
  const shard = options.shard?.(own) ?? own
  const taken = { ...TAKEN, ...options.taken }
  const received = { ...taken, ...options.received }
  const deposited = { home, handle, commitment, statement: said, taken: received }
  const given = replicasOf(shard, roster).map((replica) => {
    return { replica, signature: signReceipt(deposited, keyOf(replica)) }
  })
  const entry = made<Enrolment>({
    type: 'enrolment',
    at,
    handle,
    shard,
    commitment,
    taken,
    after: options.after,
    statement: said,
    officer,
    credential,
    signature: flip ? flipped(signature) : signature,
    duplicateCheck: asked.entry.queryId,
    frontier: options.frontier ?? [],
    receipts: options.receipts?.(given) ?? given,
  })
  return { query: asked, outcome, entry, all: [asked, outcome, entry] }
}

/** Who is it? Asked by the guard if nobody else is named. */
export function query(label: string, options: SigningOptions = {}): Made<Query> {
  const { officer = officers.guard, at = 1, statement } = options
  const asked = { ...plain(statement?.action ?? 'identify'), at, ...statement }
  return made<Query>({
    type: 'query',
    at,
    queryId: handleOf(label),
    ...signStatement(asked, officer),
    threshold: 1,
    limit: 10,
    frontier: [],
  })
}

export function outcomeOf(asked: Made<Query>, said: Partial<Outcome> = {}): Made<Outcome> {
  const { queryId, at } = asked.entry
  const found = { verdict: 'no-hit' as const, candidates: [] }
  return made<Outcome>({ type: 'outcome', at, queryId, query: asked.leaf, ...found, ...said })
}

/** Somebody whom a search named, enrolled at that place. */
export function candidate(person: string, log = 'almaty', index = 3): PartCandidate {
  const handle = handleOf(person)
  return { handle, shard: shardOf(handle, roster), score: 50, fingers: [], log, index }
}

/** The question of a cross-check of an enrolment, and what came of it. */
export function crossCheck(
  enrolled: PlacedLeaf,
  frontier: readonly LogSize[],
  candidates: readonly PartCandidate[] = [],
): readonly [Made<CrossQuery>, Made<CrossCheck>] {
  const about = { at: 1, queryId: handleOf('cross-check'), enrolment: enrolled, frontier }
  const asked = made<CrossQuery>({ type: 'cross-query', ...about, threshold: 1, limit: 10 })
  return [asked, made({ type: 'cross-check', ...about, query: asked.leaf, candidates })]
}

/** A handle was given to a number whose home was silent, or its home has answered since. */
export function claim(person: string, others?: readonly string[], at = 1): Made<Claim> {
  return made({ type: 'claim', at, handle: handleOf(person), others: others?.map(handleOf) })
}

export interface ActOptions extends Partial<Omit<Act, 'type' | 'deed'>> {
  readonly purpose?: Purpose
  /** Whom the statements name. */
  readonly handle?: Uint8Array
}

export function act(deed: Deed, by: readonly OfficerKey[], options: ActOptions = {}): Made<Act> {
  const { purpose = 'document-issue', handle, at = 1, ...rest } = options
  const encoded = encodeDeed(deed)
  const digests = { payloadDigest: undefined, deedDigest: deedDigest(encoded) }
  const statement = { ...plain('record'), at, purpose, handle, ...digests }
  return made<Act>({
    type: 'act',
    at,
    deed: encoded,
    signatures: by.map((key) => signStatement(statement, key)),
    subject: handle,
    after: undefined,
    policy: 'test-law',
    ...rest,
  })
}

/** The credential that an organisation gives, and who holds it. */
export function grant(
  name: string,
  said: Partial<Grant> = {},
): Made & { readonly key: OfficerKey } {
  const organisation = said.organisation ?? 'migration-service'
  const signer = keyOf(name)
  const credential = signGrant(
    {
      network: NETWORK,
      organisation,
      name,
      role: 'enrolment-officer',
      region: 'almaty',
      publicKey: signer.publicKey,
      handle: undefined,
      from: 0,
      until: CREDENTIALS_END,
      replaces: undefined,
      ...said,
    },
    keyOf(organisation),
  )
  return { ...made({ type: 'grant', at: 1, credential }), key: { signer, credential } }
}

export function revocation(
  { signer }: OfficerKey,
  { from = 0, at = 0, signedBy = 'migration-service' } = {},
): Made {
  const { publicKey } = signer
  const organisation = 'migration-service'
  const ended = { network: NETWORK, organisation, publicKey, from, cause: 'misused' as const }
  return made({ type: 'revocation', at, revocation: signRevocation(ended, keyOf(signedBy)) })
}

export function genesisOf(node: string): Uint8Array {
  const rosterDigest = sha256(utf8('roster'))
  return encodeEntry({ type: 'genesis', at: 0, network: NETWORK, node, rosterDigest })
}

export function plain(action: Statement['action']): Statement {
  const isEnrolment = action === 'enrol' || action === 'update'
  const isDeed = action === 'record'
  return {
    network: NETWORK,
    action,
    post: 'post-1',
    purpose: isEnrolment || isDeed ? 'document-issue' : 'border-control',
    caseNumber: '1',
    legalBasis: 'art. 11',
    at: 1,
    handle: action === 'identify' || isDeed ? undefined : handleOf('nobody'),
    payloadDigest: isDeed ? undefined : sha256(utf8('payload')),
    deedDigest: isDeed || isEnrolment ? sha256(utf8('deed')) : undefined,
  }
}

export function made<E extends Entry>(entry: E): Made<E> {
  const bytes = encodeEntry(entry)
  return { bytes, entry, leaf: hashLeaf(bytes) }
}

export function flipped(signature: Uint8Array): Uint8Array {
  return signature.with(5, signature[5]! ^ 1)
}

function strangerKey(): OfficerKey {
  const signer = keyOf('stranger')
  const grantOfNobody: Grant = {
    network: NETWORK,
    organisation: 'nobody',
    name: 'stranger',
    role: 'enrolment-officer',
    region: 'almaty',
    publicKey: signer.publicKey,
    handle: undefined,
    from: 0,
    until: CREDENTIALS_END,
    replaces: undefined,
  }
  return { signer, credential: signGrant(grantOfNobody, signer) }
}

function seedOf(name: string): Uint8Array {
  return sha256(utf8(`registry/${name}`))
}
