/** The folder of a node that does not run, its store locked meanwhile: it cannot be started. */
import { join } from 'node:path'
import { openCheckpoint, type OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import { logOf } from '../../protocol/epochs.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { logOrigin, logVerifier, type Roster } from '../../protocol/roster.ts'
import { systemClock } from '../clock.ts'
import type { FsckOptions } from '../log/fsck/fsck-log.ts'
import { MeshPackages } from '../log/fsck/mesh-packages.ts'
import { ownAnchor } from '../log/ledger.ts'
import type { Logger } from '../logger.ts'
import { Libp2pMesh } from '../mesh/libp2p-mesh.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { nodeSigningSeed } from '../node.ts'
import { AnchorFolder } from '../store/anchor-folder.ts'
import { LevelStore } from '../store/level-store.ts'
import type { Key } from './key-file.ts'
import { StoppedRecords } from './stopped-records.ts'

export interface StoppedNodeOptions {
  readonly roster: Roster
  readonly data: string
  /** Where the anchors are, if not in that folder. */
  readonly anchors?: string
  /** The node's name, if it is known; otherwise it is the one whose log is anchored. */
  readonly name?: string
}

/** How long peers may take to be connected, ms: those who are not by then are not asked. */
const CONNECT_MS = 5_000
const CONNECT_POLL_MS = 100

export class StoppedNode {
  readonly store: LevelStore
  readonly #roster: Roster
  readonly #name: string | undefined
  readonly #anchors: AnchorFolder

  private constructor(roster: Roster, store: LevelStore, anchors: AnchorFolder, name?: string) {
    this.#roster = roster
    this.store = store
    this.#anchors = anchors
    this.#name = name
  }

  /** @throws TamgaError `storage`: there is no store, or the node runs */
  static async open({ roster, data, anchors, name }: StoppedNodeOptions): Promise<StoppedNode> {
    const folder = new AnchorFolder(anchors ?? join(data, 'anchors'))
    const store = await LevelStore.open(join(data, 'store'), { createIfMissing: false })
    try {
      return new StoppedNode(roster, store, folder, name ?? (await anchoredIn(folder, roster)))
    } catch (error) {
      await store.close()
      throw error
    }
  }

  /** Its sealed records. @throws TamgaError `not-found`: no key file, or whose node it is */
  async records(data: string): Promise<StoppedRecords> {
    const self = this.#name
    if (self === undefined) throw new TamgaError('not-found', 'whose node it is: say its --key')
    return StoppedRecords.open({ self, roster: this.#roster, data }, { store: this.store })
  }

  /** How one of its logs is to be checked. @throws TamgaError `not-found` */
  async log(name: string): Promise<FsckOptions> {
    const node = logOf(this.#roster, name)
    if (!node) throw new TamgaError('not-found', `${name} is not in the roster`)
    const { network } = this.#roster
    const origin = logOrigin(network, name)
    const log = { name, origin, verifier: logVerifier(network, node), roster: this.#roster }
    if (name !== this.#name) return log
    try {
      const anchor = await this.#anchors.open(ownAnchor(name))
      const anchored = anchor.current
      await anchor.close()
      return { ...log, anchored }
    } catch (error) {
      return { ...log, anchored: { fault: asTamgaError(error).message } }
    }
  }

  /** Asks the other nodes what they hold, in this one's place. It listens where the node would. */
  async ask(
    { name, seed }: Key,
    listen: string | undefined,
    logger: Logger,
  ): Promise<{ packages: MeshPackages; mesh: Mesh }> {
    const own = this.#roster.nodes.find((node) => node.name === name)
    if (!own) throw new TamgaError('not-found', `${name} is not in the roster`)
    const options = { self: name, seed: nodeSigningSeed(seed), listen: listen ?? own.address }
    const modules = { clock: systemClock, logger }
    const mesh = await Libp2pMesh.start({ ...options, peers: this.#roster.nodes }, modules)
    const end = systemClock.now() + CONNECT_MS
    while (mesh.connected().length < mesh.peers().length && systemClock.now() < end) {
      await systemClock.sleep(CONNECT_POLL_MS)
    }
    const packages = new MeshPackages((log, note) => this.#opened(log, note), { mesh, ...modules })
    await packages.ask()
    return { packages, mesh }
  }

  async close(): Promise<void> {
    await this.store.close()
  }

  #opened(log: string, note: string): OpenedCheckpoint {
    const { network, nodes } = this.#roster
    const node = nodes.find(({ name }) => name === log)
    if (!node) throw new TamgaError('not-found', `${log} is not in the roster`)
    return openCheckpoint(note, logOrigin(network, log), logVerifier(network, node))
  }
}

/** Whose log is anchored here. */
async function anchoredIn(anchors: AnchorFolder, { nodes }: Roster): Promise<string> {
  for (const { name } of nodes) if (await anchors.has(ownAnchor(name))) return name
  throw new TamgaError('not-found', "the anchor of the node's own log is not here: say --anchors")
}
