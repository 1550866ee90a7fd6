/** Ports for nodes of tests: each is given out once in a process. */
import { freePort as firstFreePort } from '../../node/demo/free-port.ts'

/**
 * Below the range that the system draws from when a node dials out, so that a port stays free until
 * it is listened on. Processes that are started one after another begin a thousand ports apart, so
 * that none takes a port on which another is about to start a node again.
 */
const ports = { next: 10_000 + ((process.pid * 1_009) % 20_000) }

export async function freePort(): Promise<number> {
  const port = await firstFreePort(ports.next)
  ports.next = port + 1
  return port
}

/** Where a mesh of up to a hundred nodes looks for its ports, away from other processes' meshes. */
export async function meshPorts(): Promise<{ readonly mesh: number; readonly http: number }> {
  const mesh = await freePort()
  return { mesh, http: mesh + 100 }
}
