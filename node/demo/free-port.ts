/** Ports for meshes that live in one process on one machine. */
import { createServer } from 'node:net'
import { TamgaError } from '../../protocol/errors.ts'

/** How many ports are tried. */
const PORTS_TRIED = 1_000

/** The first port from `from` on that nobody listens on now. @throws TamgaError `unreachable` */
export async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + PORTS_TRIED; port += 1) {
    if (await isFree(port)) return port
  }
  throw new TamgaError('unreachable', `no port is free from ${from} to ${from + PORTS_TRIED}`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve(true))
    })
  })
}
