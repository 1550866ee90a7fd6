/**
 * Whether everything is here that others wrote without knowing of an entry: from then on nothing
 * can come that would stand before it, and what it decided stays decided.
 *
 * Every other node is asked how much it had written by the time it knew, and its log must have
 * arrived so far. A node that cannot be asked, or whose log does not come, is waited for; but not
 * for ever, or one that is gone for good would keep everybody from being erased.
 */
import { asTamgaError } from '../../protocol/errors.ts'
import { foldedReplies, foldedRequests, FOLDED } from '../../protocol/message/folded.ts'
import type { Clock } from '../clock.ts'
import { ERASURE_WAIT_MS, FOLDED_TIMEOUT_MS } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { ErasureAct } from '../registry/erasures.ts'
import type { Registry } from '../registry/registry.ts'

interface GateModules {
  readonly registry: Registry
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

/** What a node has said: that it knew of all entries of a log up to `index` at this size. */
interface Said {
  readonly index: number
  readonly size: number
}

export class Gate {
  readonly #modules: GateModules
  /** By node and log, the last that it said. */
  readonly #said = new Map<string, Said>()
  readonly #silent = new Set<string>()

  constructor(modules: GateModules) {
    this.#modules = modules
  }

  /** Asks again, from here on, who did not answer. */
  tryAgain(): void {
    this.#silent.clear()
  }

  async isPast(act: ErasureAct): Promise<boolean> {
    const { mesh, clock, registry } = this.#modules
    const waited = clock.now() >= act.at + ERASURE_WAIT_MS
    const peers = mesh.peers()
    await Promise.all(peers.map(async (peer) => this.#ask(peer, act)))
    const here = new Map(registry.frontier().map(({ node, size }) => [node, size]))
    return peers.every((peer) => {
      const size = this.#sizeOf(peer, act)
      return waited || (size !== undefined && (here.get(peer) ?? 0) >= size)
    })
  }

  /** How much `peer` had written when it knew of the act; what it said of a later one is more. */
  #sizeOf(peer: string, { log, index }: ErasureAct): number | undefined {
    const said = this.#said.get(`${peer} ${log}`)
    return said && said.index >= index ? said.size : undefined
  }

  async #ask(peer: string, act: ErasureAct): Promise<void> {
    if (this.#silent.has(peer) || this.#sizeOf(peer, act) !== undefined) return
    const { mesh, clock, logger } = this.#modules
    const { log, index } = act
    try {
      const deadline = clock.now() + FOLDED_TIMEOUT_MS
      const request = foldedRequests.encode({ log, index })
      const reply = await mesh.call(peer, FOLDED, request, { deadline })
      this.#said.set(`${peer} ${log}`, { index, size: this.#sizeIn(reply, peer) })
    } catch (error) {
      const { code } = asTamgaError(error)
      this.#silent.add(peer)
      logger.debug('an erasure waits for a node', { peer, code })
    }
  }

  #sizeIn(reply: Uint8Array, peer: string): number {
    try {
      return foldedReplies.decode(reply).size
    } catch (error) {
      this.#modules.mesh.blame(peer, asTamgaError(error).code)
      throw error
    }
  }
}
