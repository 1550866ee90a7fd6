/**
 * What a log on disk is held against: the checkpoint that it stands by, and how many entries there
 * should be. A damaged row is made up for by what else is known, if that is signed.
 */
import type { OpenedCheckpoint } from '../../../crypto/checkpoint.ts'
import type { Store } from '../../store/store.ts'
import type { LogKeys } from '../log-keys.ts'
import type { Damages } from './damage.ts'
import type { StoredNotes } from './stored-notes.ts'

export interface Target {
  /** Undefined where nothing that is signed goes no further than what is here. */
  readonly checkpoint: OpenedCheckpoint | undefined
  /** Entries that should be here. */
  readonly copied: number
}

interface Known {
  readonly notes: StoredNotes
  /** What may stand in for a checkpoint that is damaged or missing. */
  readonly spare: readonly OpenedCheckpoint[]
}

interface TargetModules {
  readonly store: Store
  readonly damages: Damages
}

/** @throws TamgaError `storage` */
export async function targetOf(
  { notes, spare }: Known,
  keys: LogKeys,
  { store, damages }: TargetModules,
): Promise<Target> {
  const ends = async (size: number): Promise<boolean> =>
    size === 0 || (await store.get(keys.entry(size - 1))) !== undefined
  let { checkpoint } = notes
  if (!checkpoint) {
    for (const note of spare.toSorted((a, b) => Number(b.size - a.size))) {
      const size = Number(note.size)
      const isHere = notes.size === undefined ? await ends(size) : size <= notes.size
      if (!isHere) continue
      checkpoint = note
      break
    }
    const isMissing = checkpoint !== undefined || (notes.size ?? 0) > 0
    const isUnderWay = checkpoint === undefined && spare.length > 0
    if (isMissing && !isUnderWay && !notes.damaged.has('checkpoint')) {
      damages.add({ kind: 'checkpoint', says: 'missing' })
    }
  }

  const size = Number(checkpoint?.size ?? 0n)
  const said = notes.size
  if (said === undefined) {
    if (size > 0 && !notes.damaged.has('size')) damages.add({ kind: 'size', says: 'missing' })
    return { checkpoint, copied: size }
  }
  if (said === size || (said > size && (await ends(said)))) return { checkpoint, copied: said }
  const says =
    said < size
      ? `it says ${said}, but ${size} entries were signed`
      : `it says ${said}, but there is no entry ${said - 1}`
  damages.add({ kind: 'size', says })
  return { checkpoint, copied: size }
}
