/** Ledgers of some nodes that replicate over a simulated network: no search, no enrolment. */
import { utf8 } from '../../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { noteSigner } from '../../../../crypto/note.ts'
import { Ledger } from '../../../../node/log/ledger.ts'
import { Replicator } from '../../../../node/log/replicator.ts'
import { silentLogger } from '../../../../node/logger.ts'
import type { Handler, Mesh } from '../../../../node/mesh/mesh.ts'
import type { Store } from '../../../../node/store/store.ts'
import { encodeEntry } from '../../../../protocol/entry/entry.ts'
import { logOrigin, type Roster } from '../../../../protocol/roster.ts'
import { NO_FAULTS } from '../../../../simulations/world/faults.ts'
import { SimulatedWorld, type MachineModules } from '../../../../simulations/world/world.ts'
import { entriesOf } from './logs.ts'

const NETWORK = 'test.registry.kz'

/** Far more than anything here takes. */
const PATIENCE = { forMs: 600_000, eventsMax: 200_000 }

export interface Member {
  readonly ledger: Ledger
  readonly replicator: Replicator
  readonly store: Store
  /** Whom it has blamed, and for what. */
  readonly blamed: ReadonlySet<string>
}

/** What a node's mesh does otherwise than it should. */
export interface Misbehaviour {
  /** Its announcements are never sent. */
  readonly isMute?: boolean
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

  /** Starts a node that is down, on the disk it had. */
  async start(name: string, misbehaviour: Misbehaviour = {}): Promise<Member> {
    const modules = this.world.machine(name).boot()
    const store = modules.openStore('store')
    const ledger = await this.run(this.#open(name, store, modules))
    const blamed = new Set<string>()
    const mesh = misbehaving(modules.mesh, misbehaviour, blamed)
    const replicator = new Replicator({ ...modules, ledger, mesh, logger: silentLogger })
    replicator.start()
    return { ledger, replicator, store, blamed }
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

  #open(name: string, store: Store, { clock }: MachineModules): Promise<Ledger> {
    const { network } = this.roster
    const genesis = (): Uint8Array => {
      const rosterDigest = sha256(utf8('roster'))
      return encodeEntry({ type: 'genesis', at: clock.now(), network, node: name, rosterDigest })
    }
    const signer = noteSigner(logOrigin(network, name), keyOf(name))
    return Ledger.open({ self: name, roster: this.roster, genesis }, { store, signer })
  }
}

function keyOf(name: string) {
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
    call: (...call) => mesh.call(...call),
    serve,
    announce: (topic, bytes) => (isMute ? undefined : mesh.announce(topic, bytes)),
    listen: (topic, listener) => mesh.listen(topic, listener),
    blame: (peer, code) => void blamed.add(`${peer} ${code}`),
    peers: () => mesh.peers(),
    connected: () => mesh.connected(),
    close: () => mesh.close(),
  }
}
