/**
 * A register in a simulated world: production nodes on simulated machines, started again after
 * every crash, with everything that they acknowledge written down from outside.
 */
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { formatVkey, noteSigner, type NoteSigner } from '../../crypto/note.ts'
import type { Gallery } from '../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import { signRequest, type StationRequest } from '../../node/post/request.ts'
import { adultApplication } from '../../node/demo/adult.ts'
import { appointOfficials, foundRegister, type Officials } from '../../node/demo/officials.ts'
import { Ledger } from '../../node/log/ledger.ts'
import { Node, nodeKeys } from '../../node/node.ts'
import { silentLogger, type Logger } from '../../node/logger.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { ClosedLog } from '../../protocol/roster-history.ts'
import { signRoster, type Roster, type RosterNode } from '../../protocol/roster.ts'
import { SEED_2017 } from '../../protocol/rules/policies/seed-2017.ts'
import type { Policy } from '../../protocol/rules/policy.ts'
import { successorOf, type SignedRoster } from '../../protocol/succession.ts'
import type { Action } from '../../protocol/statement.ts'
import { SimulatedKeyShelf } from '../world/simulated-key-shelf.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import type { Machine, SimulatedWorld } from '../world/world.ts'

const SEED_BYTES = 32
const NETWORK = 'simulated.registry.kz'
const AUTHORITY = `${NETWORK}/authority`
const STORE = 'store'
const ANCHORS = 'anchors'
const KEYS = 'keys'

/** Statements may be signed a little before the simulation begins, ms. */
const APPOINTED_BEFORE_MS = 172_800_000

/** How often the founding may be begun again: disks fail rarely. */
const FOUNDINGS_MAX = 20

/** How long a machine stands still after a start that failed, ms. */
const RETRY_MS = 1_000

export interface SimulatedRegisterOptions {
  readonly shards: number
  readonly replicas: number
  /** How many times as often as the rules have it officers may ask. */
  readonly rateFactor?: number
  /** Share of its queries that a node asks twice; none if absent. */
  readonly secondLookShare?: number
  /** The machines that the first roster has; all if absent. Others wait for a roster of theirs. */
  readonly first?: readonly string[]
  /** What a node keeps its shards' people in; a `MemoryGallery` if absent. */
  readonly galleryOf?: (name: string) => Gallery
  /** Of all nodes. */
  readonly logger?: Logger
}

/** A checkpoint that a node has let out of its hands. */
export interface SeenCheckpoint {
  readonly log: string
  readonly note: string
}

export class SimulatedRegister {
  readonly world: SimulatedWorld
  readonly officials: Officials
  /** Every checkpoint that any log has ever shown, in order. */
  readonly seen: SeenCheckpoint[] = []
  /** The newest roster that somebody has gone over to. */
  #current: SignedRoster
  readonly #signer: NoteSigner
  readonly #authority: string
  readonly #rateFactor: number | undefined
  readonly #secondLookShare: number
  readonly #galleryOf: (name: string) => Gallery
  readonly #logger: Logger
  readonly #seeds: ReadonlyMap<string, Uint8Array>
  /** Those that have finished starting. */
  readonly #nodes = new Map<string, Node>()
  /** Those that know how far their own log goes. */
  readonly #ready = new Set<Node>()

