/** Real nodes on loopback: a roster with free ports and fresh keys, and what starts them. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { freePort } from '../../../support/port.ts'
import { systemClock } from '../../../../node/clock.ts'
import { silentLogger } from '../../../../node/logger.ts'
import { Libp2pMesh } from '../../../../node/mesh/libp2p-mesh.ts'
import { startLibp2p, type Libp2pNode } from '../../../../node/mesh/libp2p-config.ts'
import { identityFromSeed } from '../../../../node/mesh/peer-book.ts'
import type { Peer } from '../../../../node/mesh/mesh.ts'

export interface Place extends Peer {
  readonly seed: Uint8Array
}

/** Longest anything that must happen may take, ms: far more than it does on a slow machine. */
const PATIENCE_MS = 30_000

/** DER of a PKCS #8 Ed25519 key up to its 32 bytes of seed (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A key of its own for `name`, and a port that was free a moment ago. */
export async function place(name: string): Promise<Place> {
  const seed = new Uint8Array(createHash('sha256').update(name).digest())
  const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
  return { name, seed, publicKey: publicKeyOf(seed), address }
}

/** Starts `at` with `roster` for a roster. */
export function start(at: Place, roster: readonly Peer[]): Promise<Libp2pMesh> {
  const { name: self, seed, address: listen } = at
  return Libp2pMesh.start({ self, seed, listen, peers: roster }, modules)
}

/** Waits until all of `meshes`, which make up one roster, are connected to each other. */
export async function meet(...meshes: Libp2pMesh[]): Promise<void> {
  await until(() => meshes.every((mesh) => mesh.connected().length === meshes.length - 1))
}

/** libp2p with the identity of `place` and nothing of the mesh on it: it can say anything. */
export async function startBare(at: Place): Promise<Libp2pNode> {
  const privateKey = await identityFromSeed(at.seed)
  return startLibp2p({ privateKey, listen: at.address, isAllowed: () => true })
}

/** A deadline that far exceeds what any answer takes. */
export function soon(): { deadline: number } {
  return { deadline: systemClock.now() + PATIENCE_MS }
}

/** Waits for what must come true. */
export async function until(isTrue: () => boolean): Promise<void> {
  const { deadline } = soon()
  while (!isTrue()) {
    if (systemClock.now() > deadline) throw new Error(`never came true: ${String(isTrue)}`)
    await systemClock.sleep(10)
  }
}

/** The code of the error that `promise` rejects with, or 'none'. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

const modules = { clock: systemClock, logger: silentLogger }

function publicKeyOf(seed: Uint8Array): Uint8Array {
  const der = Buffer.concat([PKCS8_HEAD, seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return new Uint8Array(spki.subarray(-32))
}
