/** Two nodes on loopback, of which one hands out a log that the other has. */
import type { OpenedCheckpoint } from '../../../../crypto/checkpoint.ts'
import { openCheckpoint } from '../../../../crypto/checkpoint.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { utf8 } from '../../../../crypto/bytes.ts'
import { systemClock } from '../../../../node/clock.ts'
import { MeshPackages } from '../../../../node/log/fsck/mesh-packages.ts'
import type { StoredLog } from '../../../../node/log/stored-log.ts'
import { silentLogger } from '../../../../node/logger.ts'
import { Libp2pMesh } from '../../../../node/mesh/libp2p-mesh.ts'
import { identityFromSeed } from '../../../../node/mesh/peer-book.ts'
import { HEADS, heads } from '../../../../protocol/message/head.ts'
import { pageRequests, pages, PAGES, type Page } from '../../../../protocol/message/page.ts'
import { NAME, ORIGIN, pageOf, verifier } from './logs.ts'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
const CONNECT_MS = 20

/** What is done to a page before it is sent. */
export type Lie = (page: Page, start: number) => Page

const seedOf = (name: string): Uint8Array => sha256(utf8(`mesh of ${name}`))

export class ServingPeer {
  readonly packages: MeshPackages
  readonly #meshes: readonly Libp2pMesh[]
  readonly #asked: number[] = []

  private constructor(packages: MeshPackages, meshes: readonly Libp2pMesh[]) {
    this.packages = packages
    this.#meshes = meshes
  }

  /** Starts of the pages that it was asked for. */
  get asked(): readonly number[] {
    return this.#asked
  }

  /** Hands out `log` up to the checkpoint `note`, in pages of `most` entries. */
  static async start(
    log: StoredLog,
    note: string,
    { lie = (page) => page, most }: { lie?: Lie; most?: number } = {},
  ): Promise<ServingPeer> {
    const peer = await meshOf('astana', 'almaty', ANY_PORT)
    const [address] = peer.addresses()
    const mesh = await meshOf('almaty', 'astana', address!.replace(/\/p2p\/.*/, ''))
    const packages = new MeshPackages(opened, { mesh, clock: systemClock, logger: silentLogger })
    const serving = new ServingPeer(packages, [mesh, peer])
    peer.serve(HEADS, async () => heads.encode([{ log: NAME, checkpoint: note }]))
    peer.serve(PAGES, async (request) => {
      const { start, size } = pageRequests.decode(request)
      serving.#asked.push(start)
      return pages.encode(lie(await pageOf(log, start, size, most), start))
    })
    while (mesh.connected().length === 0) await systemClock.sleep(CONNECT_MS)
    await packages.ask()
    return serving
  }

  async close(): Promise<void> {
    for (const mesh of this.#meshes) await mesh.close()
  }
}

function opened(_: string, note: string): OpenedCheckpoint {
  return openCheckpoint(note, ORIGIN, verifier)
}

async function meshOf(self: string, peer: string, address: string): Promise<Libp2pMesh> {
  const { publicKey } = await identityFromSeed(seedOf(peer))
  const peers = [{ name: peer, publicKey: publicKey.raw, address }]
  const options = { self, seed: seedOf(self), listen: ANY_PORT, peers }
  return Libp2pMesh.start(options, { clock: systemClock, logger: silentLogger })
}
