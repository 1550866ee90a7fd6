/**
 * A regional node: the only place where everything meets.
 *
 * Time, randomness, disk, network and gallery come from outside, so that a process with libp2p and
 * LevelDB and a simulation on a seed run exactly this.
 */
import { equalBytes, utf8 } from '../crypto/bytes.ts'
import { signerFromSeed } from '../crypto/ed25519.ts'
import { cosigner } from '../crypto/cosignature.ts'
import { noteSigner, noteVerifier } from '../crypto/note.ts'
import { boxKeysFromSeed } from '../crypto/sealing.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Gallery } from '../matcher/gallery/gallery.ts'
import { encodeEntry } from '../protocol/entry/entry.ts'
import { asTamgaError } from '../protocol/errors.ts'
import { mirrorName, witnessName } from '../protocol/quorum.ts'
import { logOrigin, rosterDigest } from '../protocol/roster.ts'
import { Batcher } from './access/batcher.ts'
import { RecordPuller } from './access/record-puller.ts'
import { RecordShelf } from './access/record-shelf.ts'
import { serveBatches } from './access/serve-batches.ts'
import { Acts } from './acts/acts.ts'
import { Gatherer } from './acts/gatherer.ts'
import { Neighbours } from './acts/neighbours.ts'
import { Resolver } from './acts/resolver.ts'
import { Reader } from './acts/reader.ts'
import { Succession } from './acts/succession.ts'
import { WatchCopies } from './border/watch-copies.ts'
import type { Clock } from './clock.ts'
import { Enrolment } from './enrol/enrol.ts'
import { judgeEnrolment } from './enrol/judge.ts'
import { Eraser } from './erasure/eraser.ts'
import { serveFolded } from './erasure/folded-server.ts'
import { LiveRoster } from './live-roster.ts'
import { Ledger } from './log/ledger.ts'
import { Upkeep } from './log/upkeep.ts'
import type { Logger } from './logger.ts'
import type { Mesh } from './mesh/mesh.ts'
import type { Random } from './random.ts'
import { Admission } from './registry/admission.ts'
import { Epochs } from './registry/epochs.ts'
import { HandleBook } from './registry/handle-book.ts'
import { Registry } from './registry/registry.ts'
import { Relatives } from './registry/relatives.ts'
import { SECOND_LOOK_SHARE } from './limits.ts'
import { CrossChecker } from './search/cross-checker.ts'
import { Disputes } from './search/disputes.ts'
import { Mender } from './search/mender.ts'
import { Mover } from './search/mover.ts'
import { Pace } from './search/pace.ts'
import { Replayer } from './search/replayer.ts'
import { Samples } from './search/samples.ts'
import { Search } from './search/search.ts'
import { SecondLook } from './search/second-look.ts'
import { ShardKeeper } from './search/shard-keeper.ts'
import { ShardServer } from './search/shard-server.ts'
import type { Anchors } from './store/anchor.ts'
import type { KeyShelf } from './store/key-shelf.ts'
import type { Store } from './store/store.ts'
import { serveDeposits } from './vault/deposit-server.ts'
import { serveRecords } from './vault/record-server.ts'
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
  /**
   * How many times as often as the rules have it officers may ask this node; 1 if absent. More is
   * for imports and for measuring.
   */
  readonly rateFactor?: number
  /** Whether a node that is late in a search is followed by another at once; true if absent. */
  readonly isHedged?: boolean
  /** Share of its queries that are asked twice, 0 to 1; `SECOND_LOOK_SHARE` if absent. */
  readonly secondLookShare?: number
}

export interface NodeModules {
  readonly store: Store
  /** Outside the store: what the node knows even when the store has lost it. */
  readonly anchors: Anchors
  /** What makes sealed records openable: where no backup reaches. */
  readonly keys: KeyShelf
  readonly mesh: Mesh
  readonly gallery: Gallery
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** What has to be read from the disk before a node can be put together. */
interface Opened {
  readonly ledger: Ledger
  readonly shelf: RecordShelf
  readonly registry: Registry
  readonly book: HandleBook
  readonly relatives: Relatives
  readonly disputes: Disputes
}

export class Node {
  readonly name: string
  /** Of the epoch that it is in. */
  readonly roster: LiveRoster
  readonly ledger: Ledger
  readonly registry: Registry
  readonly keeper: ShardKeeper
  readonly search: Search
  readonly secondLook: SecondLook
  readonly samples: Samples
  readonly replayer: Replayer
  readonly disputes: Disputes
  readonly enrolment: Enrolment
  readonly acts: Acts
  readonly book: HandleBook
  readonly succession: Succession
  readonly watchCopies: WatchCopies
  readonly mesh: Mesh
  /** Access records of this node's log and of those that it keeps. */
  readonly shelf: RecordShelf
  readonly #upkeep: Upkeep
  readonly #puller: RecordPuller
  readonly #mender: Mender
  readonly #mover: Mover
  readonly #crossChecker: CrossChecker
  readonly #resolver: Resolver
  readonly #eraser: Eraser
  readonly #modules: NodeModules
  /** A rotation of the book's key that the last run left half done. */
  #resuming: Promise<void> = Promise.resolve()

