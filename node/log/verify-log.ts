/**
 * The full check of one log on disk: every entry is hashed again and every tile compared, and the
 * tree that comes of it is held against the signed checkpoint. It believes nothing that a node
 * concluded while it ran.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { openCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf, type Hash } from '../../crypto/hash.ts'
import type { NodeId } from '../../crypto/merkle/prove.ts'
import { RightEdge } from '../../crypto/merkle/right-edge.ts'
import { TILE_HEIGHT } from '../../crypto/merkle/tile.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { FOLD_ENTRIES } from '../limits.ts'
import type { StoredLog } from './stored-log.ts'

export interface VerifiedLog {
  /** Entries that the checkpoint covers, all of them checked. */
  readonly size: number
  readonly root: Hash
  /** Entries by kind; what cannot be read is its writer's affair, and in the tree all the same. */
  readonly kinds: ReadonlyMap<Entry['type'] | 'unreadable', number>
  /** Tile hashes that were compared. */
  readonly hashes: number
}

/**
 * @throws TamgaError `storage`: what is wrong, and where; `bad-signature`
 */
export async function verifyLog(
  log: StoredLog,
  origin: string,
  verifier: NoteVerifier,
): Promise<VerifiedLog> {
  const note = await log.checkpoint()
  if (note === undefined) throw new TamgaError('storage', `${log.name} has no checkpoint`)
  const checkpoint = openedCheckpoint(note, origin, verifier)
  const size = Number(checkpoint.size)
  if (size > log.size) {
    const lost = `${log.name}: ${log.size} entries on disk, ${size} in its checkpoint`
    throw new TamgaError('storage', lost)
  }
  const edge = RightEdge.empty()
  const kinds = new Map<Entry['type'] | 'unreadable', number>()
  let hashes = 0
  for (let from = 0; from < size; from += FOLD_ENTRIES) {
    const nodes: NodeId[] = []
    const computed: Hash[] = []
    for (const bytes of await log.entries(from, Math.min(size, from + FOLD_ENTRIES))) {
      const type = kindOf(bytes)
      kinds.set(type, (kinds.get(type) ?? 0) + 1)
      edge.append(hashLeaf(bytes), (level, index, hash) => {
        if (level % TILE_HEIGHT !== 0) return
        nodes.push({ level, index })
        computed.push(hash)
      })
    }
    await compareTiles(log, nodes, computed)
    hashes += nodes.length
  }
  if (!equalBytes(edge.root(), checkpoint.root)) {
    throw new TamgaError('storage', `the entries of ${log.name} do not make the tree it signed`)
  }
  return { size, root: checkpoint.root, kinds, hashes }
}

async function compareTiles(log: StoredLog, nodes: NodeId[], computed: Hash[]): Promise<void> {
  const stored = await log.hashes(nodes)
  stored.forEach((hash, i) => {
    if (equalBytes(hash, computed[i]!)) return
    const { level, index } = nodes[i]!
    throw new TamgaError('storage', `${log.name}: node ${level}/${index} is not what its tile says`)
  })
}

function openedCheckpoint(note: string, origin: string, verifier: NoteVerifier) {
  try {
    return openCheckpoint(note, origin, verifier)
  } catch (cause) {
    throw new TamgaError('bad-signature', `not a checkpoint of ${origin}`, { cause })
  }
}

function kindOf(bytes: Uint8Array): Entry['type'] | 'unreadable' {
  try {
    return decodeEntry(bytes).type
  } catch {
    return 'unreadable'
  }
}
