/**
 * One process's end of the simulated network: calls with deadlines, handlers, listeners.
 *
 * Bytes are copied wherever they change hands and an error crosses as its code and message, as on a
 * real wire: nothing that one node does to an object can be seen by another.
 */
import { CONSEQUENCES, TamgaError, type ErrorCode } from '../../protocol/errors.ts'
import { FRAME_BYTES_MAX } from '../../protocol/limits.ts'

import type { Clock } from '../../node/clock.ts'
import type { CallOptions, Handler, Listener, Mesh, Peer } from '../../node/mesh/mesh.ts'

/** Calls of one process that may be waiting: a roster of 128 nodes with 32 streams to each. */
const CALLS_PENDING_MAX = 4_096

/** Requests that one process answers at once; more are turned away. */
const REQUESTS_MAX = 4_096

/** One announcement, bytes; a longer one is not sent, as on the real mesh. */
const ANNOUNCE_BYTES_MAX = 135_168

export interface Request {
  readonly protocol: string
  readonly bytes: Uint8Array
  /** How long the caller still waits, ms: clocks differ, durations do not. */
  readonly waitMs: number
}

export type Answer =
  | { readonly bytes: Uint8Array }
  | { readonly code: ErrorCode; readonly message: string }

/** Tells the peer that its answer is not wanted any more. */
export type GiveUp = () => void

/** What the network does for a mesh. */
export interface Wire {
  readonly names: readonly string[]
  /**
   * Carries `request` to `peer`; `answered` is called at most once, and not after a loss. What is
   * returned tells the peer that the caller has given up.
   */
  request(peer: string, request: Request, answered: (answer: Answer) => void): GiveUp
  announce(peer: string, topic: string, bytes: Uint8Array): void
  isConnected(peer: string): boolean
  blame(peer: string, code: ErrorCode): void
  leave(): void
}

interface PendingCall {
  readonly peer: string
  readonly settle: (answer: Answer) => void
}

/** A request that a handler is at work on. */
interface Serving {
  readonly from: string
  readonly given: AbortController
}

export class SimulatedMesh implements Mesh {
  readonly self: string
  readonly #wire: Wire
  readonly #clock: Clock
  readonly #handlers = new Map<string, Handler>()
  readonly #listeners = new Map<string, Listener[]>()
  readonly #pending = new Set<PendingCall>()
  readonly #serving = new Set<Serving>()
  /** Who is let in; everybody until it is said. */
  #admitted: ReadonlySet<string> | undefined
  #isOpen = true

