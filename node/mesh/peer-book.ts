/**
 * Who is who: names in the roster, Ed25519 keys, and the peer ids that libp2p makes of them.
 */
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { TamgaError } from '../../protocol/errors.ts'
import { NAME_BYTES_MAX, NODES_MAX } from '../../protocol/limits.ts'

/** Seeds and public keys of Ed25519, bytes. */
const KEY_BYTES = 32

export interface PeerEntry {
  readonly name: string
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Where it listens: a multiaddr without `/p2p`. */
  readonly address: string
}

export interface KnownPeer {
  readonly name: string
  readonly id: PeerId
  readonly address: Multiaddr
}

/** The other nodes of the roster, in its order. Fixed once made. */
export class PeerBook {
  readonly peers: readonly KnownPeer[]
  readonly #names: ReadonlyMap<string, string>

  /**
   * Leaves out the node itself, so that a whole roster may be handed in.
   *
   * @throws TamgaError `malformed` for a key, name or address that cannot be one, or one given
   * twice
   */
  constructor(self: string, entries: readonly PeerEntry[]) {
    const others = entries.filter(({ name }) => name !== self)
    if (others.length > NODES_MAX) throw malformed(`a roster of ${others.length} nodes`)
    this.peers = others.map(knownPeer)
    this.#names = new Map(this.peers.map(({ id, name }) => [id.toString(), name]))
    const names = new Set(this.peers.map(({ name }) => name))
    if (names.size < this.peers.length) throw malformed('a roster that gives a name twice')
    if (this.#names.size < this.peers.length) throw malformed('a roster that gives a key twice')
  }

  /** The name of the peer with this id; undefined for a stranger. */
  nameOf(id: PeerId): string | undefined {
    return this.#names.get(id.toString())
  }
}

/**
 * The key under which a node is known to libp2p: its identity, no second one.
 *
 * @throws TamgaError `malformed` unless the seed has 32 bytes
 */
export async function identityFromSeed(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  if (seed.length !== KEY_BYTES) throw malformed(`a seed of ${seed.length} bytes`)
  return generateKeyPairFromSeed('Ed25519', seed)
}

/** @throws TamgaError `malformed` unless it is an Ed25519 key of 32 bytes */
export function peerIdOf(publicKey: Uint8Array): PeerId {
  if (publicKey.length !== KEY_BYTES) throw malformed(`a public key of ${publicKey.length} bytes`)
  return peerIdFromPublicKey(publicKeyFromRaw(publicKey))
}

/** @throws TamgaError `malformed` */
export function parseAddress(address: string): Multiaddr {
  try {
    const parsed = multiaddr(address)
    // Some texts it takes, and then fails to write them.
    parsed.toString()
    return parsed
  } catch (error) {
    throw malformed(`the address '${address}'`, error)
  }
}

function knownPeer({ name, publicKey, address }: PeerEntry): KnownPeer {
  if (name.length === 0 || name.length > NAME_BYTES_MAX) throw malformed(`the name '${name}'`)
  const id = peerIdOf(publicKey)
  return { name, id, address: parseAddress(`${address}/p2p/${id.toString()}`) }
}

function malformed(what: string, cause?: unknown): TamgaError {
  return new TamgaError('malformed', `${what} cannot be used`, { cause })
}
