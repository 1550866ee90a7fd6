/**
 * Everything between this node and one peer: connections, dialling, and a lane for each protocol.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { TamgaError } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { Lane } from './lane.ts'
import type { Libp2pNode } from './libp2p-config.ts'
import {
  ADMIT_MS_MAX,
  BACKOFF_MS_MAX,
  BACKOFF_MS_MIN,
  GOSSIP_CHECKS_MAX,
  YIELD_MS,
} from './limits.ts'
import type { CallOptions } from './mesh.ts'
import type { KnownPeer } from './peer-book.ts'
import type { Load } from './responder.ts'

export interface LinkModules {
  readonly libp2p: Libp2pNode
  readonly clock: Clock
  readonly logger: Logger
  /** How long the peer has to stay out, ms. */
  barredMs(): number
  onFault(fault: TamgaError): void
}

/**
 * The prefix says how messages are framed on the stream; what is in them is the protocol's affair.
 */
export function wireProtocol(protocol: string): string {
  return `/tamga/mesh/1/${protocol}`
}

/**
 * Keeps dialling until the peer is connected, waiting longer from one failure to the next; between
 * two dials calls fail at once. Of two peers the one whose name sorts first dials first.
 *
 * A connection counts only once the peer has answered on it: a dial succeeds, for a moment, even at
 * a peer that refuses.
 */
export class Link {
  readonly peer: KnownPeer
  readonly load: Load = { handlers: 0 }
  readonly #modules: LinkModules
  readonly #yieldMs: number
  readonly #lanes = new Map<string, Lane>()
  readonly #admitted = new Set<Connection>()
  readonly #awaited = new Map<Connection, () => void>()
  #dial: Promise<Connection> | undefined
  #failures = 0
  #nextDial = 0
  #stopTimer: (() => void) | undefined
  #closed: TamgaError | undefined
  #muteChecks = 0

  constructor(peer: KnownPeer, self: string, modules: LinkModules) {
    this.peer = peer
    this.#modules = modules
    this.#yieldMs = self < peer.name ? 0 : YIELD_MS
  }

  get isConnected(): boolean {
    return this.#connection() !== undefined
  }

  /** As `Mesh.call`. */
  call(protocol: string, request: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    let lane = this.#lanes.get(protocol)
    if (!lane) {
      lane = new Lane({
        clock: this.#modules.clock,
        onFault: (fault) => this.#modules.onFault(fault),
        open: () => this.#openStream(protocol),
      })
      this.#lanes.set(protocol, lane)
    }
    return lane.call(request, options)
  }

