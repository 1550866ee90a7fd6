/**
 * Who is who: names in the roster, Ed25519 keys, and the peer ids that libp2p makes of them.
 */
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, PeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { TamgaError } from '../../protocol/errors.ts'
import { NAME_BYTES_MAX, NODES_MAX } from '../../protocol/limits.ts'
import type { Peer } from './mesh.ts'

/** Seeds and public keys of Ed25519, bytes. */
const KEY_BYTES = 32

export interface KnownPeer {
  readonly name: string
  readonly id: PeerId
  readonly address: Multiaddr
}

/** The other nodes of the roster, in its order. */
export class PeerBook {
  readonly #self: string
  #peers: readonly KnownPeer[] = []
  #names: ReadonlyMap<string, string> = new Map()

  /** @throws TamgaError as `replace` */
  constructor(self: string, entries: readonly Peer[]) {
    this.#self = self
    this.replace(entries)
  }

  get peers(): readonly KnownPeer[] {
    return this.#peers
  }

  /**
   * Leaves out the node itself, so that a whole roster may be handed in.
   *
   * @throws TamgaError `malformed` for a key, name or address that cannot be one, or one given
   *   twice; then nothing has changed
   */
  replace(entries: readonly Peer[]): void {
    const others = entries.filter(({ name }) => name !== this.#self)
    if (others.length > NODES_MAX) throw malformed(`a roster of ${others.length} nodes`)
    const peers = others.map(knownPeer)
    const ids = new Map(peers.map(({ id, name }) => [id.toString(), name]))
    const names = new Set(peers.map(({ name }) => name))
    if (names.size < peers.length) throw malformed('a roster that gives a name twice')
    if (ids.size < peers.length) throw malformed('a roster that gives a key twice')
    this.#peers = peers
    this.#names = ids
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

function knownPeer({ name, publicKey, address }: Peer): KnownPeer {
  if (name.length === 0 || name.length > NAME_BYTES_MAX) throw malformed(`the name '${name}'`)
  const id = peerIdOf(publicKey)
  return { name, id, address: parseAddress(`${address}/p2p/${id.toString()}`) }
}

function malformed(what: string, cause?: unknown): TamgaError {
  return new TamgaError('malformed', `${what} cannot be used`, { cause })
}
