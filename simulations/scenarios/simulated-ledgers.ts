/**
 * Ledgers in a simulated world: on each machine the log core of a production node and nothing else,
 * started again after every crash, with everything that leaves it read along.
 */
import { cosigner } from '../../crypto/cosignature.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { noteSigner } from '../../crypto/note.ts'
import { utf8 } from '../../crypto/bytes.ts'
import { Ledger } from '../../node/log/ledger.ts'
import { Upkeep } from '../../node/log/upkeep.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { mirrorName, witnessName } from '../../protocol/quorum.ts'
import { logOrigin, type Roster } from '../../protocol/roster.ts'
import { STORE, type LedgerRecords, type Writer } from './ledger-records.ts'
import { LyingMesh } from './lying-mesh.ts'
import { watchedMesh } from './watched-mesh.ts'

import type { Clock } from '../../node/clock.ts'
import type { Logger } from '../../node/logger.ts'
import type { Mesh } from '../../node/mesh/mesh.ts'
import type { Store } from '../../node/store/store.ts'
import type { SeededRandom } from '../world/seeded-random.ts'
import type { Machine, SimulatedWorld } from '../world/world.ts'

export const ANCHORS = 'anchors'

const NETWORK = 'simulated.registry.kz'

/** How long a machine stands still after a start that failed, ms. */
const RETRY_MS = 700

/** Starts that may fail before somebody comes and looks. */
const STARTS_MAX = 4

/** A node that is up. */
export interface Living extends Writer {
  readonly boot: number
  readonly ledger: Ledger
  readonly upkeep: Upkeep
  readonly store: Store
}

/** How a node behaves that does not run as it should. */
export interface Manners {
  /** Signs without having asked anybody how far its log goes. */
  readonly isRash?: boolean
  /** Lies, as this decides. */
  readonly lies?: SeededRandom
}

interface Keys {
  readonly signer: Signer
  readonly mirror: Signer
}

export class SimulatedLedgers {
  readonly world: SimulatedWorld
  readonly roster: Roster
  /** To be set before the first start. */
  records!: LedgerRecords
  /** Called when a machine cannot be started, again and again; says whether to go on trying. */
  onStuck: (machine: Machine, reason: string) => boolean = () => false
  readonly #keys: ReadonlyMap<string, Keys>
  readonly #living = new Map<Machine, Living>()
  readonly #made = new Set<Machine>()
  readonly #manners = new Map<Machine, Manners>()
  readonly #failures = new Map<Machine, number>()

  constructor({ world }: { world: SimulatedWorld }) {
    this.world = world
    const names = world.machines.map(({ name }) => name)
    this.#keys = new Map(names.map((name) => [name, keysOf(name)]))
    this.roster = rosterOf(names, this.#keys)
  }

  /** The nodes that are up, twins included. */
  living(): Living[] {
    return [...this.#living.values()].filter(({ machine, boot }) => {
      return machine.isUp && machine.boots === boot
    })
  }

  at(machine: Machine): Living | undefined {
    return this.living().find((living) => living.machine === machine)
  }

  behave(machine: Machine, manners: Manners): void {
    this.#manners.set(machine, manners)
  }

  isMade(machine: Machine): boolean {
    return this.#made.has(machine)
  }

  /** The next start makes what the logs stand on, as on the first day. */
  unmake(machine: Machine): void {
    this.#made.delete(machine)
  }

  /** A machine on copied disks. */
  adopt(machine: Machine): void {
    this.#made.add(machine)
  }

