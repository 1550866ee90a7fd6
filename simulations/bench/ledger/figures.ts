/** Measuring: seconds, percentiles, memory, and what is on disk. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const MIB = 1_048_576
const KIB = 1_024

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1_000
}

/** Bytes of all files in a folder. */
export async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder)
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * Memory of this process after a collection, MiB. On Linux without the pages of files that are
 * mapped, as LevelDB maps its tables: the system takes those back whenever it likes.
 */
export async function memoryMb(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i += 1) collect()
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [, kib] = /^RssAnon:\s+([0-9]+) kB$/m.exec(status) ?? []
  return kib === undefined ? process.memoryUsage().rss / MIB : Number(kib) / KIB
}
