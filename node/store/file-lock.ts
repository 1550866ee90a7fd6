/**
 * A lock on an open file that dies with its process, SIGKILL or not.
 *
 * Node has no flock(2). The command of that name locks the open file that it inherits, not itself:
 * the lock stays when the command has ended, for as long as this process has the file open
 * (flock(2): "locks … are associated with an open file description").
 */
import { spawn } from 'node:child_process'
import type { FileHandle } from 'node:fs/promises'

/** Where the command finds the file, after its standard input, output and error. */
const INHERITED = 3

/** `unavailable`: the system has no such command, so that nothing keeps others out. */
export type LockOutcome = 'locked' | 'held-elsewhere' | 'unavailable'

/** Takes the lock at once or not at all. Rejects if the command cannot be run for any reason. */
export function lockFile(file: FileHandle): Promise<LockOutcome> {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', 'ignore', 'ignore', file.fd] as const
    const command = spawn('flock', ['-x', '-n', String(INHERITED)], { stdio: [...stdio] })
    command.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve('unavailable')
      else reject(error)
    })
    command.once('exit', (status) => {
      if (status === 0) resolve('locked')
      else if (status === 1) resolve('held-elsewhere')
      else reject(new Error(`flock has ended with ${status}`))
    })
  })
}
