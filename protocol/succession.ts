/**
 * How one epoch follows another: the next roster says what it goes on from, is signed by the
 * authority, and by so many of the nodes of the epoch before that no two rosters can follow it
 * unless more than a third of them lie. A node signs one successor of an epoch, and no other.
 *
 * Who has left is named with how far their log counts: whoever signs has seen no more of it.
 */
import { equalBytes } from '../crypto/bytes.ts'
import type { Signer } from '../crypto/ed25519.ts'
import { formatVkey, isSameKey, noteSigner, noteVerifier, parseNote } from '../crypto/note.ts'
import type { NoteSigner, NoteVerifier } from '../crypto/note.ts'
import type { Organisation } from './credential.ts'
import { rosterAt } from './epochs.ts'
import { TamgaError } from './errors.ts'
import { isQuorum } from './quorum.ts'
import type { ClosedLog } from './roster-history.ts'
import { openRoster, rosterDigest, type Roster, type RosterNode } from './roster.ts'

/** A roster that was opened, and the note that it stands in. */
export interface SignedRoster {
  readonly roster: Roster
  readonly note: string
}

/** The name of the key with which a node signs rosters. */
export function rosterKeyName({ network }: Pick<Roster, 'network'>, node: string): string {
  return `${network}/${node}/roster`
}

/** Signs rosters for `node`, with the key that signs its log. */
export function rosterSigner(roster: Roster, node: string, signer: Signer): NoteSigner {
  return noteSigner(rosterKeyName(roster, node), signer)
}

/**
 * The roster of the epoch after `current`, with these nodes, and with those that are not among them
 * closed as `closed` says.
 *
 * @throws TamgaError `conflict`: a node is neither, or its line is another one
 */
export function successorOf(
  { roster, note }: SignedRoster,
  nodes: readonly RosterNode[],
  {
    closed = [],
    ...changes
  }: Partial<Pick<Roster, 'replicas' | 'mirrors' | 'witnesses' | 'organisations' | 'closed'>> = {},
): Roster {
  const { witnesses: _, ...kept } = roster
  const past = {
    epoch: roster.epoch,
    replicas: roster.replicas,
    digest: rosterDigest(note),
    nodes: roster.nodes.map(({ name }) => name),
  }
  const stays = roster.nodes.flatMap(({ name }) => nodes.find((node) => node.name === name) ?? [])
  const joins = nodes.filter(({ name }) => !roster.nodes.some((node) => node.name === name))
  const next = {
    ...kept,
    ...changes,
    epoch: roster.epoch + 1,
    nodes: [...stays, ...joins],
    closed: [...(roster.closed ?? []), ...closed],
    past: [...(roster.past ?? []), past],
  }
  checkSuccessor(next, { roster, note })
  return next
}

/**
 * The roster in a note, if it may follow `current` and the authority has signed it.
 *
 * @throws TamgaError `bad-signature`, `malformed`; `wrong-epoch`: it does not follow this one;
 *   `conflict`: it says something else of what was before
 */
export function openProposal(note: string, current: SignedRoster, authority: NoteVerifier): Roster {
  const next = openRoster(note, authority)
  checkSuccessor(next, current)
  return next
}

/**
 * The same, if a quorum of the nodes of `current` has signed it too.
 *
 * @throws TamgaError as `openProposal`; `forbidden`: too few have
 */
export function openSuccessor(
  note: string,
  current: SignedRoster,
  authority: NoteVerifier,
): Roster {
  const next = openProposal(note, current, authority)
  if (isQuorum(signersOf(note, current.roster), current.roster)) return next
  throw new TamgaError('forbidden', 'the roster is not signed by a quorum of the epoch before')
}

/**
 * The roster in a note, if it is of a later epoch of the same register, however many later: for
 * whoever was away and has not seen those between. The authority has signed it, a quorum of the
 * nodes of the epoch before has, by what it says of that epoch, and `current` is in its past.
 *
 * @throws TamgaError `bad-signature`, `malformed`; `wrong-epoch`: it is not later; `conflict`: it
 *   has another past; `forbidden`: too few have signed it
 */
