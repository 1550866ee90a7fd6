/**
 * The mesh on libp2p: authenticated, encrypted connections between all nodes of a roster.
 */
import { setMaxListeners } from 'node:events'
import type { Connection, Stream } from '@libp2p/interface'
import { TamgaError, type ErrorCode } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { Gossip } from './gossip.ts'
import { startLibp2p, type Libp2pNode } from './libp2p-config.ts'
import { CLOSE_TIMEOUT_MS, GOSSIP_CHECK_MS, PROTOCOL_STREAMS_MAX } from './limits.ts'
import { Link, wireProtocol } from './link.ts'
import { LocalCalls } from './local-calls.ts'
import type { CallOptions, Handler, Listener, Mesh, Peer } from './mesh.ts'
import { Mistrust } from './mistrust.ts'
import { identityFromSeed, parseAddress, PeerBook } from './peer-book.ts'
import { serveStream } from './responder.ts'

export interface Libp2pMeshOptions {
  /** This node's own name. */
  readonly self: string
  /** Ed25519 seed of the node's identity, 32 bytes. */
  readonly seed: Uint8Array
  /** Where to listen: a multiaddr such as `/ip4/0.0.0.0/tcp/4001`; port 0 takes any. */
  readonly listen: string
  /** The roster; who is not in it is hung up on. An entry for the node itself is passed over. */
  readonly peers: readonly Peer[]
}

export interface Libp2pMeshModules {
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Trusts the roster, and of a peer only that it holds the key that the roster names. A peer that
 * sends what cannot be read is hung up on and barred for a while.
 */
export class Libp2pMesh implements Mesh {
  readonly self: string
  readonly #libp2p: Libp2pNode
  readonly #modules: Libp2pMeshModules
  readonly #book: PeerBook
  readonly #mistrust: Mistrust
  readonly #gossip: Gossip
  readonly #local: LocalCalls
  #links: ReadonlyMap<string, Link>
  readonly #handlers = new Map<string, Handler>()
  #stopChecks: (() => void) | undefined
  #closing: Promise<void> | undefined

  /**
   * Listens, and begins to dial the peers; resolves without waiting for any of them.
   *
   * @throws TamgaError `malformed` for options that cannot be used, `unreachable` when the address
   *   cannot be listened on
   */
  static async start(options: Libp2pMeshOptions, modules: Libp2pMeshModules): Promise<Libp2pMesh> {
    const book = new PeerBook(options.self, options.peers)
    const mistrust = new Mistrust(modules.clock)
    const privateKey = await identityFromSeed(options.seed)
    parseAddress(options.listen)
    try {
      const libp2p = await startLibp2p({
        privateKey,
        listen: options.listen,
        isAllowed: (id) => {
          const name = book.nameOf(id)
          return name !== undefined && mistrust.barredMs(name) === 0
        },
      })
      return new Libp2pMesh(options.self, libp2p, { book, mistrust }, modules)
    } catch (error) {
      throw new TamgaError('unreachable', `cannot listen on ${options.listen}`, { cause: error })
    }
  }

