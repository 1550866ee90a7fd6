/** Ports for nodes of tests: each is given out once in a process. */
import { freePort as firstFreePort } from '../../node/demo/free-port.ts'

/**
 * Below the range that the system draws from when a node dials out, so that a port stays free until
 * it is listened on; elsewhere for every process, so that two test runs do not meet.
 */
const ports = { next: 10_000 + ((process.pid * 37) % 20_000) }

export async function freePort(): Promise<number> {
  const port = await firstFreePort(ports.next)
  ports.next = port + 1
  return port
}
