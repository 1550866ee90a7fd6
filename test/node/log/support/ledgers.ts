/** Ledgers of some nodes that replicate over a simulated network: no search, no enrolment. */
import { utf8 } from '../../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { noteSigner } from '../../../../crypto/note.ts'
import { cosigner } from '../../../../crypto/cosignature.ts'
import { Ledger } from '../../../../node/log/ledger.ts'
import type { Replicator } from '../../../../node/log/replicator.ts'
import { Upkeep } from '../../../../node/log/upkeep.ts'
import { silentLogger } from '../../../../node/logger.ts'
import type { Handler, Mesh } from '../../../../node/mesh/mesh.ts'
import type { Anchors } from '../../../../node/store/anchor.ts'
import type { Store } from '../../../../node/store/store.ts'
import { encodeEntry } from '../../../../protocol/entry/entry.ts'
import { CONSEQUENCES, TamgaError } from '../../../../protocol/errors.ts'
import { WITNESS } from '../../../../protocol/message/witness.ts'
import { mirrorName, witnessName } from '../../../../protocol/quorum.ts'
import { logOrigin, type Roster } from '../../../../protocol/roster.ts'
import { NO_FAULTS } from '../../../../simulations/world/faults.ts'
import { SimulatedDisk } from '../../../../simulations/world/memory-store.ts'
import { SimulatedWorld, type MachineModules } from '../../../../simulations/world/world.ts'
import { entriesOf } from './logs.ts'

const NETWORK = 'test.registry.kz'

/** Far more than anything here takes. */
const PATIENCE = { forMs: 600_000, eventsMax: 200_000 }

/** The disks of a machine. */
export const STORE = 'store'
export const ANCHORS = 'anchors'

export interface Member {
  readonly ledger: Ledger
  readonly upkeep: Upkeep
  readonly replicator: Replicator
  readonly store: Store
  readonly mesh: Mesh
  /** Whom it holds something against, and what. */
  readonly blamed: ReadonlySet<string>
}

/** What a node's mesh does otherwise than it should. */
export interface Misbehaviour {
  /** Its announcements are never sent, and nobody is asked to cosign its log. */
  readonly isMute?: boolean
  /** It signs without having asked anybody how far its log goes. */
  readonly isReckless?: boolean
  /** Answers these protocols in its own way; told what the proper answer would be. */
  readonly answers?: Record<string, (proper: () => Promise<Uint8Array>) => Promise<Uint8Array>>
}

export class Ledgers {
  readonly world: SimulatedWorld
  readonly roster: Roster

  constructor(seed: string, names: readonly string[]) {
    this.world = new SimulatedWorld({ seed, names, faults: NO_FAULTS })
    const nodes = names.map((name) => {
      const { publicKey } = keyOf(name)
      const { publicKey: mirrorKey } = keyOf(`mirror ${name}`)
      return { name, publicKey, boxKey: sha256(publicKey), mirrorKey, address: `/memory/${name}` }
    })
    const mirrors = Math.min(2, names.length - 1)
    const size = { epoch: 1, shards: 1, replicas: 1, mirrors }
    this.roster = { network: NETWORK, ...size, nodes, organisations: [] }
  }

  /** Starts all nodes, on the disks they have, and waits until their logs sign. */
  async startAll(misbehaviours: Readonly<Record<string, Misbehaviour>> = {}): Promise<Member[]> {
    const members: Member[] = []
    for (const { name } of this.roster.nodes) {
      members.push(await this.start(name, misbehaviours[name]))
    }
    await this.run(Promise.all(members.map(async ({ upkeep }) => upkeep.ready)))
    return members
  }

