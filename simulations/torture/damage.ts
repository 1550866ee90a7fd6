/**
 * Damage to a node's database on a real disk, of every kind that LevelDB is known to suffer, and
 * what the node makes of it. It may come back as it was, from its own disk or from its mirror, or
 * refuse; it may never sign another history or a shorter one. Whatever it does, it must be possible
 * to give up the database and to fill a new one from the mirror.
 */
import { spawnSync } from 'node:child_process'
import { cp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SeededRandom } from '../world/seeded-random.ts'
import { Pair, until, type Member } from './pair.ts'

const CHILD = fileURLToPath(new URL('./comeback-child.js', import.meta.url))

export const VICTIM = 'almaty'
export const OTHER = 'astana'

/** Entries before the backup, and after it. */
const ENTRIES_OLD = 600
export const ENTRIES = 1_500
export const BATCH = 60

/** How long a node may take to come back, ms. */
export const PATIENCE_MS = 10_000

/** What is done to the folder of a database. */
type Harm = (store: string) => Promise<void>

/**
 * What became of it: as before, refuses to sign, fails when it is written to, is not opened; or
 * LevelDB found keys out of order and ended the process.
 */
export type Outcome = 'good' | 'refuses' | 'fails' | 'not opened' | 'aborts'

export interface Comeback {
  readonly outcome: Outcome
  readonly reason: string
  readonly broken: readonly string[]
}

export interface DamageReport extends Comeback {
  readonly harm: string
}

export interface DamageOptions {
  readonly folder: string
  /** Flips of each kind of file. */
  readonly flips: number
  readonly seed?: number
  readonly onDone?: (report: DamageReport) => void
}

export async function damageMany(options: DamageOptions): Promise<DamageReport[]> {
  const { folder, flips, seed = 0, onDone } = options
  const random = new SeededRandom(`damage ${seed}`)
  const original = join(folder, 'original')
  await prepare(original)
  const reports: DamageReport[] = []
  for (const [harm, doHarm] of harms(original, flips, random)) {
    const copy = join(folder, 'copy')
    await cp(original, copy, { recursive: true })
    const report = await damageOnce(copy, harm, doHarm)
    reports.push(report)
    onDone?.(report)
    await rm(copy, { recursive: true, force: true })
  }
  return reports
}

/** A pair that has all of each other, and a backup of the victim's database from half-way. */
async function prepare(folder: string): Promise<void> {
  const pair = new Pair(folder)
  for (const name of pair.network.names) await pair.init(name)
  const create = { createIfMissing: true }
  let victim = await pair.open(VICTIM, create)
  const other = await pair.open(OTHER, create)
  await Promise.all([victim.upkeep.ready, other.upkeep.ready])
  await pair.grow(victim, ENTRIES_OLD, BATCH)
  await victim.close()
  const store = join(pair.folder(VICTIM), 'store')
  await cp(store, join(folder, 'backup'), { recursive: true })
  victim = await pair.open(VICTIM)
  await victim.upkeep.ready
  await pair.grow(victim, ENTRIES, BATCH)
  await until(() => isCopied(other, ENTRIES) && isWitnessed(victim), PATIENCE_MS)
  await victim.close()
  await other.close()
}

export function isCopied({ ledger }: Member, size: number): boolean {
  return ledger.mirrors.get(VICTIM)?.size === size
}

function isWitnessed({ ledger }: Member): boolean {
  return ledger.cosignatures.safe?.size === ledger.own.size
}

function harms(original: string, flips: number, random: SeededRandom): [string, Harm][] {
  const { flip, cut, remove } = new Vandal(random)
  const many = (name: string, harm: Harm): [string, Harm][] => {
    return Array.from({ length: flips }, (_, i) => [`${name}, ${i + 1}`, harm])
  }
  return [
    ['nothing', async () => undefined],
    ...many('a bit of the journal flips', flip(/\.log$/)),
    ...many('a bit of a table flips', flip(/\.ldb$/)),
    ...many('a bit of the manifest flips', flip(/^MANIFEST/)),
    ['the journal ends 7 bytes early', cut(/\.log$/, (length) => length - 7)],
    ['the journal ends in the middle', cut(/\.log$/, (length) => length / 2)],
    ['the journal is empty', cut(/\.log$/, () => 0)],
    ['the journal is gone', remove(/\.log$/)],
    ['a table ends early', cut(/\.ldb$/, (length) => length - 100)],
    ['a table is empty', cut(/\.ldb$/, () => 0)],
    ['a table is gone', remove(/\.ldb$/)],
    ['the manifest ends early', cut(/^MANIFEST/, (length) => length / 2)],
    ['the manifest is gone', remove(/^MANIFEST/)],
    ['CURRENT is gone', remove(/^CURRENT$/)],
    ['CURRENT is empty', cut(/^CURRENT$/, () => 0)],
    ['everything is gone', async (store) => rm(store, { recursive: true })],
    [
      'an old backup is put back',
      async (store) => {
        await rm(store, { recursive: true })
        await cp(join(original, 'backup'), store, { recursive: true })
      },
    ],
    [
      'it stands in the place of the mirror',
      async (store) => {
        const other = join(store, '../..', OTHER, 'store')
        await rename(store, `${store}-1`)
        await cp(other, store, { recursive: true })
      },
    ],
  ]
}

/** Does things to a file of a database that has a name of some kind, picked at random. */
class Vandal {
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  readonly flip = (kind: RegExp): Harm => {
    return async (store) => {
      const path = await this.#pick(store, kind)
      const bytes = await readFile(path)
      const at = this.#random.integer(bytes.length)
      bytes[at]! ^= 1 << this.#random.integer(8)
      await writeFile(path, bytes)
    }
  }

  readonly cut = (kind: RegExp, length: (before: number) => number): Harm => {
    return async (store) => {
      const path = await this.#pick(store, kind)
      const { length: before } = await readFile(path)
      await truncate(path, Math.max(0, Math.floor(length(before))))
    }
  }

  readonly remove = (kind: RegExp): Harm => {
    return async (store) => rm(await this.#pick(store, kind))
  }

  async #pick(store: string, kind: RegExp): Promise<string> {
    const names = (await readdir(store)).filter((name) => kind.test(name)).toSorted()
    return join(store, this.#random.pick(names))
  }
}

async function damageOnce(folder: string, harm: string, doHarm: Harm): Promise<DamageReport> {
  await doHarm(join(new Pair(folder).folder(VICTIM), 'store'))
  const tried = comeBackIn(folder)
  const { outcome, reason, broken } = tried ?? comeBackIn(folder, 'given-up') ?? LOST
  return { harm, outcome, reason, broken: broken.map((complaint) => `${harm}: ${complaint}`) }
}

const LOST: Comeback = { outcome: 'aborts', reason: '', broken: ['its process ends in any case'] }

/** In a process of its own; undefined if LevelDB has ended that. */
function comeBackIn(folder: string, ...given: string[]): Comeback | undefined {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHILD, folder, ...given])
  if (status === 0) return JSON.parse(String(stdout)) as Comeback
  if (/leveldb/.test(String(stderr))) return undefined
  throw new Error(`the process on ${folder} failed: ${String(stderr)}`)
}