export function openLater(note: string, current: SignedRoster, authority: NoteVerifier): Roster {
  const later = openRoster(note, authority)
  const { network, epoch } = current.roster
  if (later.network !== network || later.epoch <= epoch) {
    throw new TamgaError('wrong-epoch', `epoch ${later.epoch} is not later than ${epoch}`)
  }
  const said = later.past?.find((one) => one.epoch === epoch)
  demand(said && equalBytes(said.digest, rosterDigest(current.note)), 'it has another past')
  if (isEndorsed({ roster: later, note })) return later
  throw new TamgaError('forbidden', 'the roster is not signed by a quorum of the epoch before')
}

/** Nodes of `roster` that have signed the note. */
export function signersOf(note: string, roster: Roster): string[] {
  const { text, signatures } = parseNote(note)
  return roster.nodes.flatMap((node) => {
    const verifier = nodeVerifier(roster, node)
    const line = signatures.find((one) => isSameKey(one, verifier))
    return line && verifier.verify(text, line.signature) ? [node.name] : []
  })
}

/**
 * Whether a quorum of the epoch before has signed it, by what the roster itself says of that epoch;
 * a first roster needs none.
 */
export function isEndorsed({ roster, note }: SignedRoster): boolean {
  const last = roster.past?.at(-1)
  if (!last) return true
  const before = rosterAt(roster, last.epoch)
  return isQuorum(signersOf(note, before), before)
}

function nodeVerifier(roster: Roster, { name, publicKey }: RosterNode): NoteVerifier {
  return noteVerifier(formatVkey(rosterKeyName(roster, name), publicKey))
}

function checkSuccessor(next: Roster, { roster: current, note }: SignedRoster): void {
  const last = next.past?.at(-1)
  if (next.network !== current.network || next.epoch !== current.epoch + 1 || !last) {
    throw new TamgaError('wrong-epoch', `epoch ${next.epoch} does not follow ${current.epoch}`)
  }
  const { past = [], closed = [] } = current
  const names = current.nodes.map(({ name }) => name)
  const isNext =
    equalBytes(last.digest, rosterDigest(note)) &&
    last.replicas === current.replicas &&
    last.nodes.join(' ') === names.join(' ')
  demand(isNext, 'it follows another roster')
  demand(next.shards === current.shards, 'the number of shards cannot change')
  const isSamePast = past.every((one, place) => {
    const said = next.past?.[place]
    return said?.epoch === one.epoch && equalBytes(said.digest, one.digest)
  })
  demand(isSamePast && next.past?.length === past.length + 1, 'it has another past')
  const left = next.closed ?? []
  demand(
    closed.every((one, place) => isSameLog(one, left[place])),
    'a log that was closed is another one',
  )
  checkNodes(next, current, left.slice(closed.length))
  demand(
    current.organisations.every((one) => next.organisations.some((other) => isSame(one, other))),
    'an organisation is gone or another one, and what it has granted must stay readable',
  )
}

/** Everybody is still there, in the same order, or has left; who joins comes after them. */
function checkNodes(next: Roster, current: Roster, left: readonly ClosedLog[]): void {
  const stays: string[] = []
  for (const node of current.nodes) {
    const now = next.nodes.find(({ name }) => name === node.name)
    const gone = left.find(({ name }) => name === node.name)
    const isOne = (now === undefined) !== (gone === undefined)
    demand(
      isOne && hasSameKeys(node, now ?? gone!),
      `${node.name} is neither there nor has it left`,
    )
    if (now) stays.push(node.name)
  }
  const first = next.nodes.slice(0, stays.length).map(({ name }) => name)
  demand(first.join(' ') === stays.join(' '), 'the nodes stand in another order')
  demand(left.length === current.nodes.length - stays.length, 'somebody left who was not there')
}

function isSameLog(one: ClosedLog, other: ClosedLog | undefined): boolean {
  const isIt = other?.name === one.name && hasSameKeys(one, other)
  return isIt && one.size === other.size && equalBytes(one.root, other.root)
}

function hasSameKeys(one: RosterNode, other: RosterNode): boolean {
  return (
    equalBytes(one.publicKey, other.publicKey) &&
    equalBytes(one.boxKey, other.boxKey) &&
    equalBytes(one.mirrorKey, other.mirrorKey)
  )
}

/** It may grant more than before, and nothing less. */
function isSame(one: Organisation, other: Organisation): boolean {
  const isIt = other.name === one.name && equalBytes(one.publicKey, other.publicKey)
  return isIt && one.may.every((role) => other.may.includes(role))
}

function demand(holds: unknown, complaint: string): void {
  if (!holds) throw new TamgaError('conflict', `no successor: ${complaint}`)
}
