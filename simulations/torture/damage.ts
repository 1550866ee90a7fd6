/**
 * Damage to a node's database on a real disk, of every kind that LevelDB is known to suffer, and
 * what the node makes of it. It may come back as it was, from its own disk or from its mirror, or
 * refuse; it may never sign another history or a shorter one. Whatever it does, it must be possible
 * to give up the database and to fill a new one from the mirror.
 */
import { cp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { describe } from '../../node/log/fsck/damage.ts'
import { fsckLog } from '../../node/log/fsck/fsck-log.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { logOrigin, logVerifier } from '../../protocol/roster.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { entryAt, Pair, until, type Member } from './pair.ts'

const VICTIM = 'almaty'
const OTHER = 'astana'

/** Entries before the backup, and after it. */
const ENTRIES_OLD = 600
const ENTRIES = 1_500
const BATCH = 60

/** How long a node may take to come back, ms. */
const PATIENCE_MS = 10_000

/** How long it is given to sign what it must not sign, ms. */
const GLANCE_MS = 100

/** What is done to the folder of a database. */
type Harm = (store: string) => Promise<void>

/** What became of it: as before, refuses to sign, fails when it is written to, is not opened. */
export type Outcome = 'good' | 'refuses' | 'fails' | 'not opened'

export interface DamageReport {
  readonly harm: string
  readonly outcome: Outcome
  readonly reason: string
  readonly broken: readonly string[]
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

function isCopied({ ledger }: Member, size: number): boolean {
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
  const pair = new Pair(folder)
  const broken: string[] = []
  const other = await pair.open(OTHER)
  await doHarm(join(pair.folder(VICTIM), 'store'))
  const { outcome, reason } = await comeBack(pair, other, broken)
  if (outcome !== 'good') await rebuild(pair, other, broken)
  await other.close()
  return { harm, outcome, reason, broken: broken.map((complaint) => `${harm}: ${complaint}`) }
}

async function comeBack(
  pair: Pair,
  other: Member,
  broken: string[],
): Promise<{ outcome: Outcome; reason: string }> {
  const victim = await pair.open(VICTIM).catch(asTamgaError)
  if (victim instanceof Error) return { outcome: 'not opened', reason: victim.message }
  const isReady = await Promise.race([
    victim.upkeep.ready.then(() => true),
    until(() => false, PATIENCE_MS),
  ])
  if (!isReady) broken.push('it never says whether it signs')
  const { own } = victim.ledger
  const { refusal } = own
  let outcome: Outcome = refusal === undefined ? 'good' : 'refuses'
  let reason = refusal ?? ''
  try {
    if (refusal === undefined) await goOn(pair, victim, other, broken)
    else await until(() => own.size > ENTRIES, GLANCE_MS)
  } catch (error) {
    outcome = 'fails'
    reason = asTamgaError(error).message
  }
  await victim.close()
  return { outcome, reason }
}

/** A log that signs goes on from where it was, and the mirror follows it there. */
async function goOn(pair: Pair, victim: Member, other: Member, broken: string[]): Promise<void> {
  const { own } = victim.ledger
  if (own.size < ENTRIES) broken.push(`it signs after ${own.size} of ${ENTRIES} entries`)
  const size = own.size + BATCH
  await pair.grow(victim, size, BATCH)
  const root = toHex(own.stored.root)
  await until(() => isCopied(other, size), PATIENCE_MS)
  const { stored, quarantined } = other.ledger.mirrors.get(VICTIM)!
  if (quarantined) broken.push('its key was caught signing two histories')
  else if (toHex(stored.root) !== root) broken.push('its mirror has not come after')
}

/** The database is given up: what the mirror has is all that there was. */
async function rebuild(pair: Pair, other: Member, broken: string[]): Promise<void> {
  await rm(join(pair.folder(VICTIM), 'store'), { recursive: true, force: true })
  const victim = await pair.open(VICTIM, { createIfMissing: true })
  await until(() => victim.ledger.own.isSigning, PATIENCE_MS)
  const { own } = victim.ledger
  if (own.isSigning) {
    await goOn(pair, victim, other, broken)
    await checkEntries(pair, victim, broken)
  } else broken.push(`it was not rebuilt: ${own.refusal ?? 'it waits'}`)
  await victim.close()
}

async function checkEntries(
  pair: Pair,
  { ledger, store }: Member,
  broken: string[],
): Promise<void> {
  const { roster } = pair
  const node = roster.nodes.find(({ name }) => name === VICTIM)!
  const verifier = logVerifier(roster.network, node)
  try {
    const about = { name: VICTIM, origin: logOrigin(roster.network, VICTIM), verifier, roster }
    const { damages } = await fsckLog(about, { store })
    for (const damage of damages.found) broken.push(`in a full check: ${describe(damage)}`)
    const entries = await ledger.own.stored.entries(1, ledger.own.size)
    const other = entries.findIndex((entry, i) => !equalBytes(entry, entryAt(VICTIM, i + 1)))
    if (other >= 0) broken.push(`entry ${other + 1} is another one`)
  } catch (error) {
    broken.push(`it does not bear a full check: ${asTamgaError(error).message}`)
  }
}
