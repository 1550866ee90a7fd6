/**
 * A regional node: the only place where everything meets.
 *
 * Time, randomness, disk, network and gallery come from outside, so that a process with libp2p and
 * LevelDB and a simulation on a seed run exactly this.
 */
import { utf8 } from '../crypto/bytes.ts'
import { signerFromSeed } from '../crypto/ed25519.ts'
import { noteSigner, noteVerifier } from '../crypto/note.ts'
import { boxKeysFromSeed } from '../crypto/sealing.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Gallery } from '../matcher/gallery/gallery.ts'
import { encodeEntry } from '../protocol/entry/entry.ts'
import { logOrigin, openRoster, rosterDigest, type Roster } from '../protocol/roster.ts'
import type { Clock } from './clock.ts'
import { Enrolment } from './enrol/enrol.ts'
import { Ledger } from './log/ledger.ts'
import { Replicator } from './log/replicator.ts'
import type { Logger } from './logger.ts'
import type { Mesh } from './mesh/mesh.ts'
import type { Random } from './random.ts'
import { Registry } from './registry/registry.ts'
import { Search } from './search/search.ts'
import { ShardKeeper } from './search/shard-keeper.ts'
import { ShardServer } from './search/shard-server.ts'
import type { Store } from './store/store.ts'
import { serveDeposits } from './vault/deposit-server.ts'
import { Vault } from './vault/vault.ts'

export interface NodeOptions {
  /** This node's name in the roster. */
  readonly name: string
  /** The signed roster, and the key it must be signed with. */
  readonly roster: string
  readonly authority: string
  /** 32 secret bytes from which the node's keys are derived. */
  readonly seed: Uint8Array
  /** Scores below it are not reported; if absent, what the matcher says. */
  readonly threshold?: number
}

export interface NodeModules {
  readonly store: Store
  readonly mesh: Mesh
  readonly gallery: Gallery
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export class Node {
  readonly name: string
  readonly roster: Roster
  readonly ledger: Ledger
  readonly registry: Registry
  readonly keeper: ShardKeeper
  readonly search: Search
  readonly enrolment: Enrolment
  readonly mesh: Mesh
  readonly rosterNote: string
  readonly #replicator: Replicator
  readonly #modules: NodeModules

  private constructor(options: NodeOptions, roster: Roster, ledger: Ledger, modules: NodeModules) {
    const { mesh, clock, random, gallery, logger, store } = modules
    const keys = nodeKeys(options.seed)
    const self = { self: options.name, roster }
    this.name = options.name
    this.rosterNote = options.roster
    this.roster = roster
    this.mesh = mesh
    this.#modules = modules
    this.ledger = ledger
    this.registry = new Registry({ roster }, { ledger, clock, logger })
    const { registry } = this
    const vault = new Vault({ boxKeys: keys.box }, { store })
    this.keeper = new ShardKeeper(self, { registry, vault, gallery, logger })
    const shardModules = { ledger, registry, keeper: this.keeper, gallery, mesh, clock }
    const server = new ShardServer(self, shardModules)
    this.search = new Search(
      { ...self, threshold: options.threshold },
      { ledger, registry, mesh, signer: keys.signer, clock, random },
    )
    const { search } = this
    this.enrolment = new Enrolment(self, { ledger, registry, search, mesh, clock, random })
    this.#replicator = new Replicator({ ledger, mesh, clock, random, logger })
    serveDeposits(self, { mesh, vault, signer: keys.signer })
    server.start()
  }

  /**
   * Opens the logs, folds the register, fills the gallery, and then takes part.
   *
   * @throws TamgaError `storage` when the disk is not what was signed; `bad-signature` or
   *   `not-found` when the roster is not the authority's, or does not name this node
   */
  static async start(options: NodeOptions, modules: NodeModules): Promise<Node> {
    const roster = openRoster(options.roster, noteVerifier(options.authority))
    const { signer } = nodeKeys(options.seed)
    const genesis = (): Uint8Array =>
      encodeEntry({
        type: 'genesis',
        at: modules.clock.now(),
        network: roster.network,
        node: options.name,
        rosterDigest: rosterDigest(options.roster),
      })
    const ledger = await Ledger.open(
      { self: options.name, roster, genesis },
      {
        store: modules.store,
        signer: noteSigner(logOrigin(roster.network, options.name), signer),
      },
    )
    const node = new Node(options, roster, ledger, modules)
    await node.registry.start()
    node.#replicator.start()
    return node
  }

  /** Whether its disk failed a write: it can still be read from, and must be started again. */
  get isBroken(): boolean {
    return this.ledger.isBroken
  }

  /** Stops taking part; what was acknowledged is on disk already. */
  async close(): Promise<void> {
    const { mesh, gallery, store } = this.#modules
    this.ledger.own.close()
    await mesh.close()
    await this.#replicator.close()
    await this.registry.close()
    await gallery.close()
    await store.close()
  }
}

/** A node's keys from its one secret: a signing and a box key that say nothing about each other. */
export function nodeKeys(seed: Uint8Array) {
  return {
    signer: signerFromSeed(nodeSigningSeed(seed)),
    box: boxKeysFromSeed(sha256(utf8('tamga/node/box/v1\n'), seed)),
  }
}

/** Also the seed of the node's identity in the mesh. */
export function nodeSigningSeed(seed: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/node/sign/v1\n'), seed)
}