  constructor({ self }: { self: string }, { wire, clock }: { wire: Wire; clock: Clock }) {
    this.self = self
    this.#wire = wire
    this.#clock = clock
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** `deadline` is a time on this node's clock. A call to itself does not touch the network. */
  async call(
    peer: string,
    protocol: string,
    request: Uint8Array,
    { deadline, signal }: CallOptions,
  ): Promise<Uint8Array> {
    const waitMs = deadline - this.#clock.now()
    if (!this.#isOpen) throw new TamgaError('closed', 'the mesh is closed')
    if (peer !== this.self && !this.peers().includes(peer)) {
      throw new TamgaError('unreachable', `there is no ${peer}`)
    }
    if (request.length > FRAME_BYTES_MAX) {
      throw new TamgaError('too-large', `a request of ${request.length} bytes`)
    }
    if (this.#pending.size >= CALLS_PENDING_MAX) {
      throw new TamgaError('overloaded', `${CALLS_PENDING_MAX} calls are waiting`)
    }
    if (waitMs <= 0) throw new TamgaError('deadline', `${protocol} at ${peer} was asked too late`)
    if (signal?.aborted) throw new TamgaError('deadline', 'the caller gave up')
    const bytes = request.slice()
    return new Promise((resolve, reject) => {
      const given = { code: 'deadline', message: 'the caller gave up' } as const
      const onAbort = () => {
        giveUp()
        pending.settle(given)
      }
      signal?.addEventListener('abort', onAbort)
      const expired = { code: 'deadline', message: `${peer} did not answer ${protocol}` } as const
      const cancel = this.#clock.timer(waitMs, () => pending.settle(expired))
      const settle = (answer: Answer) => {
        if (!this.#pending.delete(pending)) return
        cancel()
        signal?.removeEventListener('abort', onAbort)
        if ('code' in answer) reject(new TamgaError(answer.code, answer.message))
        else resolve(answer.bytes)
      }
      const pending: PendingCall = { peer, settle }
      this.#pending.add(pending)
      const giveUp = this.#send(peer, { protocol, bytes, waitMs }, settle)
    })
  }

  #send(peer: string, request: Request, settle: (answer: Answer) => void): GiveUp {
    if (peer !== this.self) return this.#wire.request(peer, request, settle)
    const given = new AbortController()
    void this.answer(peer, request, given).then(settle)
    return () => given.abort()
  }

  serve(protocol: string, handler: Handler): void {
    if (this.#handlers.has(protocol)) {
      throw new TamgaError('conflict', `${protocol} is served already`)
    }
    this.#handlers.set(protocol, handler)
  }

  announce(topic: string, bytes: Uint8Array): void {
    if (!this.#isOpen || bytes.length > ANNOUNCE_BYTES_MAX) return
    for (const peer of this.peers()) this.#wire.announce(peer, topic, bytes.slice())
  }

  listen(topic: string, listener: Listener): void {
    this.#listeners.set(topic, [...(this.#listeners.get(topic) ?? []), listener])
  }

  /** Is written down by the network, and has no consequence: nobody is barred here. */
  blame(peer: string, code: ErrorCode): void {
    if (CONSEQUENCES[code].penalty !== 'none') this.#wire.blame(peer, code)
  }

  peers(): readonly string[] {
    const others = this.#wire.names.filter((name) => name !== this.self)
    return this.#admitted ? others.filter((name) => this.#admitted?.has(name)) : others
  }

  admit(peers: readonly Peer[]): void {
    this.#admitted = new Set(peers.map(({ name }) => name))
  }

  connected(): readonly string[] {
    return this.#isOpen ? this.peers().filter((peer) => this.#wire.isConnected(peer)) : []
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    for (const call of this.#pending) {
      call.settle({ code: 'closed', message: 'the mesh is closed' })
    }
    this.halt()
    this.#wire.leave()
  }

  /** The process is gone: nothing of it is called any more, and its calls never settle. */
  halt(): void {
    this.#isOpen = false
    this.#pending.clear()
    this.#handlers.clear()
    this.#listeners.clear()
  }

  /**
   * Breaks, when called, what waits for `peer` now, or is done for it: later calls have another
   * connection.
   */
  hangUp(peer: string): () => void {
    const broken = [...this.#pending].filter((call) => call.peer === peer)
    const useless = [...this.#serving].filter(({ from }) => from === peer)
    return () => {
      for (const call of broken) call.settle({ code: 'unreachable', message: `${peer} hung up` })
      for (const { given } of useless) given.abort()
    }
  }

  /**
   * A request from the wire; `given` is aborted when the caller gives up. Never throws: what the
   * handler throws is an answer too.
   */
  async answer(
    from: string,
    { protocol, bytes, waitMs }: Request,
    given: AbortController,
  ): Promise<Answer> {
    if (from !== this.self && !this.peers().includes(from)) {
      return { code: 'unreachable', message: 'a stranger' }
    }
    const handler = this.#handlers.get(protocol)
    if (handler === undefined) return { code: 'unreachable', message: `${protocol} is not served` }
    if (this.#serving.size >= REQUESTS_MAX) {
      return { code: 'overloaded', message: `${REQUESTS_MAX} requests are being answered` }
    }
    const serving = { from, given }
    this.#serving.add(serving)
    try {
      const deadline = this.#clock.now() + waitMs
      const answer = await handler(bytes, { from, deadline, signal: given.signal })
      if (answer.length <= FRAME_BYTES_MAX) return { bytes: answer.slice() }
      return { code: 'too-large', message: `an answer of ${answer.length} bytes` }
    } catch (thrown) {
      if (thrown instanceof TamgaError) return { code: thrown.code, message: thrown.message }
      return { code: 'internal', message: 'the request could not be served' }
    } finally {
      this.#serving.delete(serving)
    }
  }

  /** An announcement from the wire. */
  hear(from: string, topic: string, bytes: Uint8Array): void {
    if (!this.peers().includes(from)) return
    for (const listener of this.#listeners.get(topic) ?? []) listener(bytes.slice(), from)
  }
}
