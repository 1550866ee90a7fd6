/**
 * Sees to it that what convicts a log is known to every node: announces what this node has newly
 * learnt, hears the others, and asks a peer what was missed.
 *
 * Nobody is believed: evidence is verified before it counts, and who sends what convicts nobody is
 * held to account for it.
 */
import { asTamgaError } from '../../protocol/errors.ts'
import {
  ACCUSATIONS,
  EVIDENCE,
  evidenceReplies,
  evidenceRequests,
  EVIDENCES_REPLIED_MAX,
} from '../../protocol/message/evidence.ts'
import type { Clock } from '../clock.ts'
import { PULL_TIMEOUT_MS } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Quarantine } from './quarantine.ts'

interface AccuserModules {
  readonly quarantine: Quarantine
  readonly mesh: Mesh
  readonly clock: Clock
  readonly logger: Logger
}

export class Accuser {
  readonly #modules: AccuserModules
  /** What is being verified or written: at most one write for each log of the roster. */
  readonly #taking = new Set<Promise<void>>()
  #closed = false

  constructor(modules: AccuserModules) {
    this.#modules = modules
  }

  start(): void {
    const { quarantine, mesh } = this.#modules
    mesh.serve(EVIDENCE, async (request) => this.#serve(request))
    mesh.listen(ACCUSATIONS, (bytes, from) => void this.#take(bytes, from))
    // Also what was heard from another: whoever that one could not reach may hear it from here.
    quarantine.onCaught((log) => mesh.announce(ACCUSATIONS, quarantine.evidence(log)!))
  }

  /**
   * Asks `peer` for evidence against logs that are in good standing here. To be called now and
   * then: announcements may be lost. Never throws.
   */
  async pull(peer: string): Promise<void> {
    const { mesh, clock } = this.#modules
    try {
      const request = evidenceRequests.encode({ known: this.#proven() })
      const deadline = clock.now() + PULL_TIMEOUT_MS
      const reply = await mesh.call(peer, EVIDENCE, request, { deadline })
      for (const bytes of this.#decoded(reply, peer)) await this.#take(bytes, peer)
    } catch (error) {
      this.#complain(peer, error)
    }
  }

  /** Takes no more; resolves when what was being written is on disk or given up. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#taking)
  }

  async #serve(request: Uint8Array): Promise<Uint8Array> {
    const { quarantine } = this.#modules
    const known = new Set(evidenceRequests.decode(request).known)
    const lacking = this.#proven().filter((log) => !known.has(log))
    const sent = lacking.slice(0, EVIDENCES_REPLIED_MAX)
    return evidenceReplies.encode(sent.map((log) => quarantine.evidence(log)!))
  }

  /** The logs against which there is evidence to show. */
  #proven(): string[] {
    const { quarantine } = this.#modules
    return quarantine.logs().filter((log) => quarantine.evidence(log))
  }

  async #take(bytes: Uint8Array, from: string): Promise<void> {
    if (this.#closed) return
    const taking = this.#add(bytes, from)
    this.#taking.add(taking)
    await taking
    this.#taking.delete(taking)
  }

  async #add(bytes: Uint8Array, from: string): Promise<void> {
    try {
      await this.#modules.quarantine.add(bytes)
    } catch (error) {
      const { code } = asTamgaError(error)
      // A disk that fails is ours.
      if (code !== 'storage') this.#modules.mesh.blame(from, code)
      this.#complain(from, error)
    }
  }

  #decoded(reply: Uint8Array, from: string): readonly Uint8Array[] {
    try {
      return evidenceReplies.decode(reply)
    } catch (error) {
      this.#modules.mesh.blame(from, asTamgaError(error).code)
      throw error
    }
  }

  #complain(peer: string, thrown: unknown): void {
    const { code, message } = asTamgaError(thrown)
    const fields = { peer, code, reason: message }
    if (code === 'storage') this.#modules.logger.error('evidence was not kept', fields)
    else this.#modules.logger.debug('no evidence', fields)
  }
}
