/**
 * A whole mesh in one process: real nodes that speak libp2p over TCP on loopback and keep their
 * logs in LevelDB in a temporary folder. Only the galleries are searched on the test's own thread.
 *
 * A node can be stopped, and started again on its disk and its port.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toBase64, toHex, utf8 } from '../../crypto/bytes.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../crypto/note.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import { systemClock } from '../../node/clock.ts'
import { silentLogger, type Logger } from '../../node/logger.ts'
import { Libp2pMesh } from '../../node/mesh/libp2p-mesh.ts'
import { Node, nodeKeys, nodeSigningSeed } from '../../node/node.ts'
import { systemRandom } from '../../node/random.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import { HANDLE_BYTES } from '../../protocol/identifiers.ts'
import { encodePayload, payloadDigest, PAYLOAD_NONCE_BYTES } from '../../protocol/payload.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { openRoster, signRoster, type Roster } from '../../protocol/roster.ts'
import { signStatement, type SignedStatement, type Statement } from '../../protocol/statement.ts'
import { freePort } from './port.ts'

export interface TestMeshOptions {
  readonly nodes?: number
  readonly shards?: number
  readonly replicas?: number
  /** Scores below it are not reported; the matcher's own if absent. */
  readonly threshold?: number
  readonly logger?: Logger
}

/** What an officer signed, ready to be handed to a node. */
export interface TestRequest {
  readonly handle: Uint8Array | undefined
  readonly signed: SignedStatement
  readonly payload: Uint8Array
}

export interface RequestOptions {
  readonly fingers: readonly CapturedFinger[]
  /** Who is enrolled or verified; for an enrolment a fresh handle if absent. */
  readonly handle?: Uint8Array
  readonly officer?: Signer
  /** Bytes to sign for instead of the fingers' proper payload. */
  readonly payload?: Uint8Array
  /** What the statement is to say otherwise. */
  readonly statement?: Partial<Statement>
}

const NETWORK = 'test.registry.kz'

/** Longest anything that must come true may take, ms: far more than it does on a slow machine. */
const PATIENCE_MS = 30_000

/**
 * Starts a mesh of `nodes` nodes, one by default, that are all connected when it resolves. The
 * caller closes it.
 */
export async function startTestMesh(options: TestMeshOptions = {}): Promise<TestMesh> {
  const mesh = new TestMesh(options, await drawUp(options), await mkdtemp(join(tmpdir(), 'tamga-')))
  try {
    for (const place of mesh.roster.nodes.keys()) await mesh.start(place)
    await mesh.settled()
    return mesh
  } catch (error) {
    await mesh.close()
    throw error
  }
}

/** Waits for what must come true. */
export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = systemClock.now() + PATIENCE_MS
  while (!isTrue()) {
    if (systemClock.now() > deadline) throw new Error(`never came true: ${String(isTrue)}`)
    await systemClock.sleep(10)
  }
}

/** A request as the gateway takes it. */
export function bodyOf({ signed, payload }: TestRequest) {
  return {
    statement: toBase64(signed.statement),
    officer: toBase64(signed.officer),
    signature: toBase64(signed.signature),
    payload: toBase64(payload),
  }
}

export class TestMesh {
  readonly roster: Roster
  readonly rosterNote: string
  /** The key that the roster is signed with, as a vkey. */
  readonly authority = authorityKey
  readonly officers = officers
  readonly #options: TestMeshOptions
  readonly #folder: string
  readonly #running = new Map<number, Node>()

  /** Use `startTestMesh`. */
  constructor(options: TestMeshOptions, rosterNote: string, folder: string) {
    this.rosterNote = rosterNote
    this.roster = openRoster(rosterNote, noteVerifier(authorityKey))
    this.#options = options
    this.#folder = folder
  }

