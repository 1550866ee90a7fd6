/**
 * A mesh of some nodes for measuring searches: real libp2p on loopback, real LevelDB, workers that
 * search. All keys come from the names, so that each node can be started in any process.
 */
import { join } from 'node:path'
import { sha256 } from '../../../crypto/hash.ts'
import { utf8 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../../crypto/note.ts'
import { WorkerGallery } from '../../../matcher/gallery/worker-gallery.ts'
import { systemClock } from '../../../node/clock.ts'
import { freePort } from '../../../node/demo/free-port.ts'
import { REGIONS } from '../../../node/demo/local-mesh.ts'
import { appointOfficials } from '../../../node/demo/officials.ts'
import { Host } from '../../../node/host.ts'
import { GALLERY_WAITING_MAX } from '../../../node/limits.ts'
import { silentLogger } from '../../../node/logger.ts'
import { Libp2pMesh } from '../../../node/mesh/libp2p-mesh.ts'
import { Node, nodeKeys, nodeSigningSeed } from '../../../node/node.ts'
import { systemRandom } from '../../../node/random.ts'
import { AnchorFolder } from '../../../node/store/anchor-folder.ts'
import { KeyFile } from '../../../node/store/key-file.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { openRoster, signRoster, type Roster } from '../../../protocol/roster.ts'
import { countedMesh, type Counter } from './counted-mesh.ts'

export const NETWORK = 'bench.registry.kz'
const AUTHORITY = `${NETWORK}/authority`
const SHARDS_PER_NODE = 4
const REPLICAS = 2
const PORT_FIRST = 4_301

/** Officers ask here as fast as they are answered. */
const RATE_FACTOR = 1_000_000

/** Credentials are good from long before, ms. */
const APPOINTED_AT = Date.UTC(2026, 0, 1)

const authority = signerFromSeed(seedOf('authority'))
export const authorityKey = formatVkey(AUTHORITY, authority.publicKey)

export const officials = appointOfficials(
  { network: NETWORK, region: REGIONS[0], from: APPOINTED_AT },
  seedOf,
)

export interface BenchNode {
  readonly node: Node
  readonly gallery: WorkerGallery
}

export interface BenchNodeOptions {
  readonly folder: string
  readonly note: string
  readonly name: string
  readonly isHedged: boolean
}

/** The signed roster, and what every node stands on. */
export async function drawUpMesh(folder: string, count: number): Promise<string> {
  const names = REGIONS.slice(0, count)
  const nodes = []
  let port = PORT_FIRST
  for (const name of names) {
    port = await freePort(port)
    const { signer, box, mirror } = nodeKeys(seedOf(name))
    const keys = { publicKey: signer.publicKey, boxKey: box.publicKey, mirrorKey: mirror.publicKey }
    nodes.push({ name, ...keys, address: `/ip4/127.0.0.1/tcp/${port}` })
    port += 1
  }
  const note = signRoster(
    {
      network: NETWORK,
      epoch: 1,
      shards: SHARDS_PER_NODE * names.length,
      replicas: REPLICAS,
      mirrors: 2,
      nodes,
      organisations: officials.organisations,
    },
    noteSigner(AUTHORITY, authority),
  )
  const roster = rosterOf(note)
  for (const name of names) await Host.init({ name, roster, folder: join(folder, name) })
  return note
}

export function rosterOf(note: string): Roster {
  return openRoster(note, noteVerifier(authorityKey))
}

export async function startBenchNode(
  { folder, note, name, isHedged }: BenchNodeOptions,
  counter?: Counter,
): Promise<BenchNode> {
  const seed = seedOf(name)
  const roster = rosterOf(note)
  const own = roster.nodes.find((node) => node.name === name)!
  const shared = { clock: systemClock, logger: silentLogger }
  const home = join(folder, name)
  const gallery = new WorkerGallery({ workers: 1, waitingMax: GALLERY_WAITING_MAX })
  const mesh = await Libp2pMesh.start(
    { self: name, seed: nodeSigningSeed(seed), listen: own.address, peers: roster.nodes },
    shared,
  )
  const options = { name, roster: note, authority: authorityKey, seed, isHedged }
  const node = await Node.start(
    { ...options, rateFactor: RATE_FACTOR },
    {
      ...shared,
      store: await LevelStore.open(join(home, 'store'), { createIfMissing: false }),
      anchors: new AnchorFolder(join(home, 'anchors')),
      keys: await KeyFile.open(join(home, 'keys')),
      mesh: counter ? countedMesh(mesh, counter) : mesh,
      gallery,
      random: systemRandom,
    },
  )
  return { node, gallery }
}

function seedOf(name: string): Uint8Array {
  return sha256(utf8(`tamga/bench/search/${name}`))
}
