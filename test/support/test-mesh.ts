/**
 * A whole mesh in one process: real nodes that speak libp2p over TCP on loopback and keep their
 * logs in LevelDB in a temporary folder. Only the galleries are searched on the test's own thread.
 *
 * A node can be stopped, and started again on its disk and its port.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toBase64, toHex } from '../../crypto/bytes.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../crypto/note.ts'
import type { Gallery } from '../../matcher/gallery/gallery.ts'
import { MemoryGallery } from '../../matcher/gallery/memory-gallery.ts'
import { systemClock } from '../../node/clock.ts'
import { adultApplication } from '../../node/demo/adult.ts'
import { foundRegister } from '../../node/demo/officials.ts'
import { Host } from '../../node/host.ts'
import { silentLogger, type Logger } from '../../node/logger.ts'
import { Libp2pMesh } from '../../node/mesh/libp2p-mesh.ts'
import { Node, nodeKeys, nodeSigningSeed } from '../../node/node.ts'
import { systemRandom } from '../../node/random.ts'
import { AnchorFolder } from '../../node/store/anchor-folder.ts'
import { KeyFile } from '../../node/store/key-file.ts'
import type { KeyShelf } from '../../node/store/key-shelf.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import type { Deed } from '../../protocol/deed.ts'
import { HANDLE_BYTES } from '../../protocol/identifiers.ts'
import { encodePayload, payloadDigest, PAYLOAD_NONCE_BYTES } from '../../protocol/payload.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { openRoster, signRoster, type Roster } from '../../protocol/roster.ts'
import { applicationDigest, type Application } from '../../protocol/rules/application.ts'
import { SEED_2017 } from '../../protocol/rules/policies/seed-2017.ts'
import type { Policy } from '../../protocol/rules/policy.ts'
import { signDeed, type DeedReasons, type SignedDeed } from '../../protocol/signed-deed.ts'
import { signStatement, type SignedStatement, type Statement } from '../../protocol/statement.ts'
import type { OfficerKey } from '../../protocol/statement.ts'
import { freePort } from './port.ts'
import { NETWORK, officers, officials, seedOf } from './test-officers.ts'

export interface TestMeshOptions {
  readonly nodes?: number
  readonly shards?: number
  readonly replicas?: number
  /** Scores below it are not reported; the matcher's own if absent. */
  readonly threshold?: number
  readonly logger?: Logger
  /** How much more than the rules' rates officers may ask: more than any test does if absent. */
  readonly rateFactor?: number
  /** Share of its queries that a node asks twice; none if absent. */
  readonly secondLookShare?: number
  /** What a node keeps its shards' people in; a `MemoryGallery` if absent. */
  readonly galleryOf?: (name: string) => Gallery
  /** The law, as its first node brings it into force; the seed's if absent. */
  readonly policies?: readonly Policy[]
}

/** What an officer signed, ready to be handed to a node. */
export interface TestRequest {
  readonly handle: Uint8Array | undefined
  readonly signed: SignedStatement
  readonly payload: Uint8Array
}

export interface TestEnrolment extends TestRequest {
  readonly handle: Uint8Array
  readonly application: Uint8Array
}

export interface RequestOptions {
  readonly fingers: readonly CapturedFinger[]
  /** Who is enrolled or verified; for an enrolment a fresh handle if absent. */
  readonly handle?: Uint8Array
  readonly officer?: OfficerKey
  /** What is stated of the person otherwise than of an adult citizen. */
  readonly application?: Partial<Application>
  /** Bytes to sign for instead of the fingers' proper payload. */
  readonly payload?: Uint8Array
  /** What the statement is to say otherwise. */
  readonly statement?: Partial<Statement>
}

/** Longest anything that must come true may take, ms: far more than it does on a slow machine. */
const PATIENCE_MS = 30_000

/**
 * Starts a mesh of `nodes` nodes, one by default, that are all connected when it resolves. The
 * caller closes it.
 */