  /** Starts a node that is down, on the disks it had. Whether its log signs is another matter. */
  async start(name: string, misbehaviour: Misbehaviour = {}): Promise<Member> {
    const modules = this.world.machine(name).boot()
    const store = modules.openStore(STORE)
    const anchors = modules.openAnchors(ANCHORS)
    const ledger = await this.run(this.#open(name, { ...modules, store, anchors }))
    if (misbehaviour.isReckless) await this.run(ledger.own.permit())
    const blamed = new Set<string>()
    const mesh = misbehaving(modules.mesh, misbehaviour, blamed)
    const mirroring = cosigner(mirrorName(this.roster, name), keyOf(`mirror ${name}`))
    const upkeep = new Upkeep(
      { self: name, roster: this.roster },
      { ...modules, ledger, cosigner: mirroring, mesh, logger: silentLogger },
    )
    upkeep.start()
    return { ledger, upkeep, replicator: upkeep.replicator, store, mesh, blamed }
  }

  /** Takes a node's disks away: it is down, and the next start finds nothing. */
  wipe(name: string): void {
    const machine = this.world.machine(name)
    machine.crash()
    machine.disk(STORE).restore(new SimulatedDisk().image())
    machine.anchorDisk(ANCHORS).restore(new Map())
  }

  /** Lets time pass until `work` is done. */
  run<T>(work: Promise<T>): Promise<T> {
    return this.world.clock.finish(work, PATIENCE)
  }

  /** Lets time pass until something holds; fails if it never does. */
  until(holds: () => boolean): Promise<void> {
    return this.world.clock.run({ ...PATIENCE, until: holds })
  }

  pass(ms: number): Promise<void> {
    return this.world.clock.run({ forMs: ms, eventsMax: PATIENCE.eventsMax })
  }

  /** Appends to a node's own log until it has `size` entries. */
  async grow({ ledger }: Member, size: number): Promise<void> {
    const { own } = ledger
    const entries = entriesOf(own.size, size, own.name)
    await this.run(Promise.all(entries.map((entry) => own.append(entry))))
  }

  async #open(
    name: string,
    { clock, store, anchors }: MachineModules & { store: Store; anchors: Anchors },
  ): Promise<Ledger> {
    const { network } = this.roster
    const genesis = (): Uint8Array => {
      const rosterDigest = sha256(utf8('roster'))
      return encodeEntry({ type: 'genesis', at: clock.now(), network, node: name, rosterDigest })
    }
    const options = { self: name, roster: this.roster, genesis }
    await Ledger.init(options, { anchors })
    return Ledger.open(options, {
      store,
      anchors,
      signer: noteSigner(logOrigin(network, name), keyOf(name)),
      cosigner: cosigner(witnessName(this.roster, name), keyOf(name)),
      clock,
      logger: silentLogger,
    })
  }
}

/** The key of the node of that name, or with `mirror ` before it, of the mirror that it is. */
export function keyOf(name: string) {
  return signerFromSeed(sha256(utf8(`test/${name}`)))
}

function misbehaving(
  mesh: Mesh,
  { isMute, answers = {} }: Misbehaviour,
  blamed: Set<string>,
): Mesh {
  const serve = (protocol: string, handler: Handler): void => {
    const answer = answers[protocol]
    mesh.serve(protocol, (request, call) => {
      return answer ? answer(() => handler(request, call)) : handler(request, call)
    })
  }
  return {
    self: mesh.self,
    call: async (peer, protocol, request, options) => {
      if (isMute && protocol === WITNESS) throw new TamgaError('unreachable', 'it is mute')
      return mesh.call(peer, protocol, request, options)
    },
    serve,
    announce: (topic, bytes) => (isMute ? undefined : mesh.announce(topic, bytes)),
    listen: (topic, listener) => mesh.listen(topic, listener),
    blame: (peer, code) => {
      if (CONSEQUENCES[code].penalty !== 'none') blamed.add(`${peer} ${code}`)
    },
    peers: () => mesh.peers(),
    admit: (peers) => mesh.admit(peers),
    connected: () => mesh.connected(),
    close: () => mesh.close(),
  }
}
