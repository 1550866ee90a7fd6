/**
 * `npm run bench:log`: entries a second that one node appends durably, that another replicates from
 * it over libp2p, verifying every page, and that a full check of the log goes through.
 *
 * Two nodes in one process, real LevelDB, real TCP on loopback: they share the machine's cores. An
 * entry has 300 bytes, as a small enrolment has. The replica catches up after the appending is
 * done.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cosigner } from '../../crypto/cosignature.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { noteSigner } from '../../crypto/note.ts'
import { systemClock } from '../../node/clock.ts'
import { freePort } from '../../node/demo/free-port.ts'
import { Ledger } from '../../node/log/ledger.ts'
import { Upkeep } from '../../node/log/upkeep.ts'
import { verifyLog } from '../../node/log/verify-log.ts'
import { silentLogger } from '../../node/logger.ts'
import { Libp2pMesh } from '../../node/mesh/libp2p-mesh.ts'
import { systemRandom } from '../../node/random.ts'
import { AnchorFolder } from '../../node/store/anchor-folder.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import { encodeEntry } from '../../protocol/entry/entry.ts'
import { mirrorName, witnessName } from '../../protocol/quorum.ts'
import { logOrigin, logVerifier, type Roster } from '../../protocol/roster.ts'
import { report } from './report.ts'

const ENTRIES = 200_000
const ENTRIES_QUICK = 50_000

/** Entries that callers wait for at a time: keeps the queue filled without overflowing it. */
const IN_FLIGHT = 4_096

/**
 * What others reach: Tessera's durable writes, Hypercore's replication (measured alike), entries/s.
 */
const APPEND_BASELINE = 10_000
const REPLICATE_BASELINE = 3_700
const VERIFY_BASELINE = 100_000

const NETWORK = 'bench.registry.kz'
const NAMES = ['writer', 'mirror'] as const
const PORT_FIRST = 4_301

interface Opened {
  readonly ledger: Ledger
  close(): Promise<void>
}

const argv = process.argv.slice(2)
const count = argv.includes('--quick') ? ENTRIES_QUICK : ENTRIES
const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-log-'))
const seeds = NAMES.map(() => systemRandom.bytes(32))
const roster = await newRoster()
const opened: Opened[] = []
try {
  await measure()
} finally {
  for (const node of opened) await node.close()
  await rm(folder, { recursive: true, force: true })
}

async function measure(): Promise<void> {
  const writer = await open(0)
  const latencies: number[] = []
  const appendSeconds = await secondsOf(async () => appendAll(writer.ledger, latencies))
  const mirror = await open(1)
  const replicateSeconds = await secondsOf(async () => {
    while (mirror.ledger.size('writer') < writer.ledger.own.size) await systemClock.sleep(5)
  })
  const verifier = logVerifier(NETWORK, roster.nodes[0]!)
  const origin = logOrigin(NETWORK, 'writer')
  const verifySeconds = await secondsOf(async () => {
    await verifyLog(mirror.ledger.stored('writer'), origin, verifier)
  })
  latencies.sort((a, b) => a - b)
  report(
    `A log of ${count} entries: durable appends, verified replication, full check`,
    [
      rate('append_entries_per_s', appendSeconds, APPEND_BASELINE),
      { name: 'append_p50_ms', value: percentile(latencies, 0.5), unit: 'ms' },
      { name: 'append_p99_ms', value: percentile(latencies, 0.99), unit: 'ms' },
      rate('replicate_entries_per_s', replicateSeconds, REPLICATE_BASELINE),
      rate('verify_log_entries_per_s', verifySeconds, VERIFY_BASELINE),
    ],
    argv,
  )
}

async function appendAll({ own }: Ledger, latencies: number[]): Promise<void> {
  const entry = encodeEntry({
    type: 'genesis',
    at: 0,
    network: 'x'.repeat(230),
    node: 'writer',
    rosterDigest: new Uint8Array(32),
  })
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < count) {
      next += 1
      const started = performance.now()
      await own.append(entry)
      latencies.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller))
}

async function open(place: 0 | 1): Promise<Opened> {
  const name = NAMES[place]
  const seed = seeds[place]!
  const store = await LevelStore.open(join(folder, name, 'store'))
  const anchors = new AnchorFolder(join(folder, name, 'anchors'))
  const shared = { clock: systemClock, logger: silentLogger }
  const { address } = roster.nodes[place]!
  const mesh = await Libp2pMesh.start(
    { self: name, seed, listen: address, peers: roster.nodes },
    shared,
  )
  const key = signerFromSeed(seed)
  const about = { type: 'genesis', at: 0, network: NETWORK, node: name } as const
  const genesis = (): Uint8Array => encodeEntry({ ...about, rosterDigest: new Uint8Array(32) })
  const options = { self: name, roster, genesis }
  await Ledger.init(options, { anchors })
  const ledger = await Ledger.open(options, {
    ...shared,
    store,
    anchors,
    signer: noteSigner(logOrigin(NETWORK, name), key),
    cosigner: cosigner(witnessName(roster, name), key),
  })
  const mirroring = cosigner(mirrorName(roster, name), mirrorKeyOf(seed))
  const upkeep = new Upkeep(options, {
    ...shared,
    ledger,
    cosigner: mirroring,
    mesh,
    random: systemRandom,
  })
  // The other node does not run while this one appends, and is new.
  if (place === 0) await ledger.own.permit()
  upkeep.start()
  const close = async (): Promise<void> => {
    ledger.own.close()
    await mesh.close()
    await upkeep.close()
    await store.close()
  }
  const both = { ledger, close }
  opened.push(both)
  return both
}

async function newRoster(): Promise<Roster> {
  const nodes = []
  let port = PORT_FIRST
  for (const [i, name] of NAMES.entries()) {
    port = await freePort(port)
    const { publicKey } = signerFromSeed(seeds[i]!)
    const { publicKey: mirrorKey } = mirrorKeyOf(seeds[i]!)
    const address = `/ip4/127.0.0.1/tcp/${port}`
    nodes.push({ name, publicKey, boxKey: publicKey, mirrorKey, address })
    port += 1
  }
  const size = { epoch: 1, shards: 1, replicas: 1, mirrors: 1 }
  return { network: NETWORK, ...size, nodes, organisations: [] }
}

function mirrorKeyOf(seed: Uint8Array): Signer {
  return signerFromSeed(seed.toReversed())
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

function rate(name: string, seconds: number, baseline: number) {
  const value = count / seconds
  return { name, value, unit: 'entries/s', baseline, ratio: value / baseline }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
