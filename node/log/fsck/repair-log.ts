/** Puts right what a check finds, and checks again: nothing is mended until that finds nothing. */
import { describe } from './damage.ts'
import { fsckLog, type CheckedLog, type FsckModules, type FsckOptions } from './fsck-log.ts'
import type { Packages } from './mender.ts'

/**
 * Times that a log is gone through to mend it: a tile that is put right may bring to light what is
 * wrong below it, and what has been cut off is removed in the next one.
 */
const ROUNDS_MAX = 4

export interface RepairedLog {
  /** What was found, before anything was mended. */
  readonly found: CheckedLog
  /** What a last check finds, that mends nothing: the proof of the mending. */
  readonly left: CheckedLog
}

/** @throws TamgaError `storage` when the disk cannot be read, or not be written to */
export async function repairLog(
  options: FsckOptions,
  modules: FsckModules & { readonly packages: Packages },
): Promise<RepairedLog> {
  const { packages, ...checking } = modules
  const found = await fsckLog(options, modules)
  if (found.damages.isNone) return { found, left: found }
  let left = await fsckLog(options, checking)
  for (let round = 1, before = ''; round < ROUNDS_MAX && told(left) !== before; round += 1) {
    before = told(left)
    await fsckLog(options, modules)
    left = await fsckLog(options, checking)
  }
  return { found, left }
}

/** Empty if nothing is damaged. */
function told({ damages }: CheckedLog): string {
  return damages.found.map(describe).join('\n')
}
