/**
 * Where tests find files: vectors that are in the repository, and material that may not be.
 *
 * Real prints and specimen passports are not free to copy; they are read from `TAMGA_DATA`, or from
 * `../shared/data` beside the checkout. Without them the tests that need them are left out with a
 * notice, unless `CI` is set: there their absence is an error.
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = repositoryRoot()

/** Sets that were missed: one notice for each is enough. */
const leftOut = new Set<string>()

/** Path of a file below `test/vectors/`. */
export function vector(...path: string[]): string {
  return join(repository, 'test/vectors', ...path)
}

/** Path below the outside material, or undefined (after a notice) where that is not at hand. */
export function outsideData(...path: string[]): string | undefined {
  const base = resolve(process.env['TAMGA_DATA'] ?? join(repository, '../shared/data'))
  const file = join(base, ...path)
  if (existsSync(file)) return file
  if (process.env['CI']) throw new Error(`CI needs the outside test data, and ${file} is missing`)
  const set = join(...path)
    .split(sep)
    .slice(0, 2)
    .join('/')
  if (!leftOut.has(set)) console.log(`  left out: ${set} is not at hand (set TAMGA_DATA)`)
  leftOut.add(set)
  return undefined
}

function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package-lock.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('no package-lock.json above the tests')
    folder = parent
  }
  return folder
}
