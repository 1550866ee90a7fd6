/** Worker threads that take every processor there is, beside one that answers requests. */
import { setPriority } from 'node:os'

const NICENESS = 5

/**
 * Lets other threads go before this one. Linux counts by thread, so there it is this thread's own
 * niceness; elsewhere it would be the whole process's, and nothing is done.
 */
export function giveWay(): void {
  if (process.platform === 'linux') setPriority(NICENESS)
}