  /** The nodes that run, in the roster's order. */
  get nodes(): readonly Node[] {
    return this.roster.nodes.flatMap((_, place) => this.#running.get(place) ?? [])
  }

  /** The node at `place` of the roster, the first by default. */
  node(place = 0): Node {
    const node = this.#running.get(place)
    if (node) return node
    throw new Error(`node ${place} does not run`)
  }

  /** Where the store of a node is, for whoever tampers with the disk of one that does not run. */
  folder(place: number): string {
    return join(this.#folder, this.roster.nodes[place]!.name)
  }

  /** Starts a node that does not run, on the disk that it had. @throws what `Node.start` throws */
  async start(place: number): Promise<Node> {
    const { name, address } = this.roster.nodes[place]!
    const { threshold, logger = silentLogger } = this.#options
    const seed = seedOf(name)
    const modules = { clock: systemClock, logger }
    const store = await LevelStore.open(this.folder(place))
    const listening = { self: name, seed: nodeSigningSeed(seed), listen: address }
    const mesh = await Libp2pMesh.start({ ...listening, peers: this.roster.nodes }, modules)
    const options = { name, roster: this.rosterNote, authority: authorityKey, seed }
    try {
      const node = await Node.start(
        { ...options, ...(threshold === undefined ? {} : { threshold }) },
        { ...modules, store, mesh, gallery: new MemoryGallery(), random: systemRandom },
      )
      this.#running.set(place, node)
      return node
    } catch (error) {
      await mesh.close()
      await store.close()
      throw error
    }
  }

  async stop(place: number): Promise<void> {
    const node = this.node(place)
    this.#running.delete(place)
    await node.close()
  }

  /** Waits until the nodes that run are connected, and have all folded the same. */
  async settled(): Promise<void> {
    await until(() => {
      const sizes = this.nodes.map(({ ledger }) => JSON.stringify(ledger.frontier()))
      return this.nodes.every(({ mesh, registry }, i) => {
        const isConnected = mesh.connected().length === this.nodes.length - 1
        return (
          isConnected && sizes[i] === sizes[0] && JSON.stringify(registry.frontier()) === sizes[i]
        )
      })
    })
    for (const { registry } of this.nodes) await registry.settled()
  }

  /** An enrolment, signed by the registrar if nobody else is named. */
  signedEnrolment({ handle, ...options }: RequestOptions): TestRequest & { handle: Uint8Array } {
    const person = handle ?? systemRandom.bytes(HANDLE_BYTES)
    const request = this.#signed(
      { officer: officers.registrar, ...options, handle: person },
      'enrol',
    )
    return { ...request, handle: person }
  }

  /** Who is it, or with a handle: is it this one? Signed by the guard if nobody else is named. */
  signedQuery(options: RequestOptions): TestRequest {
    const action = options.handle ? 'verify' : 'identify'
    return this.#signed({ officer: officers.guard, ...options }, action)
  }

  async close(): Promise<void> {
    for (const place of this.#running.keys()) await this.stop(place)
    await rm(this.#folder, { recursive: true, force: true })
  }

  #signed(
    { fingers, handle, officer, payload: given, statement }: RequestOptions & { officer: Signer },
    action: Statement['action'],
  ): TestRequest {
    const nonce = systemRandom.bytes(PAYLOAD_NONCE_BYTES)
    const payload = given ?? encodePayload({ nonce, fingers })
    const said: Statement = {
      network: NETWORK,
      action,
      purpose: action === 'enrol' ? 'register' : 'border',
      caseNumber: `case-${toHex(nonce.subarray(0, 4))}`,
      legalBasis: action === 'enrol' ? 'duty' : '',
      at: systemClock.now(),
      handle,
      payloadDigest: payloadDigest(payload),
      ...statement,
    }
    return { handle, signed: signStatement(said, officer), payload }
  }
}

const authoritySigner = signerFromSeed(seedOf('authority'))
const authorityKey = formatVkey(`${NETWORK}/authority`, authoritySigner.publicKey)

const officers = {
  /** May enrol, and nothing else. */
  registrar: signerFromSeed(seedOf('registrar')),
  /** May identify and verify. */
  guard: signerFromSeed(seedOf('guard')),
  /** Is not in the roster. */
  stranger: signerFromSeed(seedOf('stranger')),
}

async function drawUp(options: TestMeshOptions): Promise<string> {
  const { nodes = 1, shards = 4, replicas = Math.min(2, nodes) } = options
  const listed = []
  for (let place = 0; place < nodes; place += 1) {
    const name = `region-${place + 1}`
    const { signer, box } = nodeKeys(seedOf(name))
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
    listed.push({ name, publicKey: signer.publicKey, boxKey: box.publicKey, address })
  }
  const { registrar, guard } = officers
  return signRoster(
    {
      network: NETWORK,
      epoch: 1,
      shards,
      replicas,
      nodes: listed,
      officers: [
        { name: 'registrar', publicKey: registrar.publicKey, may: ['enrol'] },
        { name: 'guard', publicKey: guard.publicKey, may: ['identify', 'verify'] },
      ],
    },
    noteSigner(`${NETWORK}/authority`, authoritySigner),
  )
}

/** The secret of the node or officer of that name. */
export function seedOf(name: string): Uint8Array {
  return sha256(utf8(`tamga/test/${name}`))
}
