/**
 * A process that runs test files, one after another, as its parent names them.
 *
 * uvu does the testing; its own runner is not used because it passes a file that forgets `run()`.
 */
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Progress } from './test-process.ts'

type SuiteRun = () => Promise<
  [errors: string | true, passed: number, skipped: number, total: number]
>
type UvuGlobals = { UVU_DEFER?: number; UVU_INDEX?: number; UVU_QUEUE: [string, ...SuiteRun[]][] }

const uvu = globalThis as unknown as UvuGlobals
uvu.UVU_DEFER = 1
uvu.UVU_QUEUE = []

process.on('message', (file: string) => void runFile(file))
process.on('disconnect', () => process.exit())

async function runFile(file: string): Promise<void> {
  uvu.UVU_INDEX = uvu.UVU_QUEUE.length
  const group: [string, ...SuiteRun[]] = [file]
  uvu.UVU_QUEUE.push(group)
  try {
    await import(pathToFileURL(file).href)
    const [, ...suites] = group
    if (suites.length === 0) fail('it never called run()')
    for (const run of suites) await runSuite(run)
  } catch (error) {
    fail(`it could not be loaded: ${stackOf(error)}`)
  }
  // A rejection that nobody handles ends this process in the file that has left it behind.
  await setImmediate()
  tell({ passed: 0, failed: 0, skipped: 0, isDone: true })
}

async function runSuite(run: SuiteRun): Promise<void> {
  try {
    const [errors, passed, skipped, total] = await run()
    if (typeof errors === 'string' && errors.length > 0) console.log(`\n${errors}`)
    tell({ passed, failed: total - passed, skipped, isDone: false })
  } catch (error) {
    fail(`a hook threw: ${stackOf(error)}`)
  }
}

function fail(message: string): void {
  console.error(message)
  tell({ passed: 0, failed: 1, skipped: 0, isDone: false })
}

function tell(progress: Progress): void {
  process.send?.(progress)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : String(error)
}