  constructor(options: SimulatedRegisterOptions, { world }: { world: SimulatedWorld }) {
    const { shards, replicas, rateFactor, first, secondLookShare = 0, galleryOf } = options
    const random = world.random.fork('register')
    const names = world.machines.map(({ name }) => name)
    const authority = signerFromSeed(random.bytes(SEED_BYTES))
    this.#signer = noteSigner(AUTHORITY, authority)
    this.world = world
    this.#rateFactor = rateFactor
    this.#secondLookShare = secondLookShare
    this.#galleryOf = galleryOf ?? (() => new MemoryGallery())
    this.#logger = options.logger ?? silentLogger
    this.#seeds = new Map(names.map((name) => [name, random.bytes(SEED_BYTES)]))
    const from = Math.max(0, world.clock.now() - APPOINTED_BEFORE_MS)
    this.officials = appointOfficials({ network: NETWORK, region: names[0]!, from }, () =>
      random.bytes(SEED_BYTES),
    )
    const nodes = first ?? names
    const roster = {
      network: NETWORK,
      epoch: 1,
      shards,
      replicas,
      mirrors: Math.min(2, nodes.length - 1),
      nodes: nodes.map((name) => this.#line(name)),
      organisations: this.officials.organisations,
    }
    this.#current = { roster, note: signRoster(roster, this.#signer) }
    this.#authority = formatVkey(AUTHORITY, authority.publicKey)
  }

  get roster(): Roster {
    return this.#current.roster
  }

  /** The roster with all its signatures. */
  get rosterNote(): string {
    return this.#current.note
  }

  /** A roster of these nodes, signed by the authority; whoever is not among them has left. */
  propose(names: readonly string[], closed: readonly ClosedLog[] = []): SignedRoster {
    const nodes = names.map((name) => this.#line(name))
    return this.sign(successorOf(this.#current, nodes, { closed }))
  }

  /** As the authority signs it. */
  sign(roster: Roster): SignedRoster {
    return { roster, note: signRoster(roster, this.#signer) }
  }

  /** Has a node open the epoch of a roster, and starts whoever joins with it. */
  async open({ roster, note }: SignedRoster, at: Node): Promise<void> {
    const before = this.roster.nodes
    this.#current = { roster, note: await at.succession.open(note) }
    for (const { name } of roster.nodes) {
      if (!before.some((node) => node.name === name)) this.start(this.world.machine(name))
    }
  }

  /**
   * Makes the officers known and the law be in force, by default the seed's, at the first node that
   * takes entries; goes on where it was when a disk has failed in between.
   */
  async found(policies: readonly Policy[] = [SEED_2017]): Promise<void> {
    const { clock } = this.world
    for (let attempt = 1; ; attempt += 1) {
      const [first] = this.nodes()
      try {
        if (!first) throw new TamgaError('not-ready', 'no node takes entries')
        await foundRegister(first, { network: NETWORK, policies }, this.officials, { clock })
        return
      } catch (error) {
        if (attempt === FOUNDINGS_MAX) throw error
        this.restartBroken((node) => node.isBroken)
        await clock.sleep(RETRY_MS)
      }
    }
  }

  /** Whether every node takes entries; those whose disk has failed are started again. */
  areAllUp(): boolean {
    this.restartBroken((node) => node.isBroken)
    return this.nodes().length === this.roster.nodes.length
  }

  /** Whether every node that is up has folded all that these have written. */
  isSettled(): boolean {
    const nodes = this.nodes()
    const sizes = new Map(nodes.map(({ name, ledger }) => [name, ledger.own.size]))
    return nodes.every(({ registry }) => {
      return registry.frontier().every(({ node, size }) => size >= (sizes.get(node) ?? 0))
    })
  }

  /** What a station sends: adults are enrolled, and asked for at the border. */
  request(
    action: Extract<Action, 'enrol' | 'identify' | 'verify'>,
    fingers: readonly CapturedFinger[],
    random: SeededRandom,
    handle?: Uint8Array,
  ): StationRequest {
    const { clock } = this.world
    const isEnrolment = action === 'enrol'
    const role = isEnrolment ? 'enrolment-officer' : 'border-officer'
    const about = {
      network: NETWORK,
      action,
      post: 'post-1',
      purpose: isEnrolment ? 'document-issue' : 'border-control',
      caseNumber: this.world.seed,
      legalBasis: 'simulation',
      handle,
      fingers,
      ...(isEnrolment ? { application: adultApplication(fingers, { clock, random }) } : {}),
    }
    return signRequest(about, this.officials.officers[role], { clock, random })
  }

  /** The nodes that are up and know how far their own log goes. */
  nodes(): Node[] {
    return this.world.machines.flatMap(({ name }) => {
      const node = this.#nodes.get(name)
      return node && this.#ready.has(node) ? [node] : []
    })
  }

  /** The node of that name, from when it has finished starting. */
  node(name: string): Node | undefined {
    return this.#nodes.get(name)
  }

  /** Starts the node of a machine that is down; after a failed start, again a little later. */
  start(machine: Machine): void {
    this.#nodes.delete(machine.name)
    const boot = machine.boots + 1
    this.#boot(machine).then(
      (started) => {
        if (machine.boots === boot && machine.isUp) this.#watch(machine, started)
      },
      () => {
        this.world.clock.timer(RETRY_MS, () => {
          if (machine.boots !== boot || !machine.isUp) return
          machine.crash()
          this.start(machine)
        })
      },
    )
  }

  startAll(): void {
    for (const { name } of this.roster.nodes) this.start(this.world.machine(name))
  }

  /** The machine is down: its node is not to be asked any more. */
  forget(machine: Machine): void {
    this.#nodes.delete(machine.name)
  }

  /** Nodes whose disk has failed take no more entries: somebody comes and restarts them. */
  restartBroken(isBroken: (node: Node) => boolean): void {
    for (const machine of this.world.machines) {
      const node = this.#nodes.get(machine.name)
      if (!node || !machine.isUp || !isBroken(node)) continue
      machine.crash()
      this.start(machine)
    }
  }

  /** Who has what, for a report of what went wrong. */
  state(): string {
    const lines = this.world.machines.map(({ name, isUp }) => {
      const node = this.#nodes.get(name)
      if (!node) return `${name} ${isUp ? 'is starting' : 'is down'}`
      if (!this.#ready.has(node)) return `${name} does not sign, ${node.ledger.own.refusal}`
      const folded = node.registry.frontier().map(({ size }) => size)
      const held = node.ledger.frontier().map(({ size }) => size)
      return `${name} folded ${folded.join(' ')} of ${held.join(' ')}`
    })
    return lines.join('; ')
  }

  async #boot(machine: Machine): Promise<Node> {
    const { name } = machine
    const { openStore, openAnchors, ...modules } = machine.boot()
    const anchors = openAnchors(ANCHORS)
    await Ledger.init({ self: name, roster: this.roster }, { anchors })
    return Node.start(
      {
        name,
        roster: this.#current.note,
        authority: this.#authority,
        seed: this.#seeds.get(name)!,
        rateFactor: this.#rateFactor,
        secondLookShare: this.#secondLookShare,
      },
      {
        ...modules,
        store: openStore(STORE),
        anchors,
        keys: await SimulatedKeyShelf.open({ disk: openStore(KEYS) }),
        gallery: this.#galleryOf(name),
        logger: this.#logger,
      },
    )
  }

  #line(name: string): RosterNode {
    const { signer, box, mirror } = nodeKeys(this.#seeds.get(name)!)
    return {
      name,
      publicKey: signer.publicKey,
      boxKey: box.publicKey,
      mirrorKey: mirror.publicKey,
      address: `/memory/${name}`,
    }
  }

  pick(random: SeededRandom): Node | undefined {
    const up = this.nodes().filter(({ name }) => this.world.machine(name).isUp)
    return up.length > 0 ? random.pick(up) : undefined
  }

  #watch(machine: Machine, node: Node): void {
    const { own } = node.ledger
    const note = (): void => {
      if (own.checkpoint !== undefined) this.seen.push({ log: own.name, note: own.checkpoint })
    }
    note()
    own.onGrown(note)
    this.#nodes.set(machine.name, node)
    void node.ready().then(() => {
      if (own.isSigning) this.#ready.add(node)
    })
  }
}
