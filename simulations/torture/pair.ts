/** Two nodes' ledgers on real disks in one process: each is the other's mirror and witness. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { utf8 } from '../../crypto/bytes.ts'
import { cosigner } from '../../crypto/cosignature.ts'
import { signerFromSeed, type Signer } from '../../crypto/ed25519.ts'
import { sha256 } from '../../crypto/hash.ts'
import { noteSigner } from '../../crypto/note.ts'
import { systemClock } from '../../node/clock.ts'
import { Ledger } from '../../node/log/ledger.ts'
import { Upkeep } from '../../node/log/upkeep.ts'
import { silentLogger } from '../../node/logger.ts'
import { systemRandom } from '../../node/random.ts'
import { AnchorFolder } from '../../node/store/anchor-folder.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import type { Store } from '../../node/store/store.ts'
import { mirrorName, witnessName } from '../../protocol/quorum.ts'
import { logOrigin, type Roster } from '../../protocol/roster.ts'
import { Loopback } from './loopback.ts'

const NETWORK = 'torture.registry.kz'

/** Small, so that there are tables and not only a journal. */
const WRITE_BUFFER_BYTES = 65_536

const ROUND_MS = 5

export interface Member {
  readonly name: string
  readonly ledger: Ledger
  readonly upkeep: Upkeep
  readonly store: Store
  close(): Promise<void>
}

export interface Opening {
  /** Whether to make a database where there is none. */
  readonly createIfMissing?: boolean
}

export class Pair {
  readonly network = new Loopback(['almaty', 'astana'])
  readonly roster: Roster
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    this.roster = {
      network: NETWORK,
      epoch: 1,
      shards: 1,
      replicas: 1,
      mirrors: 1,
      nodes: this.network.names.map((name) => {
        const { publicKey } = keyOf('sign', name)
        const { publicKey: mirrorKey } = keyOf('mirror', name)
        return {
          name,
          publicKey,
          boxKey: sha256(publicKey),
          mirrorKey,
          address: `/memory/${name}`,
        }
      }),
      organisations: [],
    }
  }

  /** Where a node has its disks. */
  folder(name: string): string {
    return join(this.#folder, name)
  }

  async init(name: string): Promise<void> {
    const folder = this.folder(name)
    await mkdir(folder, { recursive: true })
    const anchors = new AnchorFolder(join(folder, 'anchors'))
    await Ledger.init({ self: name, roster: this.roster }, { anchors })
  }

  /** Opens a node and lets it take part. @throws TamgaError `storage` where that cannot be */
  async open(name: string, { createIfMissing = false }: Opening = {}): Promise<Member> {
    const self = { self: name, roster: this.roster }
    const folder = this.folder(name)
    const store = await LevelStore.open(join(folder, 'store'), {
      createIfMissing,
      writeBufferBytes: WRITE_BUFFER_BYTES,
    })
    const outside = { clock: systemClock, random: systemRandom, logger: silentLogger }
    const witnessing = cosigner(witnessName(this.roster, name), keyOf('sign', name))
    const modules = {
      ...outside,
      store,
      anchors: new AnchorFolder(join(folder, 'anchors')),
      signer: noteSigner(logOrigin(NETWORK, name), keyOf('sign', name)),
      cosigner: witnessing,
    }
    const genesis = (): Uint8Array => utf8(`genesis of ${name}`)
    const opening = Ledger.open({ ...self, genesis }, modules)
    const ledger = await opening.catch(async (error: unknown) => {
      await store.close()
      throw error
    })
    const mesh = this.network.join(name)
    const mirroring = cosigner(mirrorName(this.roster, name), keyOf('mirror', name))
    const upkeep = new Upkeep(self, { ...outside, ledger, mesh, cosigner: mirroring })
    upkeep.start()
    return {
      name,
      ledger,
      upkeep,
      store,
      close: async () => {
        ledger.own.close()
        await mesh.close()
        await upkeep.close()
        await store.close()
      },
    }
  }

  /** Appends to a node's own log until it has `size` entries, a batch at a time. */
  async grow({ name, ledger }: Member, size: number, batch: number): Promise<void> {
    const { own } = ledger
    while (own.size < size) {
      const count = Math.min(batch, size - own.size)
      const entries = Array.from({ length: count }, (_, i) => entryAt(name, own.size + i))
      await Promise.all(entries.map(async (entry) => own.append(entry)))
    }
  }
}

/** An entry that no other place has. */
export function entryAt(log: string, index: number): Uint8Array {
  const digest = sha256(utf8(`${log} ${index}`))
  const entry = new Uint8Array(100 + digest[0]!)
  for (let at = 0; at < entry.length; at += digest.length) {
    entry.set(digest.subarray(0, entry.length - at), at)
  }
  return entry
}

/** Resolves once it holds; whether it did in time. */
export async function until(holds: () => boolean, waitMs: number): Promise<boolean> {
  for (let waited = 0; waited < waitMs; waited += ROUND_MS) {
    if (holds()) return true
    await systemClock.sleep(ROUND_MS)
  }
  return holds()
}

function keyOf(use: string, name: string): Signer {
  return signerFromSeed(sha256(utf8(`torture/${use}/${name}`)))
}
