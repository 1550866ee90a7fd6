/** A log's history outside any node: checkpoints that its key signs, and what is proven of them. */
import { utf8 } from '../../crypto/bytes.ts'
import { signCheckpoint } from '../../crypto/checkpoint.ts'
import { signerFromSeed } from '../../crypto/ed25519.ts'
import { sha256, type Hash } from '../../crypto/hash.ts'
import { proveConsistency } from '../../crypto/merkle/prove.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../crypto/note.ts'
import type { NoteSigner, NoteVerifier } from '../../crypto/note.ts'
import { evidenceOf, type Evidence, type Prefix } from '../../protocol/evidence.ts'
import { logOrigin, type Roster } from '../../protocol/roster.ts'
import { storedTree } from '../crypto/support/stored-tree.ts'

const NETWORK = 'test.registry.kz'

/** The first port of the nodes' addresses: nobody listens there. */
const PORT = 9_000

/** A roster whose keys are those that histories are signed with. */
export function rosterOf(names: readonly string[]): Roster {
  const nodes = names.map((name, place) => {
    const { publicKey } = keyOf(name)
    const { publicKey: mirrorKey } = keyOf(`mirror ${name}`)
    const address = `/ip4/127.0.0.1/tcp/${PORT + place}`
    return { name, publicKey, boxKey: sha256(publicKey), mirrorKey, address }
  })
  const size = { epoch: 1, shards: 1, replicas: 1, mirrors: 0 }
  return { network: NETWORK, ...size, nodes, organisations: [] }
}

/** Signs as the log of `name`, with its key if `key` does not name another. */
export function logSigner(name: string, key = name): NoteSigner {
  return noteSigner(logOrigin(NETWORK, name), keyOf(key))
}

export class History {
  /** The log's key, as whoever checks has it. */
  readonly verifier: NoteVerifier
  readonly #name: string
  readonly #signer: NoteSigner
  readonly #tree: ReturnType<typeof storedTree>

  constructor(name: string, entries: readonly Uint8Array[], key = keyOf(name)) {
    this.verifier = noteVerifier(formatVkey(logOrigin(NETWORK, name), key.publicKey))
    this.#name = name
    this.#signer = noteSigner(logOrigin(NETWORK, name), key)
    this.#tree = storedTree(entries)
  }

  root(size: number): Hash {
    return this.#tree.roots[size]!
  }

  /** The signed checkpoint at `size`. */
  checkpoint(size: number, signer = this.#signer, extensions: string[] = []): string {
    const origin = logOrigin(NETWORK, this.#name)
    return signCheckpoint({ origin, size: BigInt(size), root: this.root(size), extensions }, signer)
  }

  /** What an honest mirror of this history says of its beginning. */
  async prefix(from: number, to: number): Promise<Prefix> {
    const { readNodes } = this.#tree
    const proof = from === 0 ? [] : await proveConsistency(BigInt(from), BigInt(to), readNodes)
    return { root: this.root(from), proof }
  }
}

/** Two histories of one log, which part after `common` entries and then have `own` of their own. */
export function forked(
  name: string,
  common: number,
  own: number,
  key = keyOf(name),
): [History, History] {
  const shared = Array.from({ length: common }, (_, i) => utf8(`${i}`))
  const fork = (side: string): History => {
    const rest = Array.from({ length: own }, (_, i) => utf8(`${side} ${i}`))
    return new History(name, [...shared, ...rest], key)
  }
  return [fork('left'), fork('right')]
}

/** What convicts the log: its checkpoint at `from` in one history, at `to` in the other. */
export async function convicting(
  name: string,
  [one, other]: readonly [History, History],
  from: number,
  to: number,
): Promise<Evidence> {
  const notes = [one.checkpoint(from), other.checkpoint(to)] as const
  const prefix = await other.prefix(from, to)
  return evidenceOf({ log: name, notes, prefix }, other.verifier)
}

function keyOf(name: string) {
  return signerFromSeed(sha256(utf8(`test/${name}`)))
}
