/**
 * Runs every compiled `*.test.js` beside it and ends with one plain line: `N passed, N failed`.
 *
 * An argument is a regular expression that chooses files by path: `npm test -- crypto`.
 */
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runFiles } from './support/runner/run-files.ts'

/** Longest a single file may take, ms: the slowest takes a minute where nothing else runs. */
const FILE_MS_MAX = 600_000

/** Files that run side by side: some have several threads and processes of their own. */
const PROCESSES_MAX = 4

/** What takes longest starts first, so that it is not what the end waits for. */
const SLOW = [
  'node/cli/cli',
  'node/store/anchor-file',
  'simulations/scenarios/',
  'node/log/real-disk',
  'node/cli/',
  'node/log/fsck',
  'simulations/fuzz/',
  'matcher/kernel/',
]

const here = fileURLToPath(new URL('.', import.meta.url))
const { passed, failed, skipped } = await runFiles(testFiles(new RegExp(process.argv[2] ?? '')), {
  processes: Math.min(availableParallelism(), PROCESSES_MAX),
  fileMsMax: FILE_MS_MAX,
  onFile: (file, output) => console.log(`${relative(here, file)}\n${output.trimEnd()}`),
})
const nothing = passed + failed === 0
if (nothing) console.error('no test was run')
const left = skipped > 0 ? `, ${skipped} skipped` : ''
console.log(`\n${passed} passed, ${nothing ? 1 : failed} failed${left}`)
process.exit(nothing || failed > 0 ? 1 : 0)

function testFiles(chosen: RegExp): string[] {
  const names = readdirSync(here, { recursive: true, encoding: 'utf8' })
  const tests = names.filter((name) => name.endsWith('.test.js') && chosen.test(name)).sort()
  return tests.sort((one, other) => rank(one) - rank(other)).map((name) => join(here, name))
}

/** Place in `SLOW`, or after all of it. */
function rank(name: string): number {
  const place = SLOW.findIndex((slow) => name.startsWith(slow))
  return place < 0 ? SLOW.length : place
}
