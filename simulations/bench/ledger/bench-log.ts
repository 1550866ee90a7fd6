/** A ledger in a folder, with a log of its own that signs: no search, no enrolment, no mesh. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { cosigner } from '../../../crypto/cosignature.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { noteSigner } from '../../../crypto/note.ts'
import { utf8 } from '../../../crypto/bytes.ts'
import { systemClock } from '../../../node/clock.ts'
import { Ledger } from '../../../node/log/ledger.ts'
import type { Log } from '../../../node/log/log.ts'
import { silentLogger } from '../../../node/logger.ts'
import { AnchorFolder } from '../../../node/store/anchor-folder.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { witnessName } from '../../../protocol/quorum.ts'
import { logOrigin, type Roster } from '../../../protocol/roster.ts'

const NETWORK = 'bench.registry.kz'
export const NAMES = ['writer', 'mirror'] as const
export type Name = (typeof NAMES)[number]

export const seedOf = (name: string): Uint8Array => sha256(utf8(`bench ${name}`))

const nodes = NAMES.map((name) => {
  const { publicKey } = signerFromSeed(seedOf(name))
  const { publicKey: mirrorKey } = signerFromSeed(seedOf(`${name} as a mirror`))
  return { name, publicKey, boxKey: publicKey, mirrorKey, address: '/ip4/127.0.0.1/tcp/0' }
})
const size = { epoch: 1, shards: 1, replicas: 1, mirrors: 1 }

export const ROSTER: Roster = { network: NETWORK, ...size, nodes, organisations: [] }

export interface OpenLedger {
  readonly ledger: Ledger
  readonly store: LevelStore
  close(): Promise<void>
}

/** Opens what is in the folder, or makes it. The own log signs once it is permitted to. */
export async function openLedger(folder: string, self: Name): Promise<OpenLedger> {
  const store = await LevelStore.open(storeIn(folder))
  const anchors = new AnchorFolder(join(folder, 'anchors'))
  await Ledger.init({ self, roster: ROSTER }, { anchors })
  const key = signerFromSeed(seedOf(self))
  const ledger = await Ledger.open(
    { self, roster: ROSTER, genesis: () => new Uint8Array(1) },
    {
      store,
      anchors,
      signer: noteSigner(logOrigin(NETWORK, self), key),
      cosigner: cosigner(witnessName(ROSTER, self), key),
      clock: systemClock,
      logger: silentLogger,
    },
  )
  const close = async (): Promise<void> => {
    await ledger.close()
    await store.close()
  }
  return { ledger, store, close }
}

export function storeIn(folder: string): string {
  return join(folder, 'store')
}

/** Bytes that entries are cut out of. */
const POOL_BYTES = 4_194_304

/** Random bytes, no two alike: they neither compress nor come from any cache. */
export function* entriesOf(count: number, bytes: number): Generator<Uint8Array> {
  const pool = randomBytes(POOL_BYTES)
  for (let i = 0; i < count; i += 1) {
    const start = (i * bytes) % (POOL_BYTES - bytes)
    const entry = new Uint8Array(pool.subarray(start, start + bytes))
    new DataView(entry.buffer).setUint32(0, i)
    yield entry
  }
}

/** Keeps callers busy until the log has `size` entries. Resolves with how long each waited, ms. */
export async function growTo(
  log: Log,
  { size: wanted, bytes, inFlight }: { size: number; bytes: number; inFlight: number },
): Promise<number[]> {
  const entries = entriesOf(wanted - log.size, bytes)
  const waits: number[] = []
  const caller = async (): Promise<void> => {
    for (const entry of entries) {
      const started = performance.now()
      await log.append(entry)
      waits.push(performance.now() - started)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  return waits
}
