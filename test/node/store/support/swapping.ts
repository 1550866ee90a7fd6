/** Other processes that swap, and what they say. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./swap.js', import.meta.url))

/** What the shell's limit on the length of files counts in. */
const BLOCK_BYTES = 512

/** The acknowledgements of a process that is killed once it has given `enough` of them. */
export async function swapUntilKilled(path: string, bytes: number, enough: number) {
  const child = spawn(process.execPath, [PROGRAM, path, String(bytes)])
  const lines = await linesOf(child, (count) => {
    if (count >= enough) child.kill('SIGKILL')
  })
  return lines.map(Number)
}

/** What a process says whose files may not grow beyond that length. */
export async function swapBelow(path: string, bytes: number, lengthMax: number) {
  const script = `ulimit -f ${Math.floor(lengthMax / BLOCK_BYTES)} && exec "$@"`
  const program = [process.execPath, PROGRAM, path, String(bytes)]
  return linesOf(spawn('sh', ['-c', script, 'sh', ...program]), () => {})
}

async function linesOf(child: ChildProcess, onLine: (count: number) => void): Promise<string[]> {
  const said: string[] = []
  const ended = new Promise((resolve, reject) => child.once('close', resolve).once('error', reject))
  child.stderr?.pipe(process.stderr)
  if (child.stdout) {
    createInterface(child.stdout).on('line', (line) => onLine(said.push(line)))
  }
  await ended
  return said
}
