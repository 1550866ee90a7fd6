/**
 * The roster: who runs nodes, which organisations there are, how many shards. It is a C2SP signed
 * note whose text is one line for each fact:
 *
 *     tamga/roster/v1
 *     network registry.kz
 *     epoch 1
 *     shards 16
 *     replicas 2
 *     node <name> <Ed25519 key, base64> <X25519 key, base64> <multiaddr>
 *     organisation <name> <Ed25519 key, base64> <role>[,<role>…]
 *
 * Whoever holds the authority's verification key needs nothing else to check everything that the
 * nodes say: a node's log, its answers and its peer id all hang on the key in its line.
 */
import { fromBase64, toBase64 } from '../crypto/bytes.ts'
import { sha256 } from '../crypto/hash.ts'
import { utf8 } from '../crypto/bytes.ts'
import { formatVkey, InvalidNote, noteVerifier, openNote, signNote } from '../crypto/note.ts'
import type { NoteSigner, NoteVerifier } from '../crypto/note.ts'
import { TamgaError } from './errors.ts'
import { ROLES, type Organisation, type Role } from './credential.ts'
import { NAME_BYTES_MAX, NODES_MAX, ORGANISATIONS_MAX, REPLICAS_MAX, SHARDS_MAX } from './limits.ts'

const HEADER = 'tamga/roster/v1'
const NAME = new RegExp(`^[a-z][a-z0-9-]{0,${NAME_BYTES_MAX - 1}}$`)
const NETWORK = /^[a-z0-9][a-z0-9.-]{0,63}$/
const ADDRESS = /^\/[!-~]+$/
const KEY_BYTES = 32

export interface RosterNode {
  readonly name: string
  /** Ed25519: signs its log and its answers, and is its identity in the mesh. */
  readonly publicKey: Uint8Array
  /** X25519: data keys are wrapped for it. */
  readonly boxKey: Uint8Array
  /** Where it listens, a multiaddr without the peer id. */
  readonly address: string
}

export interface Roster {
  readonly network: string
  readonly epoch: number
  readonly shards: number
  readonly replicas: number
  readonly nodes: readonly RosterNode[]
  readonly organisations: readonly Organisation[]
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
    ({ name, publicKey, boxKey, address }) =>
      `node ${name} ${toBase64(publicKey)} ${toBase64(boxKey)} ${address}`,
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
  ]
  return `${[...head, ...nodes, ...organisations].join('\n')}\n`
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
  const [header, network, epoch, shards, replicas, ...rest] = text.split('\n')
  if (header !== HEADER || rest.pop() !== '') throw malformed('not a roster of version 1')
  const lines = rest.map((line) => line.split(' '))
  const firstOrganisation = lines.findIndex(([kind]) => kind === 'organisation')
  const split = firstOrganisation < 0 ? lines.length : firstOrganisation
  const nodes = lines.slice(0, split).map(parseNode)
  const organisations = lines.slice(split).map(parseOrganisation)
  if (nodes.length === 0 || nodes.length > NODES_MAX) throw malformed(`${nodes.length} nodes`)
  if (organisations.length > ORGANISATIONS_MAX) {
    throw malformed(`${organisations.length} organisations`)
  }
  checkDistinct(nodes, organisations)
  const roster = {
    network: field(network, 'network'),
    epoch: count(epoch, 'epoch', Number.MAX_SAFE_INTEGER),
    shards: count(shards, 'shards', SHARDS_MAX),
    replicas: count(replicas, 'replicas', REPLICAS_MAX),
    nodes,
    organisations,
  }
  if (!NETWORK.test(roster.network)) throw malformed('the network has no proper name')
  if (roster.replicas > nodes.length) throw malformed('more replicas than nodes')
  return roster
}

function parseNode(words: string[]): RosterNode {
  const [kind, name, publicKey, boxKey, address] = words
  if (kind !== 'node' || words.length !== 5) throw malformed(`a line that starts with ${kind}`)
  if (!address || !ADDRESS.test(address)) throw malformed(`node ${name} has no multiaddr`)
  return { name: checkedName(name), publicKey: key(publicKey), boxKey: key(boxKey), address }
}

function parseOrganisation(words: string[]): Organisation {
  const [kind, name, publicKey, roles] = words
  if (kind !== 'organisation' || words.length !== 4) {
    throw malformed(`a line that starts with ${kind}`)
  }
  const may = (roles ?? '').split(',')
  if (!may.every(isRole)) throw malformed(`organisation ${name} grants a role that is unknown`)
  return { name: checkedName(name), publicKey: key(publicKey), may }
}

function isRole(word: string): word is Role {
  return (ROLES as readonly string[]).includes(word)
}

function checkedName(name: string | undefined): string {
  if (name !== undefined && NAME.test(name)) return name
  throw malformed(`${name} is not a name`)
}

function key(encoded: string | undefined): Uint8Array {
  try {
    const bytes = fromBase64(encoded ?? '')
    if (bytes.length === KEY_BYTES) return bytes
  } catch (cause) {
    throw new TamgaError('malformed', 'roster: a key is not base64', { cause })
  }
  throw malformed(`a key has ${KEY_BYTES} bytes`)
}

function checkDistinct(nodes: readonly RosterNode[], organisations: readonly Organisation[]): void {
  const parties = [...nodes, ...organisations]
  const names = parties.map(({ name }) => name)
  const keys = parties.map(({ publicKey }) => toBase64(publicKey))
  const boxKeys = nodes.map(({ boxKey }) => toBase64(boxKey))
  for (const values of [names, keys, boxKeys]) {
    if (new Set(values).size < values.length) throw malformed('a name or a key stands twice')
  }
}

function field(line: string | undefined, name: string): string {
  if (line?.startsWith(`${name} `)) return line.slice(name.length + 1)
  throw malformed(`no line for ${name}`)
}

function count(line: string | undefined, name: string, max: number): number {
  const digits = field(line, name)
  const value = Number(digits)
  if (/^[1-9][0-9]{0,15}$/.test(digits) && value <= max) return value
  throw malformed(`${name} is not a number from 1 to ${max}`)
}

function rosterText(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}

function malformed(complaint: string): TamgaError {
  return new TamgaError('malformed', `roster: ${complaint}`)
}
