/**
 * `npm run bench:ledger -- [--quick]`: what a log costs, beside what the machine does without it.
 *
 * Appends are measured against LevelDB alone, given the same entries in batches of the same size,
 * and their slowest hundredth against one fsync; both are taken in the same run, and both depend on
 * the disk under the system's folder of temporary files. Entries have 512 bytes; replication is of
 * 1 KB, between two processes over loopback, so that each node has a core. No node runs beside.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { equalBytes } from '../../crypto/bytes.ts'
import { openCheckpoint } from '../../crypto/checkpoint.ts'
import { HASH_BYTES, hashLeaf } from '../../crypto/hash.ts'
import { rootFromInclusion, type InclusionProof } from '../../crypto/merkle/inclusion.ts'
import { tilesOf } from '../../crypto/merkle/tile.ts'
import { APPEND_BATCH_MAX } from '../../node/limits.ts'
import { fsckLog } from '../../node/log/fsck/fsck-log.ts'
import { ownAnchor } from '../../node/log/ledger.ts'
import { logKeys } from '../../node/log/log-keys.ts'
import { AnchorFolder } from '../../node/store/anchor-folder.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import { logOrigin, logVerifier } from '../../protocol/roster.ts'
import { bareSeconds, fsyncTimes } from './ledger/bare.ts'
import { entriesOf, growTo, openLedger, ROSTER, storeIn } from './ledger/bench-log.ts'
import { bytesIn, memoryMb, secondsOf } from './ledger/figures.ts'
import { percentile } from './percentile.ts'
import { replicationSeconds } from './ledger/replication.ts'
import { report, type Measurement } from './report.ts'

const FULL = {
  entries: 1_000_000,
  early: 100_000,
  waits: 100_000,
  mirrored: 200_000,
  fsyncs: 2_000,
}
const QUICK = { entries: 100_000, early: 20_000, waits: 20_000, mirrored: 40_000, fsyncs: 500 }

const ENTRY_BYTES = 512

/** Appends that wait at a time: one full batch with the disk, and one made ready meanwhile. */
const IN_FLIGHT = 2 * APPEND_BATCH_MAX

/** And how many callers there are when their waits are measured. */
const CALLERS = 64

const PROOFS = 2_000
const PROOF_ROUNDS = 20

