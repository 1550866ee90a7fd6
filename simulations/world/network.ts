/**
 * The network between simulated nodes: it delays, reorders, loses, repeats and partitions, all of
 * it by the seed. Size does not matter to it: bandwidth is not simulated.
 */
import { Links } from './links.ts'
import {
  SimulatedMesh,
  type Answer,
  type GiveUp,
  type Request,
  type Wire,
} from './simulated-mesh.ts'

import type { Clock } from '../../node/clock.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { NetworkFaults } from './faults.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface NetworkOptions {
  /** The roster. */
  readonly names: readonly string[]
  readonly faults: NetworkFaults
}

/** `by` says that `peer` sent what no honest node sends. */
export interface Blame {
  readonly by: string
  readonly peer: string
  readonly code: ErrorCode
}

/** Blames that are kept: the first ones tell what went wrong. */
const BLAMES_MAX = 1_000

/** A process that goes by the name of another, and the peers that are connected to it instead. */
interface Twin {
  readonly mesh: SimulatedMesh
  near: ReadonlySet<string>
}

export interface NetworkModules {
  readonly clock: VirtualClock
  readonly random: SeededRandom
}

export class SimulatedNetwork {
  readonly names: readonly string[]
  /** What nodes have held against each other; among honest ones, nothing. */
  readonly blames: Blame[] = []
  /** May be changed while the simulation runs: a storm that begins or ends. */
  faults: NetworkFaults
  readonly #clock: VirtualClock
  readonly #random: SeededRandom
  readonly #links: Links
  readonly #meshes = new Map<string, SimulatedMesh>()
  /** Second processes under the name of a first. */
  readonly #twins = new Map<string, Twin>()
  readonly #silenced = new Set<string>()
  /** What waits for processes whose event loops stand still. */
  readonly #stalled = new Map<string, (() => void)[]>()

  constructor({ names, faults }: NetworkOptions, { clock, random }: NetworkModules) {
    this.names = [...names]
    this.faults = faults
    this.#clock = clock
    this.#random = random
    this.#links = new Links(this.names)
  }

  /** Connects the node `name`, which must not be connected, with its own clock if it has one. */
  join(name: string, { clock = this.#clock }: { clock?: Clock } = {}): SimulatedMesh {
    if (!this.names.includes(name)) throw new RangeError(`${name} is not in the roster`)
    if (this.#meshes.has(name)) throw new RangeError(`${name} is connected already`)
    const mesh: SimulatedMesh = this.#mesh(name, clock)
    this.#meshes.set(name, mesh)
    return mesh
  }

  /**
   * Connects a second process under `name`, as on a copied disk: it is the one that the peers in
   * `near` are connected to, and the others go on with the first.
   */
  joinTwin(name: string, near: Iterable<string>, { clock }: { clock: Clock }): SimulatedMesh {
    if (this.#twins.has(name)) throw new RangeError(`${name} has a twin already`)
    const mesh: SimulatedMesh = this.#mesh(name, clock)
    this.#twins.set(name, { mesh, near: new Set(near) })
    return mesh
  }

  /** From now on these peers are connected to the twin, and no others. */
  moveTwin(name: string, near: Iterable<string>): void {
    const twin = this.#twins.get(name)
    if (twin) twin.near = new Set(near)
  }

  /** Kills the twin; its peers are connected to the first again. */
  crashTwin(name: string): void {
    this.#twins.get(name)?.mesh.halt()
    this.#twins.delete(name)
  }

  /**
   * Kills the process of `name`: its handlers are gone and its calls never settle. Some of those
   * who wait for it notice that it hung up, the others wait until their deadline.
   */
  crash(name: string): void {
    this.#meshes.get(name)?.halt()
    this.#disconnect(name)
  }

  /** `join` for a node that has crashed: a new process that knows nothing of the old one. */
  restart(name: string, modules: { clock?: Clock } = {}): SimulatedMesh {
    return this.join(name, modules)
  }

  isUp(name: string): boolean {
    return this.#meshes.has(name)
  }

  /** Cuts every link between two groups; nodes that no group names are one more group. */
  partition(groups: readonly (readonly string[])[]): void {
    this.#links.partition(groups)
  }

  /** From now on nothing that `from` sends reaches `to`; the other direction is left as it is. */
  cut(from: string, to: string): void {
    this.#links.cut(from, to)
  }

  /** All links work again. */
  heal(): void {
    this.#links.heal()
  }

  /**
   * `name` goes on handling requests of `protocol`, but its answers get lost. The returned function
   * ends that.
   */
  silence(name: string, protocol: string): () => void {
    const key = `${name} ${protocol}`
    this.#silenced.add(key)
    return () => {
      this.#silenced.delete(key)
    }
  }

  /**
   * The event loop of `name` stands still: it hears nothing until the returned function is called,
   * and then all of it at once.
   */
  stall(name: string): () => void {
    this.#stalled.set(name, [])
    return () => {
      const waiting = this.#stalled.get(name) ?? []
      this.#stalled.delete(name)
      for (const hear of waiting) hear()
    }
  }

  #mesh(name: string, clock: Clock): SimulatedMesh {
    const mesh: SimulatedMesh = new SimulatedMesh(
      { self: name },
      { wire: this.#wire(name, () => mesh), clock },
    )
    return mesh
  }

  #wire(name: string, self: () => SimulatedMesh): Wire {
    return {
      names: this.names,
      request: (peer, request, answered) => this.#request(self(), peer, request, answered),
      announce: (peer, topic, bytes) => this.#announce(self(), peer, topic, bytes),
      isConnected: (peer) => this.#canSend(self(), peer) && this.#links.works(peer, name),
      blame: (peer, code) => {
        if (this.blames.length < BLAMES_MAX) this.blames.push({ by: name, peer, code })
      },
      leave: () => this.#disconnect(name),
    }
  }

  /** The process that `from` is connected to under the name `to`, if it is up. */
  #processOf(to: string, from: SimulatedMesh): SimulatedMesh | undefined {
    const own = this.#twins.get(from.self)
    // Whoever is near one of two processes is not connected to the other.
    if (own && own.near.has(to) !== (own.mesh === from)) return undefined
    const twin = this.#twins.get(to)
    return twin?.near.has(from.self) ? twin.mesh : this.#meshes.get(to)
  }

  #request(
    caller: SimulatedMesh,
    peer: string,
    request: Request,
    answered: (answer: Answer) => void,
  ): GiveUp {
    const from = caller.self
    const given = new AbortController()
    const giveUp = () => {
      this.#carry(`${from} > ${peer} ${request.protocol} cancel`, peer, () => given.abort())
    }
    const refuse = () => {
      if (!this.#random.chance(this.faults.refusalProbability)) return
      const message = `${peer} cannot be reached`
      this.#later(() => answered({ code: 'unreachable', message }))
    }
    if (!this.#canSend(caller, peer)) {
      refuse()
      return giveUp
    }
    this.#carry(`${from} > ${peer} ${request.protocol} ${request.bytes.length}`, peer, () => {
      const callee = this.#processOf(peer, caller)
      if (callee === undefined || !this.#links.works(from, peer)) return refuse()
      void this.#respond({ callee, caller }, request, given, answered)
    })
    return giveUp
  }

