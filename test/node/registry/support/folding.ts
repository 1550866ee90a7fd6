/** Three logs with what officers did in them, really signed, and a node that has folded them. */
import { utf8 } from '../../../../crypto/bytes.ts'
import { signerFromSeed, type Signer } from '../../../../crypto/ed25519.ts'
import { hashLeaf, sha256 } from '../../../../crypto/hash.ts'
import { noteSigner } from '../../../../crypto/note.ts'
import { RecordShelf } from '../../../../node/access/record-shelf.ts'
import type { Ledger } from '../../../../node/log/ledger.ts'
import { Accesses } from '../../../../node/registry/accesses.ts'
import type { Folded } from '../../../../node/audit/folded.ts'
import { Joiner } from '../../../../node/audit/joiner.ts'
import { Reports } from '../../../../node/registry/reports.ts'
import type { Store } from '../../../../node/store/store.ts'
import { signGrant, type Grant, type Role } from '../../../../protocol/credential.ts'
import { deedDigest, encodeDeed, type Deed } from '../../../../protocol/deed.ts'
import { decodeEntryOf, encodeEntry } from '../../../../protocol/entry/entry.ts'
import type { Query } from '../../../../protocol/entry/query.ts'
import { signReceipt } from '../../../../protocol/receipt.ts'
import { logOrigin, logVerifier, type Roster } from '../../../../protocol/roster.ts'
import type { ReasonCode } from '../../../../protocol/rules/reasons/reason.ts'
import { replicasOf, shardOf } from '../../../../protocol/shards.ts'
import {
  signStatement,
  type OfficerKey,
  type SignedStatement,
  type Statement,
} from '../../../../protocol/statement.ts'
import type { Taken } from '../../../../protocol/taken.ts'
import { copyUpTo, noteOf, openSigningLedger, openSigningLog } from '../../log/support/logs.ts'
import { TestDisk } from '../../log/support/test-disk.ts'

const NETWORK = 'test.registry.kz'

/** A Monday, ten o'clock in Kazakhstan. */
export const MONDAY = Date.UTC(2026, 10, 16, 5)

export const LOGS = ['almaty', 'astana', 'shymkent'] as const
export type LogName = (typeof LOGS)[number]
const SELF: LogName = 'almaty'

const ORGANISATIONS: Record<string, readonly Role[]> = {
  'migration-service': ['enrolment-officer'],
  'border-service': ['border-officer'],
  laboratory: ['forensic-examiner', 'adjudicator'],
  'ministry-of-justice': ['auditor', 'data-protection-officer', 'node-administrator'],
}

export const roster: Roster = {
  network: NETWORK,
  epoch: 1,
  shards: 4,
  replicas: 2,
  mirrors: 2,
  nodes: LOGS.map((name) => {
    const { publicKey } = keyOf(name)
    const { publicKey: mirrorKey } = keyOf(`mirror ${name}`)
    return { name, publicKey, boxKey: sha256(publicKey), mirrorKey, address: `/memory/${name}` }
  }),
  organisations: Object.entries(ORGANISATIONS).map(([name, may]) => {
    return { name, may, publicKey: keyOf(name).publicKey }
  }),
}

export interface Officer extends OfficerKey {
  readonly grant: Grant
}

/** What a statement says otherwise than all do, and when its entry was logged. */
export interface Said extends Partial<Statement> {
  loggedAt?: number
}

/** An officer of that role, with a credential that never ends. */
export function officer(name: string, role: Role, handle?: Uint8Array): Officer {
  const signer = keyOf(`officer ${name}`)
  const [organisation] = Object.entries(ORGANISATIONS).find(([, may]) => may.includes(role))!
  const grant: Grant = {
    network: NETWORK,
    organisation,
    name,
    role,
    region: SELF,
    publicKey: signer.publicKey,
    handle,
    from: 0,
    until: Number.MAX_SAFE_INTEGER,
    replaces: undefined,
  }
  return { grant, signer, credential: signGrant(grant, keyOf(organisation)) }
}

export function handleOf(person: string): Uint8Array {
  return sha256(utf8(person)).subarray(0, 16)
}

export function statement(said: Partial<Statement>): Statement {
  const isDeed = said.action === 'record'
  return {
    network: NETWORK,
    action: 'identify',
    post: 'post-dostyk-9',
    purpose: 'border-control',
    caseNumber: 'case-secret-77',
    legalBasis: 'Border Act, article 17',
    at: MONDAY,
    handle: undefined,
    payloadDigest: isDeed ? undefined : sha256(utf8('payload')),
    deedDigest: undefined,
    ...said,
  }
}

export function query(by: Officer, said: Said = {}): Uint8Array {
  const asked = statement({ action: said.handle ? 'verify' : 'identify', ...without(said) })
  const signed = signStatement(asked, by)
  const queryId = sha256(signed.signature).subarray(0, 16)
  const at = said.loggedAt ?? asked.at
  return encodeEntry({ type: 'query', at, queryId, ...signed, ...FOUND, frontier: [] })
}

const FOUND = { threshold: 1, limit: 64 }

/** What a query in the same log led to. */
export function outcome(asked: Uint8Array, people: readonly string[], at = MONDAY): Uint8Array {
  const { queryId } = queryIn(asked)
  const candidates = people.map((person) => {
    const handle = handleOf(person)
    const shard = shardOf(handle, roster)
    return { handle, shard, score: 9, fingers: [], log: SELF, index: 1 }
  })
  const verdict = candidates.length > 0 ? ('hit' as const) : ('no-hit' as const)
  return encodeEntry({ type: 'outcome', at, queryId, query: hashLeaf(asked), verdict, candidates })
}

