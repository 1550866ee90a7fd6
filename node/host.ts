/**
 * A node with the real world beneath it: LevelDB, libp2p over TCP, worker threads, HTTP.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { noteVerifier } from '../crypto/note.ts'
import { WorkerGallery } from '../matcher/gallery/worker-gallery.ts'
import { asTamgaError, TamgaError } from '../protocol/errors.ts'
import { openRoster } from '../protocol/roster.ts'
import { systemClock } from './clock.ts'
import { Gateway } from './gateway/gateway.ts'
import type { Logger } from './logger.ts'
import { Libp2pMesh } from './mesh/libp2p-mesh.ts'
import { Node, nodeSigningSeed, type NodeOptions } from './node.ts'
import { systemRandom } from './random.ts'
import { KeyFile } from './store/key-file.ts'
import { LevelStore } from './store/level-store.ts'

/** What is in a node's folder. */
const STORE = 'store'
const KEYS = 'keys'

export interface HostOptions extends NodeOptions {
  /** The node's own folder; made if it is not there. */
  readonly folder: string
  /** Where to listen for peers; the roster's address if absent. */
  readonly listen?: string
  readonly http: { readonly host: string; readonly port: number }
  /** Threads that search. */
  readonly workers: number
}

export class Host {
  readonly node: Node
  readonly gateway: Gateway

  private constructor(node: Node, gateway: Gateway) {
    this.node = node
    this.gateway = gateway
  }

  /**
   * Starts everything, or nothing: what had been started when something fails is stopped again.
   *
   * @throws TamgaError `storage`, `unreachable`, `bad-signature` or `not-found`
   */
  static async start(options: HostOptions, { logger }: { logger: Logger }): Promise<Host> {
    const started: (() => Promise<void>)[] = []
    const keep = <T extends { close(): Promise<void> }>(part: T): T => {
      started.unshift(async () => part.close())
      return part
    }
    try {
      const roster = openRoster(options.roster, noteVerifier(options.authority))
      const own = roster.nodes.find(({ name }) => name === options.name)
      if (!own) throw new TamgaError('not-found', `${options.name} is not in the roster`)
      const shared = { clock: systemClock, logger: logger.child({ node: options.name }) }
      const keys = keep(await openKeys(options.folder))
      const store = keep(await LevelStore.open(join(options.folder, STORE)))
      const gallery = keep(new WorkerGallery({ workers: options.workers }))
      const mesh = keep(
        await Libp2pMesh.start(
          {
            self: options.name,
            seed: nodeSigningSeed(options.seed),
            listen: options.listen ?? own.address,
            peers: roster.nodes,
          },
          shared,
        ),
      )
      const modules = { store, keys, gallery, mesh, random: systemRandom, ...shared }
      const node = keep(await Node.start(options, modules))
      const gateway = await Gateway.start(options.http, { node, ...shared })
      return new Host(node, gateway)
    } catch (error) {
      for (const close of started) await close().catch(() => undefined)
      throw error
    }
  }

  /** Stops taking questions, then taking part. */
  async close(): Promise<void> {
    await this.gateway.close()
    await this.node.close()
  }
}

/**
 * Before the store, so that a first start that was cut short is one again. Where there is a store,
 * an empty key file would have forgotten what was destroyed, and is not made.
 */
async function openKeys(folder: string): Promise<KeyFile> {
  try {
    return await KeyFile.open(join(folder, KEYS))
  } catch (error) {
    const isFirst = asTamgaError(error).code === 'not-found' && !existsSync(join(folder, STORE))
    if (isFirst) return KeyFile.create(join(folder, KEYS))
    throw error
  }
}
