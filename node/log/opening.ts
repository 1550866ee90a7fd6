/**
 * What a node makes of its own log when it starts: the database held against the anchor, which
 * knows the last checkpoint that may have left the node.
 *
 * A database that is behind by what is staged beside the anchor is brought up to it: the entries
 * were never acknowledged and no signature over them has left, but a failed write may be there
 * after all, so nothing else may ever stand at their indexes. A database that is further behind can
 * be filled up from mirrors. Everything else is not repaired: the log refuses to sign and says why,
 * and what can be read is still served.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { hashLeaf } from '../../crypto/hash.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { TILE_WIDTH } from '../../crypto/merkle/tile.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { Anchor } from '../store/anchor.ts'
import type { Store } from '../store/store.ts'
import { decodeStaged } from './staged-bundle.ts'
import { checkedCheckpoint, StoredLog } from './stored-log.ts'

interface OpeningModules {
  readonly store: Store
  readonly anchor: Anchor
  readonly verifier: NoteVerifier
}

export interface OpenedLog {
  readonly stored: StoredLog
  /** The newest whose whole tree is in the database. */
  readonly checkpoint: OpenedCheckpoint | undefined
  /** The one in the anchor, if the database has not come as far. */
  readonly ahead: OpenedCheckpoint | undefined
  /** Why the log must not sign. */
  readonly refusal: string | undefined
}

/** Never throws for what is on the disk: that is what it is there to tell. */
export async function openOwnLog(
  name: string,
  origin: string,
  modules: OpeningModules,
): Promise<OpenedLog> {
  const { store, anchor, verifier } = modules
  try {
    const stored = await StoredLog.open(name, store)
    const checkpoint = await checkedCheckpoint(stored, origin, verifier)
    const opened = { stored, checkpoint, ahead: undefined, refusal: undefined }
    const covered = Number(checkpoint?.size ?? 0n)
    const anchored = openAnchored(anchor, origin, verifier)
    const size = Number(anchored?.size ?? 0n)
    if (covered > size) {
      return refused(opened, `the database has ${covered} signed entries, the anchor ${size}`)
    }
    await checkLastPackage(stored, covered)
    if (covered < size) return await catchUp({ ...opened, ahead: anchored! }, modules)
    if (stored.size > covered) {
      return refused(opened, `${stored.size - covered} entries on disk that were never signed`)
    }
    if (!anchored || equalBytes(anchored.root, checkpoint!.root)) return opened
    return refused(opened, `database and anchor have other trees of ${size} entries`)
  } catch (error) {
    const { message } = asTamgaError(error)
    const stored = StoredLog.unreadable(name, store)
    return { stored, checkpoint: undefined, ahead: undefined, refusal: message }
  }
}

function refused(opened: OpenedLog, refusal: string): OpenedLog {
  return { ...opened, ahead: undefined, refusal }
}

/** The last checkpoint that may have left this node; undefined if none ever was signed. */
function openAnchored(
  { current }: Anchor,
  origin: string,
  verifier: NoteVerifier,
): OpenedCheckpoint | undefined {
  if (current.value.length === 0) return undefined
  try {
    return openCheckpoint(new TextDecoder().decode(current.value), origin, verifier)
  } catch (cause) {
    throw new TamgaError('storage', `what is anchored is no checkpoint of ${origin}`, { cause })
  }
}

/**
 * The newest entries hashed again: the tiles that the root was made of are only as good as what
 * they stand for, and what was written last is what a crash may have torn.
 */
async function checkLastPackage(stored: StoredLog, covered: number): Promise<void> {
  if (covered === 0) return
  const from = covered - 1 - ((covered - 1) % TILE_WIDTH)
  const entries = await stored.entries(from, covered)
  const nodes = entries.map((_, i) => ({ level: 0, index: BigInt(from + i) }))
  const hashes = await stored.hashes(nodes)
  const bad = entries.findIndex((entry, i) => !equalBytes(hashLeaf(entry), hashes[i]!))
  if (bad < 0) return
  throw new TamgaError('storage', `entry ${from + bad} of ${stored.name} is not what was signed`)
}

/** Puts in what is staged, if that is what the database lacks. */
async function catchUp(
  opened: OpenedLog & { readonly ahead: OpenedCheckpoint },
  { store, anchor }: OpeningModules,
): Promise<OpenedLog> {
  const { stored, ahead } = opened
  const { staged } = anchor.current
  if (staged.length === 0) return opened
  const { from, entries } = decodeStaged(staged)
  // Pages of an unfinished rebuild stand beyond the checkpoint: they are not in the way.
  if (from !== Number(opened.checkpoint?.size ?? 0n) || stored.size !== from) return opened
  const batch = stored.stage(entries)
  if (batch.size !== Number(ahead.size) || !equalBytes(batch.root, ahead.root)) {
    return refused(opened, 'what is staged does not lead to what is anchored')
  }
  await store.batch([...batch.ops, stored.checkpointOp(ahead.note)], { durable: true })
  stored.commit(batch)
  return { ...opened, checkpoint: ahead, ahead: undefined }
}
