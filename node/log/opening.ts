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
import { checkedCheckpoint, StoredLog, type Staged } from './stored-log.ts'

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

/**
 * Whatever is on the disk is no reason to throw: that is what this is there to tell.
 *
 * @throws TamgaError `storage`: what is staged could not be put in now, and may be at another start
 */
export async function openOwnLog(
  name: string,
  origin: string,
  modules: OpeningModules,
): Promise<OpenedLog> {
  const { opened, lacking } = await examine(name, origin, modules)
  if (!lacking) return opened
  const { staged, checkpoint } = lacking
  const ops = [...staged.ops, opened.stored.checkpointOp(checkpoint.note)]
  await modules.store.batch(ops, { durable: true })
  opened.stored.commit(staged)
  return { ...opened, checkpoint, ahead: undefined }
}

interface Examined {
  readonly opened: OpenedLog
  /** What the database lacks and the anchor has. */
  readonly lacking?: { readonly staged: Staged; readonly checkpoint: OpenedCheckpoint }
}

async function examine(name: string, origin: string, modules: OpeningModules): Promise<Examined> {
  const { store, verifier } = modules
  let opened: OpenedLog
  try {
    const stored = await StoredLog.open(name, store)
    const checkpoint = await checkedCheckpoint(stored, origin, verifier)
    opened = { stored, checkpoint, ahead: undefined, refusal: undefined }
  } catch (error) {
    const stored = StoredLog.unreadable(name, store)
    return refused({ stored, checkpoint: undefined }, asTamgaError(error).message)
  }
  try {
    return await holdAgainstAnchor(opened, origin, modules)
  } catch (error) {
    // What is in the database is what was signed, and can be read.
    return refused(opened, asTamgaError(error).message)
  }
}

/** @throws TamgaError `storage` */
async function holdAgainstAnchor(
  opened: OpenedLog,
  origin: string,
  { anchor, verifier }: OpeningModules,
): Promise<Examined> {
  const { stored, checkpoint } = opened
  const covered = Number(checkpoint?.size ?? 0n)
  const anchored = openAnchored(anchor, origin, verifier)
  const size = Number(anchored?.size ?? 0n)
  if (covered > size) {
    return refused(opened, `the database has ${covered} signed entries, the anchor ${size}`)
  }
  await checkLastPackage(stored, covered)
  if (covered < size) return lack({ ...opened, ahead: anchored! }, anchor)
  if (stored.size > covered) {
    return refused(opened, `${stored.size - covered} entries on disk that were never signed`)
  }
  if (!anchored || equalBytes(anchored.root, checkpoint!.root)) return { opened }
  return refused(opened, `database and anchor have other trees of ${size} entries`)
}

function refused(
  { stored, checkpoint }: Pick<OpenedLog, 'stored' | 'checkpoint'>,
  refusal: string,
): Examined {
  return { opened: { stored, checkpoint, ahead: undefined, refusal } }
}

/**
 * The last checkpoint that may have left this node; undefined if none ever was signed.
 *
 * @throws TamgaError `storage`
 */
function openAnchored(
  anchor: Anchor,
  origin: string,
  verifier: NoteVerifier,
): OpenedCheckpoint | undefined {
  const { value } = anchor.current
  if (value.length === 0) return undefined
  try {
    return openCheckpoint(new TextDecoder().decode(value), origin, verifier)
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

/** What is staged, if that is what the database lacks. */
function lack(opened: OpenedLog & { readonly ahead: OpenedCheckpoint }, anchor: Anchor): Examined {
  const { stored, checkpoint, ahead } = opened
  const staged = stagedAfter(stored, Number(checkpoint?.size ?? 0n), ahead, anchor)
  if (staged === 'other') return refused(opened, 'what is staged does not lead to what is anchored')
  return staged ? { opened, lacking: { staged, checkpoint: ahead } } : { opened }
}

/**
 * What is staged beside the anchor, if it begins where the log ends; `other` if it begins there and
 * leads to another tree than the one that is anchored.
 *
 * @throws TamgaError `storage`
 */
export function stagedAfter(
  stored: StoredLog,
  covered: number,
  ahead: OpenedCheckpoint,
  { current }: Anchor,
): Staged | 'other' | undefined {
  if (current.staged.length === 0) return undefined
  const { from, entries } = decodeStaged(current.staged)
  // Pages of an unfinished rebuild stand beyond the checkpoint: they are not in the way.
  if (from !== covered || stored.size !== from) return undefined
  const staged = stored.stage(entries)
  const isThere = staged.size === Number(ahead.size) && equalBytes(staged.root, ahead.root)
  return isThere ? staged : 'other'
}