  private constructor(
    options: NodeOptions,
    roster: LiveRoster,
    { ledger, shelf, registry, book, relatives, disputes }: Opened,
    modules: NodeModules,
  ) {
    const { mesh, clock, random, gallery, logger, store } = modules
    const authority = noteVerifier(options.authority)
    const { signer, box, mirror } = nodeKeys(options.seed)
    const self = { self: options.name, roster }
    this.name = options.name
    this.roster = roster
    this.mesh = mesh
    this.#modules = modules
    this.ledger = ledger
    this.book = book
    this.registry = registry
    const vault = new Vault({ boxKeys: box }, { store, keys: modules.keys, random })
    this.keeper = new ShardKeeper(self, { registry, vault, gallery, logger })
    this.shelf = shelf
    const batcher = new Batcher({ ledger, shelf })
    const shardModules = { ledger, batcher, registry, keeper: this.keeper, gallery, mesh, clock }
    const pace = new Pace(modules)
    const server = new ShardServer(self, { ...shardModules, pace })
    const admission = new Admission(self, { ledger, registry, clock })
    const asking = { ledger, batcher, registry, admission, mesh, clock, random }
    const { threshold, isHedged, secondLookShare: share = SECOND_LOOK_SHARE } = options
    this.disputes = disputes
    this.samples = new Samples({ clock })
    registry.onPerson(async (handle, enrolled) => {
      if (!enrolled) this.samples.forget(handle)
    })
    this.secondLook = new SecondLook(
      { roster, share },
      { mesh, ledger, clock, random, logger, disputes, samples: this.samples },
    )
    this.replayer = new Replayer(self, { ...shardModules, signer, samples: this.samples })
    const searching = { ...asking, signer, secondLook: this.secondLook, pace }
    this.search = new Search({ ...self, threshold, isHedged }, searching)
    this.enrolment = new Enrolment(self, { ...asking, search: this.search })
    this.#puller = pullerFor(self, { ledger, shelf, registry, mesh, clock, logger })
    const gatherer = new Gatherer(self, { registry, puller: this.#puller, mesh, clock })
    const reader = new Reader(self, { ledger, shelf, registry, gatherer, book, signer, clock })
    const neighbours = new Neighbours({ mesh, clock })
    this.#resolver = new Resolver(self, { ...asking, book, neighbours, logger })
    this.acts = new Acts(self, { ...asking, book, relatives, reader, resolver: this.#resolver })
    const mirroring = cosigner(mirrorName(roster, options.name), mirror)
    this.#upkeep = new Upkeep(self, { ledger, cosigner: mirroring, mesh, clock, random, logger })
    serveDeposits(self, {
      mesh,
      vault,
      signer,
      judge: (...about) => judgeEnrolment(...about, { roster, registry, clock }),
      isCaught: (node) => ledger.quarantine.has(node),
    })
    serveRecords(self, { mesh, vault, isHeld: isHeldBy(registry) })
    serveFolded(self, { ledger, registry, mesh })
    this.#mender = new Mender(self, { keeper: this.keeper, vault, mesh, clock, logger })
    this.#mover = new Mover(self, { ...shardModules, vault, logger })
    const succeeding = { ledger, registry, mesh, store, signer, clock, logger }
    this.succession = new Succession({ ...self, authority }, succeeding)
    this.watchCopies = new WatchCopies(self, { registry, signer, clock, random })
    this.#crossChecker = new CrossChecker(
      { ...self, thresholdFor: (fingers) => this.search.threshold(fingers) },
      { ledger, registry, vault, mesh, clock, random, logger },
    )
    this.#eraser = new Eraser(self, { ledger, registry, vault, book, mesh, clock, logger })
    server.start()
    this.replayer.start()
    followEpochs(self, { mesh, ledger })
  }

  /** The roster with all its signatures. */
  get rosterNote(): string {
    return this.roster.current.note
  }

  /**
   * Opens the logs, folds the register, and then takes part, while the gallery is being filled.
   *
   * @throws TamgaError `not-found`: its logs were never made, see `Ledger.init`, or the roster does
   *   not name it; `storage` when a mirror on disk is not what was signed; `bad-signature` when the
   *   roster is not the authority's
   */
  static async start(options: NodeOptions, modules: NodeModules): Promise<Node> {
    const authority = noteVerifier(options.authority)
    const newest = await Epochs.newest(options.roster, authority, modules.store)
    const roster = new LiveRoster(newest)
    modules.mesh.admit(roster.nodes)
    const { signer, box } = nodeKeys(options.seed)
    const genesis = (): Uint8Array =>
      encodeEntry({
        type: 'genesis',
        at: modules.clock.now(),
        network: roster.network,
        node: options.name,
        rosterDigest: rosterDigest(newest.note),
      })
    const ledger = await Ledger.open(
      { self: options.name, roster, genesis },
      {
        ...modules,
        signer: noteSigner(logOrigin(roster.network, options.name), signer),
        cosigner: cosigner(witnessName(roster, options.name), signer),
      },
    )
    const { store, random, clock, logger } = modules
    const shelf = new RecordShelf({ store })
    const registry = new Registry(
      { self: options.name, roster, rateFactor: options.rateFactor },
      {
        ledger,
        shelf,
        clock,
        logger,
        epochs: new Epochs({ roster, authority }, { ledger, store, logger }),
      },
    )
    const { conduct } = registry
    const book = await HandleBook.open({ boxKeys: box }, { store, random })
    const relatives = await Relatives.open({ boxKeys: box }, { store, random, conduct })
    const disputes = await Disputes.open({ ledger, store, logger })
    const opened = { ledger, shelf, registry, book, relatives, disputes }
    const node = new Node(options, roster, opened, modules)
    await node.registry.start()
    await node.succession.start()
    // What old entries show was told when they were new.
    conduct.onAlarm((alarm) => logger.warn('an alarm', { ...alarm }))
    node.keeper.start()
    node.#upkeep.start()
    node.#puller.start()
    void node.#upkeep.ready.then(() => node.#sayWhetherReady())
    node.#mender.start()
    node.#mover.start()
    node.#crossChecker.start()
    node.#resolver.start()
    node.#resuming = book.resume().catch((error: unknown) => {
      logger.error('the book of handles', { reason: asTamgaError(error).message })
    })
    return node
  }

  /**
   * Resolves when its log takes entries, or when it is known that it will not: see its `refusal`;
   * and when all its shards can be searched, but for records that are missing. Until enough of the
   * others have said how far they know the log to go, it does not.
   */
  async ready(): Promise<void> {
    await Promise.all([this.#upkeep.ready, this.keeper.filled()])
  }

  /** Whether its disk failed a write: it can still be read from, and must be started again. */
  get isBroken(): boolean {
    return this.ledger.isBroken || this.#modules.keys.isBroken
  }

  #sayWhetherReady(): void {
    const { refusal, isSigning, size } = this.ledger.own
    const { logger } = this.#modules
    if (refusal !== undefined) logger.error('the own log does not sign', { reason: refusal })
    else if (isSigning) logger.info('the own log takes entries', { size })
  }

  /** Stops taking part; what was acknowledged is on disk already. */
  async close(): Promise<void> {
    const { mesh, gallery, store, keys } = this.#modules
    this.ledger.own.close()
    await mesh.close()
    await this.#upkeep.close()
    await this.#puller.close()
    await this.#mender.close()
    await this.#mover.close()
    await this.#crossChecker.close()
    await this.secondLook.close()
    await this.#resolver.close()
    await this.#eraser.close()
    await this.registry.close()
    await this.keeper.close()
    await this.#resuming
    await gallery.close()
    await keys.close()
    await store.close()
  }
}

/** Whoever is a node is admitted, and a node that is none any more signs nothing. */
function followEpochs(
  { self, roster }: { readonly self: string; readonly roster: LiveRoster },
  { mesh, ledger }: { readonly mesh: Mesh; readonly ledger: Ledger },
): void {
  roster.onEpoch(({ nodes }) => {
    mesh.admit(nodes)
    const hasLeft = nodes.every(({ name }) => name !== self)
    if (hasLeft) ledger.own.refuse('its node has left the register')
  })
}

/** Gets the access records that the register wants, and hands out those that are here. */
function pullerFor(
  options: ConstructorParameters<typeof RecordPuller>[0],
  modules: ConstructorParameters<typeof RecordPuller>[1] & { readonly registry: Registry },
): RecordPuller {
  const { registry } = modules
  const puller = new RecordPuller(options, modules)
  puller.onArrival((log, index) => void registry.arrived(log, index))
  registry.records.onWanted((log, index) => puller.want(log, index))
  serveBatches(modules)
  return puller
}

/** Whether an enrolment of the person commits to the record, and the person was not erased. */
function isHeldBy(registry: Registry) {
  return (handle: Uint8Array, commitment: Uint8Array): boolean => {
    if (registry.lives.life(handle).status === 'erased') return false
    return registry.enrolments(handle).some((one) => equalBytes(one.commitment, commitment))
  }
}

/** A node's keys from its one secret, none of which says anything about another. */
export function nodeKeys(seed: Uint8Array) {
  return {
    signer: signerFromSeed(nodeSigningSeed(seed)),
    box: boxKeysFromSeed(sha256(utf8('tamga/node/box/v1\n'), seed)),
    mirror: signerFromSeed(sha256(utf8('tamga/node/mirror/v1\n'), seed)),
  }
}

/** Also the seed of the node's identity in the mesh. */
export function nodeSigningSeed(seed: Uint8Array): Uint8Array {
  return sha256(utf8('tamga/node/sign/v1\n'), seed)
}
