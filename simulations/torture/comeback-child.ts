/**
 * Command: a node on a database to which something has been done, beside its mirror. Prints what it
 * made of it as JSON. LevelDB may end the process: that is why it is one of its own.
 *
 *     node dist/simulations/torture/comeback-child.js <folder>            as it is
 *     node dist/simulations/torture/comeback-child.js <folder> given-up   the database is given up
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { equalBytes, toHex } from '../../crypto/bytes.ts'
import { describe } from '../../node/log/fsck/damage.ts'
import { fsckLog } from '../../node/log/fsck/fsck-log.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { logOrigin, logVerifier } from '../../protocol/roster.ts'
import {
  BATCH,
  ENTRIES,
  isCopied,
  OTHER,
  PATIENCE_MS,
  VICTIM,
  type Comeback,
  type Outcome,
} from './damage.ts'
import { entryAt, Pair, until, type Member } from './pair.ts'

/** How long it is given to sign what it must not sign, ms. */
const GLANCE_MS = 100

const [folder = '', how] = process.argv.slice(2)
console.log(JSON.stringify(await comeBackTo(folder, how === 'given-up')))

async function comeBackTo(at: string, isGivenUp: boolean): Promise<Comeback> {
  const pair = new Pair(at)
  const broken: string[] = []
  const other = await pair.open(OTHER)
  const given = { outcome: 'aborts', reason: '' } as const
  const { outcome, reason } = isGivenUp ? given : await comeBack(pair, other, broken)
  if (outcome !== 'good') await rebuild(pair, other, broken)
  await other.close()
  return { outcome, reason, broken }
}

async function comeBack(
  pair: Pair,
  other: Member,
  broken: string[],
): Promise<{ outcome: Outcome; reason: string }> {
  const victim = await pair.open(VICTIM).catch(asTamgaError)
  if (victim instanceof Error) return { outcome: 'not opened', reason: victim.message }
  let isReady = false
  void victim.upkeep.ready.then(() => {
    isReady = true
  })
  await until(() => isReady, PATIENCE_MS)
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
