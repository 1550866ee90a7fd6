/**
 * A node that hands out its log, and one that copies it: a process each, real libp2p between them,
 * as two nodes are. The pulling side verifies and writes every page.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../../node/clock.ts'
import { serveLogs } from '../../../node/log/log-server.ts'
import { pull } from '../../../node/log/pull.ts'
import { silentLogger } from '../../../node/logger.ts'
import { Libp2pMesh } from '../../../node/mesh/libp2p-mesh.ts'
import { identityFromSeed } from '../../../node/mesh/peer-book.ts'
import { growTo, openLedger, seedOf, type Name } from './bench-log.ts'
import { secondsOf } from './figures.ts'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
const ENTRY_BYTES = 1_024
const IN_FLIGHT = 4_096
const CONNECT_POLL_MS = 10

interface Offer {
  readonly address: string
  readonly checkpoint: string
}

if (process.send && process.argv[2] === 'serve')
  await serve(process.argv[3]!, Number(process.argv[4]))

/** Seconds that a copy of `count` entries of 1 KB takes, from nothing to its checkpoint. */
export async function replicationSeconds(folder: string, count: number): Promise<number> {
  const args = ['serve', join(folder, 'writer'), String(count)]
  const writer = fork(fileURLToPath(import.meta.url), args)
  try {
    const [told]: unknown[] = await once(writer, 'message')
    const { address, checkpoint } = told as Offer
    const opened = await openLedger(join(folder, 'mirror'), 'mirror')
    const mesh = await startMesh('mirror', 'writer', address)
    while (mesh.connected().length === 0) await systemClock.sleep(CONNECT_POLL_MS)
    const mirror = opened.ledger.mirrors.get('writer')!
    const modules = { mesh, clock: systemClock, isClosed: () => false }
    const seconds = await secondsOf(async () => {
      await pull(mirror, await mirror.check(checkpoint), 'writer', modules)
    })
    if (mirror.size < count) throw new Error(`only ${mirror.size} entries were copied`)
    await mesh.close()
    await opened.close()
    return seconds
  } finally {
    writer.kill()
  }
}

async function serve(folder: string, count: number): Promise<void> {
  const { ledger } = await openLedger(folder, 'writer')
  await ledger.own.permit()
  await growTo(ledger.own, { size: count, bytes: ENTRY_BYTES, inFlight: IN_FLIGHT })
  const mesh = await startMesh('writer', 'mirror', ANY_PORT)
  serveLogs(mesh, ledger)
  const [listening] = mesh.addresses()
  const address = listening?.replace(/\/p2p\/.*/, '')
  process.send?.({ address, checkpoint: ledger.own.checkpoint })
}

async function startMesh(self: Name, peer: Name, address: string): Promise<Libp2pMesh> {
  const { publicKey } = await identityFromSeed(seedOf(peer))
  const peers = [{ name: peer, publicKey: publicKey.raw, address }]
  const options = { self, seed: seedOf(self), listen: ANY_PORT, peers }
  return Libp2pMesh.start(options, { clock: systemClock, logger: silentLogger })
}
