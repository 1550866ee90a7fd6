/** The full check of a log, as it is run on a node that does not run. */
import { equalBytes } from '../../../../crypto/bytes.ts'
import { parseCheckpoint } from '../../../../crypto/checkpoint.ts'
import { parseNote } from '../../../../crypto/note.ts'
import { describe } from '../../../../node/log/fsck/damage.ts'
import { fsckLog, type CheckedLog } from '../../../../node/log/fsck/fsck-log.ts'
import type { StoredLog } from '../../../../node/log/stored-log.ts'
import type { Store } from '../../../../node/store/store.ts'
import { NAME, ORIGIN, ROSTER, rootOf, verifier } from './logs.ts'

export const CHECKED = { name: NAME, origin: ORIGIN, verifier, roster: ROSTER }

/** What is damaged, in words, and how many entries were looked at. */
export async function checkLog(store: Store): Promise<{ told: string[]; size: number }> {
  const checked = await fsckLog(CHECKED, { store })
  return { told: toldOf(checked), size: checked.size }
}

/** That the entries of a log that is in use make the tree of the checkpoint `note`. */
export async function isWhole(stored: StoredLog, note: string): Promise<boolean> {
  const { size, root } = parseCheckpoint(parseNote(note).text)
  return equalBytes(rootOf(await stored.entries(0, Number(size))), root)
}

export function toldOf({ damages }: CheckedLog): string[] {
  return damages.found.map(describe)
}
