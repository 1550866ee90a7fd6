/**
 * A node with the real world beneath it: LevelDB, libp2p over TCP, worker threads, HTTP.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { noteVerifier } from '../crypto/note.ts'
import { Extractor } from '../matcher/extract/extractor.ts'
import { WorkerGallery } from '../matcher/gallery/worker-gallery.ts'
import type { Trust } from '../protocol/document/trust.ts'
import { asTamgaError, TamgaError } from '../protocol/errors.ts'
import { openRoster, type Roster } from '../protocol/roster.ts'
import { systemClock } from './clock.ts'
import { Gateway, type GatewayOptions } from './gateway/gateway.ts'
import { EXTRACTORS, GALLERY_WAITING_MAX } from './limits.ts'
import { Ledger } from './log/ledger.ts'
import type { Logger } from './logger.ts'
import { Libp2pMesh } from './mesh/libp2p-mesh.ts'
import { Node, nodeSigningSeed, type NodeOptions } from './node.ts'
import { systemRandom } from './random.ts'
import { AnchorFolder } from './store/anchor-folder.ts'
import { KeyFile } from './store/key-file.ts'
import { LevelStore } from './store/level-store.ts'

/** What is where in a node's folder. */
const STORE = 'store'
const ANCHORS = 'anchors'
const KEYS = 'keys'

export interface HostFolders {
  /** The node's own folder. */
  readonly folder: string
  /** Where the anchors are, best on another disk; `anchors` in the node's folder if absent. */
  readonly anchors?: string
}

export interface HostOptions extends NodeOptions, HostFolders {
  /** Where to listen for peers; the roster's address if absent. */
  readonly listen?: string
  readonly http: GatewayOptions
  /** Threads that search. */
  readonly workers: number
  /** Whose documents are believed at the border. */
  readonly trust?: Trust
}

export class Host {
  readonly node: Node
  readonly gateway: Gateway
  readonly #extractor: Extractor

  private constructor(node: Node, gateway: Gateway, extractor: Extractor) {
    this.node = node
    this.gateway = gateway
    this.#extractor = extractor
  }

  /**
   * Makes what a node stands on where it is lacking: the store and the anchors of its logs. Nothing
   * that is there is touched. Returns what was made.
   *
   * A node that has lost its disk is made anew by this too: it fetches its logs from the others
   * before it signs anything.
   *
   * @throws TamgaError `storage`, `not-found`
   */
  static async init({
    name,
    roster,
    folder,
    anchors,
  }: { name: string; roster: Roster } & HostFolders): Promise<string[]> {
    if (!roster.nodes.some((node) => node.name === name)) {
      throw new TamgaError('not-found', `${name} is not in the roster`)
    }
    const at = join(folder, STORE)
    // Never over the remains of another one: LevelDB would take them for nothing.
    const isNew = !(await LevelStore.exists(at))
    await mkdir(folder, { recursive: true })
    if (isNew) await (await LevelStore.open(at)).close()
    const shelf = new AnchorFolder(anchors ?? join(folder, ANCHORS))
    const made = await Ledger.init({ self: name, roster }, { anchors: shelf })
    const isKeyless = await makeKeys(join(folder, KEYS))
    return [...(isNew ? [STORE] : []), ...(isKeyless ? [KEYS] : []), ...made]
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
      if (!(await LevelStore.exists(join(options.folder, STORE)))) {
        const advice = '"tamga log init" makes what is lacking'
        throw new TamgaError('not-found', `there is no store in ${options.folder}: ${advice}`)
      }
      // Before the store: without it a store is of no use, and nothing is to be half open.
      const keys = keep(await KeyFile.open(join(options.folder, KEYS)))
      const store = keep(
        await LevelStore.open(join(options.folder, STORE), { createIfMissing: false }),
      )
      const anchors = new AnchorFolder(options.anchors ?? join(options.folder, ANCHORS))
      const gallery = keep(
        new WorkerGallery({ workers: options.workers, waitingMax: GALLERY_WAITING_MAX }),
      )
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
      const modules = { store, anchors, keys, gallery, mesh, random: systemRandom, ...shared }
      const node = keep(await Node.start(options, modules))
      const extractor = keep(new Extractor({ workers: EXTRACTORS }, shared))
      const gateway = await Gateway.start(options.http, {
        node,
        extractor,
        ...shared,
        trust: options.trust,
      })
      return new Host(node, gateway, extractor)
    } catch (error) {
      for (const close of started) await close().catch(() => undefined)
      throw error
    }
  }

  /** Stops taking questions, then taking part. */
  async close(): Promise<void> {
    await this.gateway.close()
    await this.#extractor.close()
    await this.node.close()
  }
}

/** Whether there was no key file. One that is lost is filled again from the other replicas. */
async function makeKeys(folder: string): Promise<boolean> {
  try {
    await (await KeyFile.create(folder)).close()
    return true
  } catch (error) {
    if (asTamgaError(error).code === 'conflict') return false
    throw error
  }
}