  async #respond(
    { callee, caller }: { readonly callee: SimulatedMesh; readonly caller: SimulatedMesh },
    request: Request,
    given: AbortController,
    answered: (answer: Answer) => void,
  ): Promise<void> {
    const answer = await callee.answer(caller.self, request, given)
    if (
      given.signal.aborted ||
      !callee.isOpen ||
      this.#silenced.has(`${callee.self} ${request.protocol}`)
    )
      return
    const size = 'code' in answer ? answer.code : answer.bytes.length
    this.#carry(`${callee.self} < ${caller.self} ${request.protocol} ${size}`, caller.self, () => {
      if (caller.isOpen && this.#links.works(callee.self, caller.self)) answered(answer)
    })
  }

  #announce(caller: SimulatedMesh, peer: string, topic: string, bytes: Uint8Array): void {
    const from = caller.self
    const copies = this.#random.chance(this.faults.duplicationProbability) ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      this.#carry(`${from} ) ${peer} ${topic} ${bytes.length}`, peer, () => {
        if (this.#canSend(caller, peer)) this.#processOf(peer, caller)?.hear(from, topic, bytes)
      })
    }
  }

  #canSend(from: SimulatedMesh, to: string): boolean {
    return this.#processOf(to, from) !== undefined && this.#links.works(from.self, to)
  }

  /** Lets `arrive` happen at `to` after a delay, unless the message is lost. */
  #carry(what: string, to: string, arrive: () => void): void {
    if (this.#random.chance(this.faults.lossProbability)) {
      this.#clock.trace.note(`lost: ${what}`)
      return
    }
    const hear = () => {
      this.#clock.trace.note(what)
      arrive()
    }
    this.#later(() => {
      const stalled = this.#stalled.get(to)
      if (stalled) stalled.push(hear)
      else hear()
    })
  }

  #later(then: () => void): void {
    const { slowProbability, slowMs, delayMs } = this.faults
    this.#clock.timer(
      this.#random.between(this.#random.chance(slowProbability) ? slowMs : delayMs),
      then,
    )
  }

  #disconnect(name: string): void {
    if (!this.#meshes.delete(name)) return
    for (const mesh of this.#meshes.values()) {
      const notices = this.#random.chance(this.faults.refusalProbability)
      if (notices) this.#later(mesh.hangUp(name))
    }
  }
}