const argv = process.argv.slice(2)
const sizes = argv.includes('--quick') ? QUICK : FULL
const verifier = logVerifier(ROSTER.network, ROSTER.nodes[0]!)
const origin = logOrigin(ROSTER.network, 'writer')
const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-ledger-'))
try {
  const measurements = [
    ...(await appending()),
    ...(await waiting()),
    ...(await reading()),
    await replicating(),
  ]
  report(`a log of ${sizes.entries} entries of ${ENTRY_BYTES} bytes`, measurements, argv)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Appends the whole log, and what that does to memory and disk. */
async function appending(): Promise<Measurement[]> {
  const { entries, early } = sizes
  const rows = rowsOf(entries)
  const bare = entries / (await bareSeconds(folder, rows, APPEND_BATCH_MAX))
  await rm(join(folder, 'bare'), { recursive: true })
  const opened = await openLedger(join(folder, 'long'), 'writer')
  const { own } = opened.ledger
  await own.permit()
  const grow = async (size: number): Promise<void> =>
    void (await growTo(own, { size, bytes: ENTRY_BYTES, inFlight: IN_FLIGHT }))
  let seconds = await secondsOf(async () => grow(early))
  const before = await memoryMb()
  seconds += await secondsOf(async () => grow(entries))
  const after = await memoryMb()
  await opened.close()
  const rate = entries / seconds
  const tiles = [...tilesOf(BigInt(entries))].reduce((sum, { width }) => sum + width, 0)
  const kept = (await bytesIn(storeIn(join(folder, 'long')))) - tiles * HASH_BYTES
  return [
    { name: 'append_per_s', value: rate, unit: 'entries/s', baseline: bare, ratio: rate / bare },
    { name: 'rss_growth_mb', value: after - before, unit: 'MiB' },
    { name: 'disk_ratio', value: kept / (entries * ENTRY_BYTES), unit: 'of its own bytes' },
  ]
}

function* rowsOf(count: number): Generator<[string, Uint8Array]> {
  const keys = logKeys('writer')
  let index = 0
  for (const value of entriesOf(count, ENTRY_BYTES)) {
    yield [keys.entry(index), value]
    index += 1
  }
}

/** How long callers wait who append one entry at a time. */
async function waiting(): Promise<Measurement[]> {
  const at = join(folder, 'waiting')
  await mkdir(at)
  const sync = percentile(await fsyncTimes(at, sizes.fsyncs), 0.5)
  const opened = await openLedger(at, 'writer')
  const { ledger } = opened
  await ledger.own.permit()
  const options = { size: sizes.waits, bytes: ENTRY_BYTES, inFlight: CALLERS }
  const waits = await growTo(ledger.own, options)
  await opened.close()
  const worst = percentile(waits, 0.99)
  return [
    { name: 'append_p50_ms', value: percentile(waits, 0.5), unit: 'ms' },
    { name: 'append_p99_ms', value: worst, unit: 'ms', baseline: sync, ratio: worst / sync },
  ]
}

/** Opens the whole log, proves entries of it, and checks it. */
async function reading(): Promise<Measurement[]> {
  const at = join(folder, 'long')
  const started = performance.now()
  const opened = await openLedger(at, 'writer')
  const { ledger } = opened
  const seconds = (performance.now() - started) / 1_000
  const { own } = ledger
  if (own.size !== sizes.entries) throw new Error(`only ${own.size} entries were found again`)
  const { root, note } = openCheckpoint(own.checkpoint!, origin, verifier)
  const proofs: { leaf: Uint8Array; proof: InclusionProof }[] = []
  for (let i = 0; i < PROOFS; i += 1) {
    const index = Math.floor((i * own.size) / PROOFS)
    const path = await own.stored.inclusion(index, own.size)
    const leaf = hashLeaf(await own.stored.entry(index))
    proofs.push({ leaf, proof: { index: BigInt(index), size: BigInt(own.size), path } })
  }
  const verifySeconds = await secondsOf(async () => {
    for (let round = 0; round < PROOF_ROUNDS; round += 1) {
      for (const { leaf, proof } of proofs) {
        if (!equalBytes(rootFromInclusion(leaf, proof), root)) throw new Error('a proof failed')
      }
    }
  })
  await opened.close()
  const [{ proof }] = proofs as [(typeof proofs)[number]]
  return [
    { name: 'open_1m_s', value: seconds, unit: `s for ${sizes.entries} entries` },
    { name: 'proof_verify_per_s', value: (PROOFS * PROOF_ROUNDS) / verifySeconds, unit: '1/s' },
    { name: 'inclusion_proof_bytes', value: proof.path.length * HASH_BYTES, unit: 'bytes' },
    { name: 'checkpoint_bytes', value: note.length, unit: 'bytes' },
    { name: 'fsck_per_s', value: sizes.entries / (await fsckSeconds(at)), unit: 'entries/s' },
  ]
}

async function fsckSeconds(at: string): Promise<number> {
  const anchor = await new AnchorFolder(join(at, 'anchors')).open(ownAnchor('writer'))
  const anchored = anchor.current
  await anchor.close()
  const store = await LevelStore.open(storeIn(at), { createIfMissing: false })
  const seconds = await secondsOf(async () => {
    const options = { name: 'writer', origin, verifier, roster: ROSTER, anchored }
    const { damages } = await fsckLog(options, { store })
    if (!damages.isNone) throw new Error('the log is damaged')
  })
  await store.close()
  return seconds
}

async function replicating(): Promise<Measurement> {
  const seconds = await replicationSeconds(folder, sizes.mirrored)
  return { name: 'mirror_per_s', value: sizes.mirrored / seconds, unit: 'entries/s' }
}
