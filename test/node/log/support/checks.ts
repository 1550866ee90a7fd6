/** The full check of a log, as it is run on a node that does not run. */
import { describe } from '../../../../node/log/fsck/damage.ts'
import { fsckLog, type CheckedLog } from '../../../../node/log/fsck/fsck-log.ts'
import type { Store } from '../../../../node/store/store.ts'
import { NAME, ORIGIN, ROSTER, verifier } from './logs.ts'

export const CHECKED = { name: NAME, origin: ORIGIN, verifier, roster: ROSTER }

/** What is damaged, in words, and how many entries were looked at. */
export async function checkLog(store: Store): Promise<{ told: string[]; size: number }> {
  const checked = await fsckLog(CHECKED, { store })
  return { told: toldOf(checked), size: checked.size }
}

export function toldOf({ damages }: CheckedLog): string[] {
  return damages.found.map(describe)
}
