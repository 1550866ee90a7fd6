/**
 * The full check of one log on the disk of a stopped node: every row is read, every entry hashed,
 * every tile compared, and all of it held against the root that the log's key has signed. Nothing
 * that the node concluded while it ran is believed.
 *
 * Entries are bytes here: what they say is for others to judge, and cannot be damage.
 */
import type { OpenedCheckpoint } from '../../../crypto/checkpoint.ts'
import { EMPTY_ROOT, type Hash } from '../../../crypto/hash.ts'
import type { Store } from '../../store/store.ts'
import { logKeys } from '../log-keys.ts'
import { checkAnchored, openAnchored, type AnchoredValue } from './anchored.ts'
import { Damages } from './damage.ts'
import { LogRows } from './log-rows.ts'
import { Mender, type Packages } from './mender.ts'
import { readNotes, type LogIdentity } from './stored-notes.ts'
import { TailWalk } from './tail-walk.ts'
import { targetOf } from './target.ts'
import { TreeWalk } from './tree-walk.ts'

export interface FsckOptions extends LogIdentity {
  /** What is anchored of the node's own log, or why that cannot be read; absent for a mirror. */
  readonly anchored?: AnchoredValue
  /** Checkpoints that others have of the log, for one whose own is damaged. */
  readonly known?: readonly OpenedCheckpoint[]
}

export interface FsckModules {
  readonly store: Store
  /** What is damaged is put right from these; nothing is written if they are absent. */
  readonly packages?: Packages
  /** Told how many entries of how many have been looked at. */
  readonly onProgress?: (entries: number, of: number) => void
}

export interface CheckedLog {
  /** Entries that the checkpoint covers, all of them looked at. */
  readonly size: number
  /** Entries that are here, among them those of a catch-up under way. */
  readonly copied: number
  /** Entries beside the anchor that the next start puts in. */
  readonly staged: number
  /** The signed root; undefined for a log without a checkpoint. */
  readonly root: Hash | undefined
  readonly damages: Damages
}

/** @throws TamgaError `storage` when the disk cannot be read, or not be written to */
export async function fsckLog(options: FsckOptions, modules: FsckModules): Promise<CheckedLog> {
  const { store, packages, onProgress } = modules
  const keys = logKeys(options.name)
  const damages = new Damages()
  const notes = await readNotes(options, keys, { store, damages })
  const anchored = openAnchored(options, damages)
  // Nothing but its anchor says how far the own log goes.
  const spare = options.anchored
    ? [anchored?.checkpoint]
    : [notes.cosigned, notes.towards, ...(options.known ?? [])]
  const signed = spare.filter((note) => note !== undefined)
  const { checkpoint, copied } = await targetOf({ notes, spare: signed }, keys, { store, damages })
  const mender =
    packages && checkpoint
      ? new Mender({ log: options.name, keys, checkpoint }, { store, packages })
      : undefined
  const rows = new LogRows(keys, {
    store,
    onStray: async (key) => {
      damages.add({ kind: 'stray', first: key, rows: 1 })
      await mender?.remove(key)
    },
  })

  const size = Number(checkpoint?.size ?? 0n)
  const root = checkpoint?.root
  const walked = { size, copied, root: root ?? EMPTY_ROOT }
  const seen = (entries: number): void => onProgress?.(entries, copied)
  const edge = await new TreeWalk(walked, { rows, damages, mender, onProgress: seen }).run()
  if (edge && !(await new TailWalk(size, edge, rows).run(copied))) {
    damages.add({ kind: 'tail', from: size, to: copied })
  }
  await rows.end()
  seen(copied)
  const staged = checkAnchored(options, { anchored, checkpoint, copied, edge }, damages)
  if (edge && !damages.isNone) await mender?.finish(edge, damages)
  return { size, copied, staged, root, damages }
}
