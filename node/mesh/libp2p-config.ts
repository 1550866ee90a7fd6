/**
 * How libp2p is set up: TCP, Noise, yamux, gossipsub, and who may connect at all.
 *
 * No pre-shared key: an allowlist of identities names and revokes a single node, a shared secret
 * cannot. No discovery either, since the roster says who is where.
 */
import { noise } from '@chainsafe/libp2p-noise'
import { gossipsub, type GossipSub, type GossipSubComponents } from '@libp2p/gossipsub'
import { identify, type Identify } from '@libp2p/identify'
import type { Libp2p, PeerId, PrivateKey } from '@libp2p/interface'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { toHex } from '../../crypto/bytes.ts'
import { NODES_MAX } from '../../protocol/limits.ts'
import {
  ADMIT_MS_MAX,
  ANNOUNCE_BYTES_MAX,
  CONNECTION_STREAMS_MAX,
  DIAL_MS_MAX,
  NEGOTIATE_MS_MAX,
} from './limits.ts'
import { addWithResolvers } from './with-resolvers.ts'

/** Connections of one node: two to every peer, should both dial at once, and as many half made. */
const CONNECTIONS_MAX = 4 * NODES_MAX

/** Connections that one address may open in a second: all peers may be behind one. */
const CONNECTIONS_PER_SECOND_MAX = 4 * NODES_MAX

/** How long a peer may leave a ping unanswered, ms: a busy machine stalls for seconds. */
const PING_MS_MIN = 15_000

/** Gossip queued for one peer, bytes: what is not taken is dropped, and asked for elsewhere. */
const GOSSIP_QUEUE_BYTES_MAX = 4_194_304

/** Memory for the topics that one peer says it hears, bytes: some 64 of them. */
const GOSSIP_TOPIC_BYTES_MAX = 65_536

/** What one gossip message may contain, counted before it is decoded further. */
const GOSSIP_COUNTS_MAX = {
  maxSubscriptions: 128,
  maxMessages: 128,
  maxIhaveMessageIDs: 4_096,
  maxIwantMessageIDs: 4_096,
  maxIdontwantMessageIDs: 512,
  maxControlMessages: 1_024,
  maxPeerInfos: 0,
}

export interface Services extends Record<string, unknown> {
  readonly identify: Identify
  readonly ping: Ping
  readonly pubsub: GossipSub
}

export type Libp2pNode = Libp2p<Services>

export interface Libp2pOptions {
  readonly privateKey: PrivateKey
  /** The multiaddr to listen on. */
  readonly listen: string
  /** Asked for every connection, in and out, once the other end has proven who it is. */
  isAllowed(peer: PeerId): boolean
}

/** A running node. @throws what libp2p throws, for instance when the address is taken */
export async function startLibp2p(options: Libp2pOptions): Promise<Libp2pNode> {
  addWithResolvers()
  const isDenied = (peer: PeerId): boolean => !options.isAllowed(peer)
  return createLibp2p<Services>({
    privateKey: options.privateKey,
    nodeInfo: { name: 'tamga', version: '1', userAgent: 'tamga' },
    addresses: { listen: [options.listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: CONNECTION_STREAMS_MAX,
        maxOutboundStreams: CONNECTION_STREAMS_MAX,
      }),
    ],
    connectionGater: {
      denyDialPeer: isDenied,
      denyInboundEncryptedConnection: isDenied,
      denyOutboundEncryptedConnection: isDenied,
    },
    connectionManager: {
      maxConnections: CONNECTIONS_MAX,
      inboundConnectionThreshold: CONNECTIONS_PER_SECOND_MAX,
      maxIncomingPendingConnections: NODES_MAX,
      maxParallelDials: NODES_MAX,
      dialTimeout: DIAL_MS_MAX,
      addressDialTimeout: DIAL_MS_MAX,
      inboundUpgradeTimeout: ADMIT_MS_MAX,
      outboundStreamProtocolNegotiationTimeout: NEGOTIATE_MS_MAX,
      inboundStreamProtocolNegotiationTimeout: NEGOTIATE_MS_MAX,
      // Peers are dialled by the mesh itself, which knows the roster.
      reconnectRetries: 0,
    },
    connectionMonitor: { pingTimeout: { minTimeout: PING_MS_MIN } },
    services: { identify: identify(), ping: ping(), pubsub: announcements() },
  })
}

function announcements(): (components: GossipSubComponents) => GossipSub {
  return gossipsub({
    globalSignaturePolicy: 'StrictSign',
    // A copy that comes by another way is known by this before its signature is verified again.
    fastMsgIdFn: ({ signature }) => toHex(signature ?? new Uint8Array()),
    allowPublishToZeroTopicPeers: true,
    fallbackToFloodsub: false,
    // A node tells all peers itself: fewer hops, and nobody in between can hold it back.
    floodPublish: true,
    doPX: false,
    maxInboundDataLength: 2 * ANNOUNCE_BYTES_MAX,
    maxOutboundBufferSize: GOSSIP_QUEUE_BYTES_MAX,
    maxTopicBytesPerPeer: GOSSIP_TOPIC_BYTES_MAX,
    decodeRpcLimits: GOSSIP_COUNTS_MAX,
    // By default ten peers behind one address are taken for an attack, and silenced.
    scoreParams: { IPColocationFactorWeight: 0 },
  })
}
