/** Announcements over gossipsub: signed by who makes them, heard only from the roster. */
import { TopicValidatorResult, type Message } from '@libp2p/gossipsub'
import type { Connection, PeerId } from '@libp2p/interface'
import type { Logger } from '../logger.ts'
import type { Libp2pNode } from './libp2p-config.ts'
import { ANNOUNCE_BYTES_MAX } from './limits.ts'
import type { Listener } from './mesh.ts'

export interface GossipModules {
  readonly libp2p: Libp2pNode
  readonly logger: Logger
  /** The roster's name for a peer; undefined for a stranger. */
  nameOf(peer: PeerId): string | undefined
}

/** Nothing here throws: announcements are best effort. */
export class Gossip {
  readonly #modules: GossipModules
  readonly #listeners = new Map<string, Listener[]>()

  constructor(modules: GossipModules) {
    this.#modules = modules
    modules.libp2p.services.pubsub.addEventListener('message', ({ detail }) => {
      this.#onMessage(detail)
    })
  }

  announce(topic: string, bytes: Uint8Array): void {
    const { libp2p, logger } = this.#modules
    if (bytes.length > ANNOUNCE_BYTES_MAX) {
      logger.error('announcement too long', { topic, bytes: bytes.length })
      return
    }
    libp2p.services.pubsub.publish(topic, bytes).catch((error: unknown) => {
      logger.debug('announcement lost', { topic, cause: String(error) })
    })
  }

  listen(topic: string, listener: Listener): void {
    const { libp2p, logger } = this.#modules
    const listeners = this.#listeners.get(topic)
    if (listeners) {
      listeners.push(listener)
      return
    }
    this.#listeners.set(topic, [listener])
    const { pubsub } = libp2p.services
    // Who passes on what a stranger signed is scored down by gossipsub itself.
    pubsub.topicValidators.set(topic, (_passedOnBy, message) =>
      this.#author(message) === undefined
        ? TopicValidatorResult.Reject
        : TopicValidatorResult.Accept,
    )
    try {
      pubsub.subscribe(topic)
    } catch (error) {
      logger.error('topic not subscribed', { topic, cause: String(error) })
    }
  }

  /** Whether announcements can leave on this connection. */
  speaksOn({ streams }: Connection): boolean {
    const { protocols } = this.#modules.libp2p.services.pubsub
    return streams.some(
      ({ direction, protocol, status }) =>
        direction === 'outbound' && status === 'open' && protocols.includes(protocol),
    )
  }

  #onMessage(message: Message): void {
    const listeners = this.#listeners.get(message.topic)
    const from = this.#author(message)
    if (!listeners || from === undefined) return
    // gossipsub hands out a view on memory that it shares with other messages.
    const bytes = new Uint8Array(message.data)
    for (const listener of listeners) {
      try {
        listener(bytes, from)
      } catch (error) {
        this.#modules.logger.error('a listener failed', { from, error: String(error) })
      }
    }
  }

  #author(message: Message): string | undefined {
    if (message.type !== 'signed' || message.data.length > ANNOUNCE_BYTES_MAX) return undefined
    return this.#modules.nameOf(message.from)
  }
}
