/** The anchor of a node's own log held against its database, as it is at the node's next start. */
import { equalBytes } from '../../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../../crypto/checkpoint.ts'
import { hashLeaf } from '../../../crypto/hash.ts'
import { rightEdgeNodes } from '../../../crypto/merkle/prove.ts'
import { RightEdge } from '../../../crypto/merkle/right-edge.ts'
import { hashFromTile, nodeInTile } from '../../../crypto/merkle/tile.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import type { AnchorValue } from '../../store/anchor.ts'
import { decodeStaged } from '../staged-bundle.ts'
import type { Damages } from './damage.ts'
import type { LogIdentity } from './stored-notes.ts'
import type { Edge } from './tree-walk.ts'

/** What an anchor has, or why it cannot be read. */
export type AnchoredValue = AnchorValue | { readonly fault: string }

/** The last checkpoint that may have left the node, and what was about to be put in. */
export interface Anchored {
  readonly checkpoint: OpenedCheckpoint
  readonly staged: Uint8Array
}

interface AnchoredLog extends LogIdentity {
  readonly anchored?: AnchoredValue
}

/** Undefined for a log that has signed nothing, for a mirror, and for an anchor that is damaged. */
export function openAnchored(
  { anchored, origin, verifier }: AnchoredLog,
  damages: Damages,
): Anchored | undefined {
  if (!anchored) return undefined
  if ('fault' in anchored) {
    damages.add({ kind: 'anchor', says: anchored.fault })
    return undefined
  }
  if (anchored.value.length === 0) return undefined
  try {
    const note = new TextDecoder().decode(anchored.value)
    return { checkpoint: openCheckpoint(note, origin, verifier), staged: anchored.staged }
  } catch (error) {
    damages.add({ kind: 'anchor', says: asTamgaError(error).message })
    return undefined
  }
}

interface Database {
  readonly anchored: Anchored | undefined
  readonly checkpoint: OpenedCheckpoint | undefined
  readonly copied: number
  /** Undefined where it is not proven. */
  readonly edge: Edge | undefined
}

/** Returns how many entries the next start puts in that stand beside the anchor. */
export function checkAnchored(
  { anchored: value }: AnchoredLog,
  { anchored, checkpoint, copied, edge }: Database,
  damages: Damages,
): number {
  // Of a mirror there is none, and what cannot be read has been told of.
  if (!value || 'fault' in value || (!anchored && value.value.length > 0)) return 0
  const here = checkpoint?.size ?? 0n
  const there = anchored?.checkpoint.size ?? 0n
  if (here > there) {
    damages.add({ kind: 'anchor', says: `it knows of ${there} entries, the database of ${here}` })
  } else if (there > here) {
    const from = Number(here)
    if (edge && copied === from && leadsTo(anchored!, from, edge)) return Number(there - here)
    const lacking = `the database lacks entries ${here} to ${there - 1n}`
    damages.add({ kind: 'anchor', says: `${lacking}: a node that starts fetches them` })
  } else if (anchored && !equalBytes(anchored.checkpoint.root, checkpoint!.root)) {
    damages.add({ kind: 'anchor', says: `another tree of ${there} entries than in the database` })
  }
  return 0
}

/** Whether what is staged is what the database lacks. */
function leadsTo({ checkpoint, staged }: Anchored, size: number, edge: Edge): boolean {
  try {
    const { from, entries } = decodeStaged(staged)
    const hashes = rightEdgeNodes(BigInt(size)).map((node) => {
      return hashFromTile(edge.get(nodeInTile(node).tile.level)!, node)
    })
    const tree = RightEdge.from(BigInt(size), hashes)
    for (const entry of entries) tree.append(hashLeaf(entry))
    const isNext = from === size && tree.size === checkpoint.size
    return isNext && equalBytes(tree.root(), checkpoint.root)
  } catch {
    return false
  }
}
