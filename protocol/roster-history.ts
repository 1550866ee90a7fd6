/**
 * The lines of a roster that say what was before: nodes that have left, with how far their logs
 * count, and who the nodes of each epoch were. With them the newest roster is all that anybody
 * needs to check what any epoch has said.
 *
 *     closed <name> <Ed25519 key> <X25519 key> <mirror's Ed25519 key> <size> <root>
 *     past <epoch> <replicas> <digest of its roster's text> <node> [<node>…]
 *
 * Closed logs stand in the order in which they were closed, epochs from the first on.
 */
import { toBase64 } from '../crypto/bytes.ts'
import { EPOCHS_MAX, NODES_MAX, REPLICAS_MAX } from './limits.ts'
import type { RosterNode } from './roster.ts'
import { malformedRoster, readKey, readName, readNumber } from './roster-words.ts'

/** The log of a node that has left. Its address is empty: it listens nowhere. */
export interface ClosedLog extends RosterNode {
  /** How many of its entries count, and the root of the tree of those. */
  readonly size: number
  readonly root: Uint8Array
}

export interface PastEpoch {
  readonly epoch: number
  readonly replicas: number
  /** Of its roster's text: see `rosterDigest`. */
  readonly digest: Uint8Array
  /** In its roster's order. */
  readonly nodes: readonly string[]
}

export interface History {
  readonly closed: readonly ClosedLog[]
  readonly past: readonly PastEpoch[]
}

export function formatHistory({ closed, past }: History): string[] {
  return [
    ...closed.map(({ name, publicKey, boxKey, mirrorKey, size, root }) => {
      const keys = [publicKey, boxKey, mirrorKey].map(toBase64).join(' ')
      return `closed ${name} ${keys} ${size} ${toBase64(root)}`
    }),
    ...past.map(({ epoch, replicas, digest, nodes }) => {
      return `past ${epoch} ${replicas} ${toBase64(digest)} ${nodes.join(' ')}`
    }),
  ]
}

/**
 * @param lines the words of each
 * @throws TamgaError `malformed`
 */
export function parseHistory(
  lines: readonly (readonly string[])[],
  { epoch, nodes }: { readonly epoch: number; readonly nodes: readonly RosterNode[] },
): History {
  const closed = lines.filter(([kind]) => kind === 'closed').map(parseClosed)
  const past = lines.slice(closed.length).map(parsePast)
  if (past.length > EPOCHS_MAX) throw malformedRoster(`${past.length} epochs before it`)
  const known = new Set([...nodes, ...closed].map(({ name }) => name))
  for (const [place, one] of past.entries()) {
    if (one.epoch !== epoch - past.length + place) throw malformedRoster('an epoch is left out')
    const isKnown = one.nodes.every((name) => known.has(name))
    if (!isKnown) throw malformedRoster(`epoch ${one.epoch} had a node that nobody knows`)
  }
  const isAnybodys = closed.every(({ name }) => past.some((one) => one.nodes.includes(name)))
  if (!isAnybodys) throw malformedRoster('a log was closed that no epoch had')
  return { closed, past }
}

function parseClosed(words: readonly string[]): ClosedLog {
  const [, name, publicKey, boxKey, mirrorKey, size, root] = words
  if (words.length !== 7) throw malformedRoster(`the line of the closed log ${name}`)
  return {
    name: readName(name),
    publicKey: readKey(publicKey),
    boxKey: readKey(boxKey),
    mirrorKey: readKey(mirrorKey),
    address: '',
    size: readNumber(size, 'a size', { min: 0 }),
    root: readKey(root),
  }
}

function parsePast([kind, epoch, replicas, digest, ...names]: readonly string[]): PastEpoch {
  if (kind !== 'past' || names.length === 0 || names.length > NODES_MAX) {
    throw malformedRoster(`the line of epoch ${epoch}`)
  }
  if (new Set(names).size < names.length) throw malformedRoster('a node stands twice in an epoch')
  return {
    epoch: readNumber(epoch, 'an epoch'),
    replicas: readNumber(replicas, 'replicas', { max: Math.min(REPLICAS_MAX, names.length) }),
    digest: readKey(digest),
    nodes: names.map(readName),
  }
}