export function act(by: readonly Officer[], deed: Deed, said: Said = {}): Uint8Array {
  const encoded = encodeDeed(deed)
  const digest = deedDigest(encoded)
  const { handle } = said
  const signatures = by.map((each) => {
    const told = { action: 'record' as const, deedDigest: digest, ...without(said) }
    return signStatement(statement(told), each)
  })
  const at = said.loggedAt ?? said.at ?? MONDAY
  const about = { subject: handle, after: undefined, policy: 'seed-2017' }
  return encodeEntry({ type: 'act', at, deed: encoded, signatures, ...about })
}

export function refused(by: Officer, reason: ReasonCode, said: Said = {}): Uint8Array {
  const signed = signStatement(statement({ action: 'verify', ...without(said) }), by)
  return encodeEntry({ type: 'refused', at: said.loggedAt ?? said.at ?? MONDAY, reason, ...signed })
}

/** The search for duplicates, what it led to, and the enrolment or update itself. */
export function enrolment(
  by: Officer,
  person: string,
  home: LogName,
  { action = 'enrol', ...said }: Said & { action?: 'enrol' | 'update' } = {},
): Uint8Array[] {
  const handle = handleOf(person)
  const deed = { deedDigest: sha256(utf8('application')), purpose: 'document-issue' }
  const asked = query(by, { ...deed, ...said, action, handle })
  const { queryId, statement: encoded, officer: key, signature, credential } = queryIn(asked)
  const signed: SignedStatement = { statement: encoded, officer: key, signature, credential }
  const shard = shardOf(handle, roster)
  const commitment = sha256(utf8(`${person} ${action}`))
  const receipts = replicasOf(shard, roster).map((replica) => {
    const deposited = { home, handle, commitment, statement: encoded, taken: TAKEN }
    return { replica, signature: signReceipt(deposited, keyOf(replica)) }
  })
  const at = said.loggedAt ?? said.at ?? MONDAY
  const entry = encodeEntry({
    type: 'enrolment',
    at,
    handle,
    shard,
    commitment,
    taken: TAKEN,
    after: undefined,
    ...signed,
    duplicateCheck: queryId,
    frontier: [],
    receipts,
  })
  const found = action === 'update' ? [person] : []
  return [asked, outcome(asked, found, at), entry]
}

const TAKEN: Taken = {
  policy: 'seed-2017',
  verdict: 'mandatory',
  citizenship: 'citizen',
  sex: 'female',
  ageBand: '16-17',
}

/** What each log says, in memory. */
export type Written = Record<LogName, readonly Uint8Array[]>

export function genesisOf(node: LogName): Uint8Array {
  const rosterDigest = sha256(utf8('roster'))
  return encodeEntry({ type: 'genesis', at: 0, network: NETWORK, node, rosterDigest })
}

/** The entries that count, by log; all of them must. */
export function joined(written: Written): Record<LogName, Folded[]> {
  const joiner = new Joiner({ roster })
  const all = LOGS.map((log) => {
    const entries = [genesisOf(log), ...written[log]]
    return [log, entries.map((bytes, index) => joiner.join(log, index, bytes))] as const
  })
  return Object.fromEntries(all) as Record<LogName, Folded[]>
}

/** The node of the first log, with what `written` says on its disk, folded. */
export class FoldedNode {
  readonly accesses = new Accesses()
  readonly reports: Reports
  readonly #ledger: Ledger
  readonly #disks: readonly TestDisk[]

  private constructor(ledger: Ledger, store: Store, disks: readonly TestDisk[]) {
    this.#ledger = ledger
    this.#disks = disks
    const shelf = new RecordShelf({ store })
    const modules = { ledger, shelf, accesses: this.accesses, signer: keyOf(SELF) }
    this.reports = new Reports({ self: SELF, roster }, modules)
  }

  static async open(written: Written): Promise<FoldedNode> {
    const [own, others] = [await TestDisk.create(), await TestDisk.create()]
    const options = { self: SELF, roster, genesis: () => genesisOf(SELF) }
    const modules = { store: await own.open(), anchors: own.anchors, key: keyOf(SELF) }
    const ledger = await openSigningLedger(options, modules)
    for (const bytes of written[SELF]) await ledger.own.append(bytes)
    const store = await others.open()
    for (const [name, mirror] of ledger.mirrors) {
      const origin = logOrigin(NETWORK, name)
      const node = roster.nodes.find((listed) => listed.name === name)!
      const keys = { signer: noteSigner(origin, keyOf(name)), verifier: logVerifier(NETWORK, node) }
      const log = name as LogName
      const genesis = (): Uint8Array => genesisOf(log)
      const places = { store, anchors: others.anchors }
      const writer = await openSigningLog({ name, origin, genesis }, { ...places, ...keys })
      for (const bytes of written[log]) await writer.append(bytes)
      await copyUpTo(mirror, writer.stored, noteOf(writer))
    }
    const node = new FoldedNode(ledger, modules.store, [own, others])
    for (const folded of Object.values(joined(written)).flat()) node.accesses.take(folded)
    return node
  }

  /** What is on the disk, as somebody who checks is given it. */
  async logs(): Promise<Map<string, Uint8Array[]>> {
    const read = LOGS.map(async (log) => {
      const entries = await this.#ledger.stored(log).entries(0, this.#ledger.size(log))
      return [log, entries] as const
    })
    return new Map(await Promise.all(read))
  }

  async close(): Promise<void> {
    for (const disk of this.#disks) await disk.remove()
  }
}

/** Signs as the node, or the organisation, of that name. */
export function keyOf(name: string): Signer {
  return signerFromSeed(sha256(utf8(`folding/${name}`)))
}

function queryIn(bytes: Uint8Array): Query {
  return decodeEntryOf('query', bytes)
}

function without(said: Said): Partial<Statement> {
  const told = { ...said }
  delete told.loggedAt
  return told
}