  private constructor(
    self: string,
    libp2p: Libp2pNode,
    { book, mistrust }: { readonly book: PeerBook; readonly mistrust: Mistrust },
    modules: Libp2pMeshModules,
  ) {
    this.self = self
    this.#libp2p = libp2p
    this.#modules = modules
    this.#book = book
    this.#mistrust = mistrust
    this.#local = new LocalCalls(self, modules)
    const { logger } = modules
    this.#gossip = new Gossip({ libp2p, logger, nameOf: (id) => book.nameOf(id) })
    this.#links = new Map(book.peers.map((peer) => [peer.name, this.#newLink(peer)]))
    this.#watchConnections()
    for (const link of this.#links.values()) link.keepConnected()
    this.#checkGossipLater()
  }

  /** Where this node listens, as multiaddrs with its peer id. */
  addresses(): string[] {
    return this.#libp2p.getMultiaddrs().map(String)
  }

  peers(): readonly string[] {
    return [...this.#links.keys()]
  }

  connected(): readonly string[] {
    return [...this.#links.values()].filter((link) => link.isConnected).map(({ peer }) => peer.name)
  }

  async call(
    peer: string,
    protocol: string,
    request: Uint8Array,
    options: CallOptions,
  ): Promise<Uint8Array> {
    if (peer === this.self) return this.#local.call(this.#handlers.get(protocol), request, options)
    const link = this.#links.get(peer)
    if (!link) throw new TamgaError('unreachable', 'the roster names no such peer')
    return link.call(protocol, request, options)
  }

  /** @throws TamgaError `conflict` for a protocol that is served already */
  serve(protocol: string, handler: Handler): void {
    if (this.#handlers.has(protocol)) {
      throw new TamgaError('conflict', `${protocol} is served already`)
    }
    this.#handlers.set(protocol, handler)
    const respond = (stream: Stream, connection: Connection): void => {
      this.#respond(handler, stream, connection)
    }
    const options = { maxInboundStreams: PROTOCOL_STREAMS_MAX }
    this.#libp2p.handle(wireProtocol(protocol), respond, options).catch((error: unknown) => {
      this.#modules.logger.error('protocol not served', { protocol, cause: String(error) })
    })
  }

  announce(topic: string, bytes: Uint8Array): void {
    if (!this.#closing) this.#gossip.announce(topic, bytes)
  }

  listen(topic: string, listener: Listener): void {
    if (!this.#closing) this.#gossip.listen(topic, listener)
  }

  /**
   * Holds against `peer` what `code` says about it, for whoever finds out what the wire cannot see.
   * Hangs up on it, and bars it for a while, when the code or the number of faults calls for it.
   */
  blame(peer: string, code: ErrorCode): void {
    const link = this.#links.get(peer)
    if (!link || !this.#mistrust.blame(peer, code)) return
    this.#modules.logger.warn('peer barred', { peer, code })
    link.hangUp(new TamgaError(code, 'the peer is barred'))
  }

  admit(peers: readonly Peer[]): void {
    this.#book.replace(peers)
    const before = this.#links
    const links = this.#book.peers.map((peer) => {
      const known = before.get(peer.name)
      const isSame = known && String(known.peer.address) === String(peer.address)
      return [peer.name, isSame ? known : this.#newLink(peer)] as const
    })
    this.#links = new Map(links)
    for (const link of before.values()) {
      if (this.#links.get(link.peer.name) === link) continue
      const reason = new TamgaError('unreachable', 'the roster has it no more, or elsewhere')
      link.hangUp(reason)
      link.close(reason)
    }
    if (this.#closing) return
    for (const [name, link] of links) if (before.get(name) !== link) link.keepConnected()
  }

  /** Rejects what waits with `closed` and frees the port. Handlers at work run on, unheard. */
  close(): Promise<void> {
    this.#closing ??= this.#stop()
    return this.#closing
  }

  async #stop(): Promise<void> {
    const reason = new TamgaError('closed', 'the node is stopping')
    this.#stopChecks?.()
    this.#local.close(reason)
    for (const link of this.#links.values()) link.close(reason)
    await this.#hangUp()
    await this.#libp2p.stop()
  }

  /** A connection has a stream for every protocol; libp2p warns where there are more than ten. */
  async #hangUp(): Promise<void> {
    const signal = AbortSignal.timeout(CLOSE_TIMEOUT_MS)
    setMaxListeners(0, signal)
    const closing = this.#libp2p.getConnections().map(async (one) => one.close({ signal }))
    await Promise.allSettled(closing)
  }

  #newLink(peer: PeerBook['peers'][number]): Link {
    const { clock, logger } = this.#modules
    return new Link(peer, this.self, {
      libp2p: this.#libp2p,
      clock,
      logger: logger.child({ peer: peer.name }),
      barredMs: () => this.#mistrust.barredMs(peer.name),
      onFault: (fault) => this.#onFault(peer.name, fault),
    })
  }

  #watchConnections(): void {
    this.#libp2p.addEventListener('peer:identify', ({ detail: { connection } }) => {
      this.#linkOf(connection)?.onAdmitted(connection)
    })
    this.#libp2p.addEventListener('connection:close', ({ detail: connection }) => {
      this.#linkOf(connection)?.onConnectionClosed(connection)
    })
  }

  #checkGossipLater(): void {
    this.#stopChecks = this.#modules.clock.timer(GOSSIP_CHECK_MS, () => {
      const speaksOn = (connection: Connection): boolean => this.#gossip.speaksOn(connection)
      for (const link of this.#links.values()) link.checkGossip(speaksOn)
      this.#checkGossipLater()
    })
  }

  #linkOf({ remotePeer }: Connection): Link | undefined {
    return this.#links.get(this.#book.nameOf(remotePeer) ?? '')
  }

  #respond(handler: Handler, stream: Stream, connection: Connection): void {
    const link = this.#linkOf(connection)
    if (!link || this.#closing) {
      stream.abort(new TamgaError('forbidden', 'not now, or not for a stranger'))
      return
    }
    const from = link.peer.name
    link.onAdmitted(connection)
    serveStream(
      stream,
      { from, handler },
      { ...this.#modules, load: link.load, onFault: (fault) => this.#onFault(from, fault) },
    )
  }

  #onFault(peer: string, fault: TamgaError): void {
    this.#modules.logger.warn('peer at fault', { peer, code: fault.code, cause: fault.message })
    this.blame(peer, fault.code)
  }
}