  /** Starts the node of a machine that is down; after a failed start, again a little later. */
  start(machine: Machine): void {
    const boot = machine.boots + 1
    this.#open(machine).then(
      (living) => {
        this.#failures.delete(machine)
        if (machine.boots === boot && machine.isUp) this.#living.set(machine, living)
      },
      (error: unknown) => this.#failed(machine, boot, asTamgaError(error).message),
    )
  }

  #failed(machine: Machine, boot: number, reason: string): void {
    const { clock } = this.world
    clock.trace.note(`${machine.name} does not start: ${reason}`)
    const failures = (this.#failures.get(machine) ?? 0) + 1
    this.#failures.set(machine, failures)
    clock.timer(RETRY_MS, () => {
      if (machine.boots !== boot || !machine.isUp) return
      machine.crash()
      if (failures < STARTS_MAX || this.onStuck(machine, reason)) this.start(machine)
    })
  }

  async #open(machine: Machine): Promise<Living> {
    const { name } = machine
    const { roster, records } = this
    const manners = this.#manners.get(machine) ?? {}
    const modules = machine.boot()
    const boot = machine.boots
    const { clock, random } = modules
    const self = { self: name, roster }
    const { signer, mirror } = this.#keys.get(name)!
    const witnessing = cosigner(witnessName(roster, name), signer)
    const mirroring = cosigner(mirrorName(roster, name), mirror)
    const logger = this.#logger(name)
    const store = modules.openStore(STORE)
    const anchors = modules.openAnchors(ANCHORS)
    const lies = manners.lies
    const wire: Mesh = lies
      ? new LyingMesh({ mesh: modules.mesh, random: lies, mirroring, witnessing })
      : modules.mesh
    const mesh = watchedMesh(wire, {
      checkpoint: (log, note) => records.left(name, log, note),
      cosignature: (kind, log, text) => records.cosigned(kind, name, log, text),
    })
    if (!this.#made.has(machine)) {
      await Ledger.init(self, { anchors })
      this.#made.add(machine)
    }
    const ledger = await Ledger.open(
      { ...self, genesis: () => genesisOf(name, clock) },
      {
        store,
        anchors,
        signer: noteSigner(logOrigin(NETWORK, name), signer),
        cosigner: witnessing,
        clock,
        logger,
      },
    )
    const upkeep = new Upkeep(self, {
      ledger,
      cosigner: mirroring,
      mesh,
      clock,
      random,
      logger,
    })
    const living = { name, machine, boot, ledger, upkeep, store }
    this.#watch(living)
    if (manners.isRash) await ledger.own.permit().catch(() => undefined)
    upkeep.start()
    return living
  }

  /** What nodes say is part of what happened. */
  #logger(name: string): Logger {
    const { trace } = this.world.clock
    const note = (message: string, fields: object = {}): void => {
      trace.note(`${name}: ${message} ${JSON.stringify(fields)}`)
    }
    const logger = { debug: note, info: note, warn: note, error: note }
    return { ...logger, child: () => this.#logger(name) }
  }

  #watch({ name, machine, ledger: { own } }: Living): void {
    const look = (): void => this.records.grew({ name, machine }, own.checkpoint)
    look()
    own.onGrown(look)
  }
}

function genesisOf(node: string, clock: Clock): Uint8Array {
  const rosterDigest = sha256(utf8('roster'))
  return encodeEntry({ type: 'genesis', at: clock.now(), network: NETWORK, node, rosterDigest })
}

/** The same in every simulation: to make a key costs as much as to sign. */
function keysOf(name: string): Keys {
  const known = keysMade.get(name)
  if (known) return known
  const key = (use: string): Signer => signerFromSeed(sha256(utf8(`simulated/${use}/${name}`)))
  const made = { signer: key('sign'), mirror: key('mirror') }
  keysMade.set(name, made)
  return made
}

const keysMade = new Map<string, Keys>()

function rosterOf(names: readonly string[], keys: ReadonlyMap<string, Keys>): Roster {
  const mirrors = Math.min(2, names.length - 1)
  return {
    network: NETWORK,
    epoch: 1,
    shards: 1,
    replicas: 1,
    mirrors,
    nodes: names.map((name) => {
      const { signer, mirror } = keys.get(name)!
      const { publicKey } = signer
      const boxKey = sha256(publicKey)
      const address = `/memory/${name}`
      return { name, publicKey, boxKey, mirrorKey: mirror.publicKey, address }
    }),
    organisations: [],
  }
}
