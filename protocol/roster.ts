/**
 * The roster: who runs nodes, which organisations there are, how many shards, whose cosignatures
 * make a checkpoint believable. It is a C2SP signed note whose text is one line for each fact:
 *
 *     tamga/roster/v2
 *     network registry.kz
 *     epoch 1
 *     shards 16
 *     replicas 2
 *     mirrors 2
 *     node <name> <Ed25519 key> <X25519 key> <mirror's Ed25519 key> <multiaddr>
 *     group <name> <how many> <node or group> [<node or group>…]
 *     quorum <group>
 *     closed …, past …
 *     organisation <name> <Ed25519 key> <role>[,<role>…]
 *
 * Keys are in base64. Groups and the quorum may be left out: see `protocol/quorum.ts`. What was
 * before this epoch stands in `protocol/roster-history.ts`, how it is followed by another in
 * `protocol/succession.ts`.
 *
 * Whoever holds the authority's verification key needs nothing else to check everything that the
 * nodes say: a node's log, its answers and its peer id all hang on the key in its line.
 */
import { toBase64 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'
import { utf8 } from '../crypto/bytes.ts'
import { formatVkey, InvalidNote, noteVerifier, openNote, signNote } from '../crypto/note.ts'
import type { NoteSigner, NoteVerifier } from '../crypto/note.ts'
import { TamgaError } from './errors.ts'
import { ROLES, type Organisation, type Role } from './credential.ts'
import { formatWitnesses, parseWitnesses, type Witnesses } from './witness-lines.ts'
import { NODES_MAX, ORGANISATIONS_MAX, REPLICAS_MAX, SHARDS_MAX } from './limits.ts'
import { formatHistory, parseHistory, type ClosedLog, type PastEpoch } from './roster-history.ts'
import { malformedRoster as malformed, readKey, readName, readNumber } from './roster-words.ts'

const HEADER = 'tamga/roster/v2'
const NETWORK = /^[a-z0-9][a-z0-9.-]{0,63}$/
const ADDRESS = /^\/[!-~]+$/

export interface RosterNode {
  readonly name: string
  /** Ed25519: signs its log and its answers, and is its identity in the mesh. */
  readonly publicKey: Uint8Array
  /** X25519: data keys are wrapped for it. */
  readonly boxKey: Uint8Array
  /** Ed25519: says of others' checkpoints that all of their entries are durably held here. */
  readonly mirrorKey: Uint8Array
  /** Where it listens, a multiaddr without the peer id. */
  readonly address: string
}

export interface Roster {
  readonly network: string
  readonly epoch: number
  readonly shards: number
  readonly replicas: number
  /** How many nodes besides the log's own must hold an entry before it is called safe. */
  readonly mirrors: number
  readonly nodes: readonly RosterNode[]
  /** Who counts as a witness, if it is not simply everybody alike. */
  readonly witnesses?: Witnesses
  readonly organisations: readonly Organisation[]
  /** Logs of nodes that have left, in the order of that; none if absent. */
  readonly closed?: readonly ClosedLog[]
  /** The epochs before this one, from the first on; none if absent. */
  readonly past?: readonly PastEpoch[]
}

/** The origin line of a node's log, and the name of the key that signs it. */
export function logOrigin(network: string, node: string): string {
  return `${network}/${node}/log/0`
}

/** Verifies checkpoints of `node`'s log. */
export function logVerifier(network: string, { name, publicKey }: RosterNode): NoteVerifier {
  return noteVerifier(formatVkey(logOrigin(network, name), publicKey))
}

export function formatRoster(roster: Roster): string {
  const nodes = roster.nodes.map(
    ({ name, publicKey, boxKey, mirrorKey, address }) =>
      `node ${name} ${[publicKey, boxKey, mirrorKey].map(toBase64).join(' ')} ${address}`,
  )
  const organisations = roster.organisations.map(
    ({ name, publicKey, may }) => `organisation ${name} ${toBase64(publicKey)} ${may.join(',')}`,
  )
  const head = [
    HEADER,
    `network ${roster.network}`,
    `epoch ${roster.epoch}`,
    `shards ${roster.shards}`,
    `replicas ${roster.replicas}`,
    `mirrors ${roster.mirrors}`,
  ]
  const witnesses = roster.witnesses ? formatWitnesses(roster.witnesses) : []
  const { closed = [], past = [] } = roster
  const history = formatHistory({ closed, past })
  return `${[...head, ...nodes, ...witnesses, ...history, ...organisations].join('\n')}\n`
}

/** @throws TamgaError `malformed`: not a roster; `too-large`: more than a signed note can hold */
export function signRoster(roster: Roster, authority: NoteSigner): string {
  const text = formatRoster(roster)
  parseRoster(text)
  try {
    return signNote(text, [authority])
  } catch (cause) {
    const isTooLong = cause instanceof InvalidNote && cause.code === 'too-long'
    const code = isTooLong ? 'too-large' : 'malformed'
    throw new TamgaError(code, 'roster: no note can hold it', { cause })
  }
}

/**
 * Opens a signed roster.
 *
 * @throws TamgaError `bad-signature` when it is not a note that the authority signed, `malformed`
 */
export function openRoster(note: string, authority: NoteVerifier): Roster {
  try {
    openNote(note, [authority])
  } catch (cause) {
    throw new TamgaError('bad-signature', 'the roster is not signed by its authority', { cause })
  }
  return parseRoster(rosterText(note))
}

/** SHA-256 of a roster note's text: the same whoever else has signed it since. */
export function rosterDigest(note: string): Uint8Array {
  return sha256(utf8(rosterText(note)))
}

/** @throws TamgaError `malformed` */
export function parseRoster(text: string): Roster {
  const [header, network, epoch, shards, replicas, mirrors, ...rest] = text.split('\n')
  if (header !== HEADER || rest.pop() !== '') throw malformed('not a roster of version 2')
  const lines = rest.map((line) => line.split(' '))
  const nodes = takeWhile(lines, ['node']).map(parseNode)
  const witnesses = parseWitnesses(
    takeWhile(lines, ['group', 'quorum']),
    nodes.map(({ name }) => name),
  )
  const number = count(epoch, 'epoch', Number.MAX_SAFE_INTEGER)
  const history = parseHistory(takeWhile(lines, ['closed', 'past']), { epoch: number, nodes })
  const organisations = lines.map(parseOrganisation)
  const logs = [...nodes, ...history.closed]
  if (nodes.length === 0) throw malformed('no nodes')
  if (logs.length > NODES_MAX) throw malformed(`${logs.length} nodes`)
  if (organisations.length > ORGANISATIONS_MAX) {
    throw malformed(`${organisations.length} organisations`)
  }
  checkDistinct(logs, organisations)
  const roster = {
    network: field(network, 'network'),
    epoch: number,
    shards: count(shards, 'shards', SHARDS_MAX),
    replicas: count(replicas, 'replicas', REPLICAS_MAX),
    mirrors: count(mirrors, 'mirrors', NODES_MAX, 0),
    nodes,
    ...(witnesses ? { witnesses } : {}),
    organisations,
    ...(history.past.length > 0 ? history : {}),
  }
  if (!NETWORK.test(roster.network)) throw malformed('the network has no proper name')
  if (roster.replicas > nodes.length) throw malformed('more replicas than nodes')
  if (roster.mirrors >= nodes.length) throw malformed('more mirrors than other nodes')
  return roster
}

/** Takes the lines off the front whose first word is one of `kinds`. */
function takeWhile(lines: string[][], kinds: readonly string[]): string[][] {
  const end = lines.findIndex(([kind]) => !kinds.includes(kind ?? ''))
  return lines.splice(0, end < 0 ? lines.length : end)
}

function parseNode(words: string[]): RosterNode {
  const [, name, publicKey, boxKey, mirrorKey, address] = words
  if (words.length !== 6) throw malformed(`the line of node ${name}`)
  if (!address || !ADDRESS.test(address)) throw malformed(`node ${name} has no multiaddr`)
  return {
    name: readName(name),
    publicKey: readKey(publicKey),
    boxKey: readKey(boxKey),
    mirrorKey: readKey(mirrorKey),
    address,
  }
}

function parseOrganisation(words: string[]): Organisation {
  const [kind, name, publicKey, roles] = words
  if (kind !== 'organisation' || words.length !== 4) {
    throw malformed(`a line that starts with ${kind}`)
  }
  const may = (roles ?? '').split(',')
  if (!may.every(isRole)) throw malformed(`organisation ${name} grants a role that is unknown`)
  return { name: readName(name), publicKey: readKey(publicKey), may }
}

function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word)
}

function checkDistinct(nodes: readonly RosterNode[], organisations: readonly Organisation[]): void {
  const parties = [...nodes, ...organisations]
  const names = parties.map(({ name }) => name)
  const signing = [
    ...parties.map(({ publicKey }) => publicKey),
    ...nodes.map(({ mirrorKey }) => mirrorKey),
  ]
  const keys = signing.map((bytes) => toBase64(bytes))
  const boxKeys = nodes.map(({ boxKey }) => toBase64(boxKey))
  for (const values of [names, keys, boxKeys]) {
    if (new Set(values).size < values.length) throw malformed('a name or a key stands twice')
  }
}

function field(line: string | undefined, name: string): string {
  if (line?.startsWith(`${name} `)) return line.slice(name.length + 1)
  throw malformed(`no line for ${name}`)
}

function count(line: string | undefined, name: string, max: number, min = 1): number {
  return readNumber(field(line, name), name, { min, max })
}

/** What is signed: a note without its signatures. */
export function rosterText(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}