export async function startTestMesh(options: TestMeshOptions = {}): Promise<TestMesh> {
  const mesh = new TestMesh(options, await drawUp(options), await mkdtemp(join(tmpdir(), 'tamga-')))
  try {
    for (const place of mesh.roster.nodes.keys()) {
      await mesh.init(place)
      await mesh.start(place)
    }
    await mesh.settled()
    await mesh.found()
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
export function bodyOf({ signed, payload, ...rest }: TestRequest | TestEnrolment) {
  return {
    ...signedBody(signed),
    payload: toBase64(payload),
    ...('application' in rest ? { application: toBase64(rest.application) } : {}),
  }
}

/** A deed as the gateway takes it. */
export function deedBodyOf({ deed, signatures }: SignedDeed) {
  return { deed: toBase64(deed), signatures: signatures.map(signedBody) }
}

function signedBody({ statement, officer, signature, credential }: SignedStatement) {
  return {
    statement: toBase64(statement),
    officer: toBase64(officer),
    signature: toBase64(signature),
    credential: toBase64(credential),
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
    return join(this.#home(place), 'store')
  }

  /** And where its anchors are. */
  anchors(place: number): string {
    return join(this.#home(place), 'anchors')
  }

  /** And its key file. */
  keyFolder(place: number): string {
    return join(this.#home(place), 'keys')
  }

  /** Makes what a node stands on where it is lacking. */
  async init(place: number): Promise<void> {
    const { name } = this.roster.nodes[place]!
    await Host.init({ name, roster: this.roster, folder: this.#home(place) })
  }

  /**
   * Starts a node that does not run, on the disk that it had. Once all of them run it waits until
   * they sign: before, there may be too few that could tell a node how far its log goes. Not if its
   * keys are on a shelf of the test's own making.
   *
   * @throws what `Node.start` throws
   */
  async start(place: number, shelf?: (keys: KeyShelf) => KeyShelf): Promise<Node> {
    const { name, address } = this.roster.nodes[place]!
    const { threshold, logger = silentLogger, rateFactor = 1_000 } = this.#options
    const { secondLookShare = 0, galleryOf = () => new MemoryGallery() } = this.#options
    const seed = seedOf(name)
    const modules = { clock: systemClock, logger }
    const store = await LevelStore.open(this.folder(place), { createIfMissing: false })
    const anchors = new AnchorFolder(this.anchors(place))
    const keys = await KeyFile.open(this.keyFolder(place))
    const listening = { self: name, seed: nodeSigningSeed(seed), listen: address }
    const mesh = await Libp2pMesh.start({ ...listening, peers: this.roster.nodes }, modules)
    const options = {
      name,
      roster: this.rosterNote,
      authority: authorityKey,
      seed,
      rateFactor,
      secondLookShare,
    }
    try {
      const node = await Node.start(
        { ...options, ...(threshold === undefined ? {} : { threshold }) },
        {
          ...modules,
          store,
          anchors,
          keys: shelf?.(keys) ?? keys,
          mesh,
          gallery: galleryOf(name),
          random: systemRandom,
        },
      )
      this.#running.set(place, node)
      const isWhole = !shelf && this.#running.size === this.roster.nodes.length
      if (isWhole) for (const running of this.nodes) await running.ready()
      return node
    } catch (error) {
      await mesh.close()
      await keys.close()
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

  /** Waits until all nodes that run know that the person's record has been compared. */
  async compared(handle: Uint8Array): Promise<void> {
    await until(() => {
      return this.nodes.every(({ registry }) => registry.lives.life(handle).isCompared)
    })
  }

  /** The key of an organisation of the roster. */
  organisation(name: string): Signer {
    return officials.signers.get(name)!
  }

  /** Makes the officers known and the law be in force, at every node. */
  async found(): Promise<void> {
    const { policies = [SEED_2017] } = this.#options
    const about = { network: NETWORK, policies }
    await foundRegister(this.node(), about, officials, { clock: systemClock })
    await this.settled()
  }

  /** An enrolment, signed by the registrar if nobody else is named. */
  signedEnrolment({ handle, application, ...options }: RequestOptions): TestEnrolment {
    const person = handle ?? systemRandom.bytes(HANDLE_BYTES)
    const modules = { clock: systemClock, random: systemRandom }
    const stated = adultApplication(options.fingers, modules, application)
    const statement = { deedDigest: applicationDigest(stated), ...options.statement }
    const request = this.#signed(
      { officer: officers.registrar, ...options, statement, handle: person },
      'enrol',
    )
    return { ...request, handle: person, application: stated }
  }

  /** A deed about `handle`, if there is one, signed by everybody who is named. */
  signedDeed(deed: Deed, by: readonly OfficerKey[], about: Partial<DeedReasons> = {}): SignedDeed {
    const reasons: DeedReasons = {
      network: NETWORK,
      at: systemClock.now(),
      post: 'post-1',
      purpose: 'document-issue',
      caseNumber: 'case-1',
      legalBasis: 'art. 11',
      handle: undefined,
      ...about,
    }
    return signDeed(deed, reasons, by)
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

  #home(place: number): string {
    return join(this.#folder, this.roster.nodes[place]!.name)
  }

  #signed(
    {
      fingers,
      handle,
      officer,
      payload: given,
      statement,
    }: RequestOptions & { officer: OfficerKey },
    action: Statement['action'],
  ): TestRequest {
    const nonce = systemRandom.bytes(PAYLOAD_NONCE_BYTES)
    const payload = given ?? encodePayload({ nonce, fingers })
    const said: Statement = {
      network: NETWORK,
      action,
      post: 'post-1',
      purpose: action === 'enrol' ? 'document-issue' : 'border-control',
      caseNumber: `case-${toHex(nonce.subarray(0, 4))}`,
      legalBasis: 'art. 11',
      at: systemClock.now(),
      handle,
      payloadDigest: payloadDigest(payload),
      deedDigest: undefined,
      ...statement,
    }
    return { handle, signed: signStatement(said, officer), payload }
  }
}

const authoritySigner = signerFromSeed(seedOf('authority'))
const authorityKey = formatVkey(`${NETWORK}/authority`, authoritySigner.publicKey)

async function drawUp(options: TestMeshOptions): Promise<string> {
  const { nodes = 1, shards = 4, replicas = Math.min(2, nodes) } = options
  const listed = []
  for (let place = 0; place < nodes; place += 1) {
    const name = `region-${place + 1}`
    const { signer, box, mirror } = nodeKeys(seedOf(name))
    const address = `/ip4/127.0.0.1/tcp/${await freePort()}`
    listed.push({
      name,
      publicKey: signer.publicKey,
      boxKey: box.publicKey,
      mirrorKey: mirror.publicKey,
      address,
    })
  }
  return signRoster(
    {
      network: NETWORK,
      epoch: 1,
      shards,
      replicas,
      mirrors: Math.min(2, nodes - 1),
      nodes: listed,
      organisations: officials.organisations,
    },
    noteSigner(`${NETWORK}/authority`, authoritySigner),
  )
}
