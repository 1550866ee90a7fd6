/** Puts right what a check finds, and checks again: that is the proof. */
import { describe } from './damage.ts'
import { fsckLog, type CheckedLog, type FsckModules, type FsckOptions } from './fsck-log.ts'
import type { Packages } from './mender.ts'

/**
 * Times that a log is gone through to mend it: a tile that is put right may bring to light what is
 * wrong below it, and what has been cut off is removed in the next one.
 */
const ROUNDS_MAX = 4

/**
 * Mends a log as far as it can be mended. Resolves with what a last check of all of it finds, that
 * changes nothing.
 *
 * @throws TamgaError `storage` when the disk cannot be read, or not be written to
 */
export async function repairLog(
  options: FsckOptions,
  modules: FsckModules & { readonly packages: Packages },
): Promise<CheckedLog> {
  const { packages: _, ...checking } = modules
  for (let round = 1, before = ''; ; round += 1) {
    await fsckLog(options, modules)
    const left = await fsckLog(options, checking)
    const now = told(left)
    if (left.damages.isNone || round === ROUNDS_MAX || now === before) return left
    before = now
  }
}

function told({ damages }: CheckedLog): string {
  return damages.found.map(describe).join('\n')
}