  /** Dials as soon as it is this node's turn. Calls need not wait for it. */
  keepConnected(): void {
    if (this.#closed || this.#stopTimer || this.#dial || this.isConnected) return
    const wait = Math.max(this.#yieldMs, this.#pauseMs())
    this.#stopTimer = this.#modules.clock.timer(wait, () => {
      this.#stopTimer = undefined
      // A call may have dialled in the meantime, and failed: then a new pause has begun.
      if (this.isConnected || this.#pauseMs() > 0) return this.keepConnected()
      // A failure is logged, and leads back here, where the dial itself ends.
      this.#connect().catch(() => undefined)
    })
  }

  /** The peer has answered on this connection. */
  onAdmitted(connection: Connection): void {
    if (connection.status !== 'open' || this.#admitted.has(connection)) return
    const wasConnected = this.isConnected
    this.#admitted.add(connection)
    this.#awaited.get(connection)?.()
    this.#failures = 0
    this.#nextDial = 0
    if (!wasConnected)
      this.#modules.logger.info('peer connected', { direction: connection.direction })
  }

  /**
   * One of two connections gone means both: gossipsub lives on one of them, does not move to the
   * other, and starts again only with a fresh connection.
   */
  onConnectionClosed(connection: Connection): void {
    this.#awaited.get(connection)?.()
    if (this.#admitted.delete(connection) && !this.#closed) {
      this.#modules.logger.info('peer disconnected')
      this.hangUp(new TamgaError('unreachable', 'another connection to the peer broke'))
    }
    this.keepConnected()
  }

  /**
   * Hangs up, to connect afresh, when announcements have had no way to the peer for several checks.
   * gossipsub never replaces a stream that broke, and forgets to drop one whose peer left while it
   * was being opened: either way it would be silent for as long as the connection lasts.
   */
  checkGossip(speaksOn: (connection: Connection) => boolean): void {
    const isMute = this.isConnected && ![...this.#admitted].some(speaksOn)
    this.#muteChecks = isMute ? this.#muteChecks + 1 : 0
    if (this.#muteChecks < GOSSIP_CHECKS_MAX) return
    this.#muteChecks = 0
    this.#modules.logger.warn('announcements do not reach the peer')
    this.hangUp(new TamgaError('unreachable', 'the connection carries no announcements'))
  }

  /** Ends every connection to the peer, at once. */
  hangUp(reason: TamgaError): void {
    const connections = this.#modules.libp2p.getConnections(this.peer.id)
    for (const connection of connections) connection.abort(reason)
  }

  /** Rejects all calls with `reason` and dials no more. */
  close(reason: TamgaError): void {
    this.#closed = reason
    this.#stopTimer?.()
    for (const lane of this.#lanes.values()) lane.close(reason)
  }

  #connection(): Connection | undefined {
    return [...this.#admitted].find(({ status }) => status === 'open')
  }

  async #openStream(protocol: string): Promise<Stream> {
    const connection = this.#connection() ?? (await this.#connect())
    try {
      const stream = await connection.newStream(wireProtocol(protocol))
      this.onAdmitted(connection)
      return stream
    } catch (error) {
      throw new TamgaError('unreachable', 'the peer opened no stream', { cause: error })
    }
  }

  /** Joins a dial that is under way; else dials, or refuses while it is not yet time to. */
  #connect(): Promise<Connection> {
    if (this.#dial) return this.#dial
    if (this.#closed) return Promise.reject(this.#closed)
    if (this.#pauseMs() > 0) {
      return Promise.reject(unreachable('the peer failed or was barred a moment ago'))
    }
    this.#dial = this.#dialOnce()
    return this.#dial
  }

  /** How long the peer must be left alone, ms. */
  #pauseMs(): number {
    const backoffMs = this.#nextDial - this.#modules.clock.now()
    return Math.max(0, backoffMs, this.#modules.barredMs())
  }

  async #dialOnce(): Promise<Connection> {
    const { libp2p, clock, logger } = this.#modules
    try {
      const connection = await libp2p.dial(this.peer.address)
      await this.#admission(connection)
      return connection
    } catch (error) {
      const backoff = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** this.#failures)
      this.#failures += 1
      this.#nextDial = clock.now() + backoff
      const cause = error instanceof Error ? error.message : String(error)
      logger.debug('peer not reached', { failures: this.#failures, cause })
      throw unreachable('the peer cannot be reached', error)
    } finally {
      this.#dial = undefined
      this.keepConnected()
    }
  }

  /** @throws TamgaError `unreachable` when the peer closes the connection or says nothing on it */
  async #admission(connection: Connection): Promise<void> {
    if (this.#admitted.has(connection)) return
    await new Promise<void>((resolve) => {
      const stopTimer = this.#modules.clock.timer(ADMIT_MS_MAX, resolve)
      this.#awaited.set(connection, () => {
        stopTimer()
        resolve()
      })
      if (connection.status !== 'open') this.#awaited.get(connection)?.()
    })
    this.#awaited.delete(connection)
    if (this.#admitted.has(connection) && connection.status === 'open') return
    const refused = unreachable('the peer did not admit the connection')
    connection.abort(refused)
    throw refused
  }
}

function unreachable(message: string, cause?: unknown): TamgaError {
  return new TamgaError('unreachable', message, { cause })
}
