/** Runs test files in several processes side by side. */
import { TestProcess, type Counts } from './test-process.ts'

export interface RunOptions {
  readonly processes: number
  /** Longest that one file may take, ms. */
  readonly fileMsMax: number
  /** Called when a file is done, with all that it has written. */
  readonly onFile: (file: string, output: string) => void
}

/**
 * Each process takes the next file when it is free, in the order given. A file that ends its
 * process has failed; the files after it run in a new one.
 */
export async function runFiles(
  files: readonly string[],
  { processes, fileMsMax, onFile }: RunOptions,
): Promise<Counts> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const waiting = files.values()
  const work = async (): Promise<void> => {
    let child: TestProcess | undefined
    for (const file of waiting) {
      child ??= new TestProcess()
      const { passed, failed, skipped, output } = await child.run(file, fileMsMax)
      counts.passed += passed
      counts.failed += failed
      counts.skipped += skipped
      onFile(file, output)
      if (child.isAlive) continue
      child.close()
      child = undefined
    }
    child?.close()
  }
  await Promise.all(Array.from({ length: processes }, work))
  return counts
}
