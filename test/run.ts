/**
 * Runs every compiled `*.test.js` beside it and ends with one plain line: `N passed, N failed`.
 *
 * uvu does the testing; its own runner is not used because it passes a file that forgets `run()`
 * and never ends when a test never settles. Both are failures here. An argument is a regular
 * expression that chooses files by path: `npm test -- crypto`.
 */
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Longest a single suite may take, ms: the slowest takes under a minute on two cores. */
const SUITE_MS_MAX = 300_000

type SuiteRun = () => Promise<
  [errors: string | true, passed: number, skipped: number, total: number]
>
type UvuGlobals = { UVU_DEFER?: number; UVU_INDEX?: number; UVU_QUEUE: [string, ...SuiteRun[]][] }

const uvu = globalThis as unknown as UvuGlobals
uvu.UVU_DEFER = 1
uvu.UVU_QUEUE = []

const here = fileURLToPath(new URL('.', import.meta.url))
const chosen = new RegExp(process.argv[2] ?? '')
const counts = { passed: 0, failed: 0, skipped: 0 }

for (const file of testFiles(here)) await runFile(file)

if (counts.passed + counts.failed === 0) fail('no test was run')
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`)
process.exit(counts.failed === 0 ? 0 : 1)

function testFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const tests = names.filter((name) => name.endsWith('.test.js') && chosen.test(name))
  return tests.map((name) => join(folder, name)).sort()
}

async function runFile(file: string): Promise<void> {
  const name = relative(here, file)
  console.log(name)
  uvu.UVU_INDEX = uvu.UVU_QUEUE.length
  const group: [string, ...SuiteRun[]] = [name]
  uvu.UVU_QUEUE.push(group)
  try {
    await import(pathToFileURL(file).href)
  } catch (error) {
    fail(`${name} could not be loaded: ${error instanceof Error ? error.stack : String(error)}`)
    return
  }
  const [, ...suites] = group
  if (suites.length === 0) fail(`${name} never called run()`)
  for (const run of suites) await runSuite(name, run)
}

async function runSuite(name: string, run: SuiteRun): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), SUITE_MS_MAX)
  })
  try {
    const result = await Promise.race([run(), late])
    if (result === 'late') return fail(`${name} did not settle within ${SUITE_MS_MAX} ms`)
    const [errors, passed, skips, total] = result
    counts.passed += passed
    counts.failed += total - passed
    counts.skipped += skips
    if (typeof errors === 'string' && errors.length > 0) console.log(`\n${errors}`)
  } catch (error) {
    fail(`${name}: a hook threw: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    clearTimeout(timer)
  }
}

function fail(message: string): void {
  counts.failed += 1
  console.error(message)
}
