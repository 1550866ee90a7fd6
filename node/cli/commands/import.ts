/**
 * `tamga import`: enrols a folder of templates in the layout of the FVC sets.
 *
 * A file is `<finger>_<impression>.<ending>`. Every finger becomes a person, enrolled with its
 * first impression; the others are what to identify it with later. Fingers that the register finds
 * already there are reported, not forced.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { toHex } from '../../../crypto/bytes.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { readFingers } from '../arguments.ts'
import { Client, Refused } from '../client.ts'
import { readKey, type Key } from '../key-file.ts'
import { signedRequest } from '../request.ts'

interface ImportOptions {
  readonly url: string
  readonly officer: string
  readonly case: string
  readonly basis: string
}

interface Found {
  readonly finger: string
  readonly file: string
}

type Outcome = 'enrolled' | 'duplicate' | 'refused'

const FILE_NAME = /^(?<finger>[^_]+)_(?<impression>[0-9]+)\.(iso|dat|fmr|bin)$/

export function addImport(program: Command): void {
  program
    .command('import <folder>')
    .description('enrol every finger of a folder of <finger>_<impression>.iso templates')
    .requiredOption('--officer <key file>', 'who enrols')
    .option('--url <url>', 'the node to enrol at', 'http://127.0.0.1:8101')
    .option('--case <number>', 'under which case', 'import')
    .option('--basis <code>', 'under which right', 'import')
    .action(async (folder: string, options: ImportOptions) => importFolder(folder, options))
}

async function importFolder(folder: string, options: ImportOptions): Promise<void> {
  const client = new Client(options)
  const officer = await readKey(options.officer, 'officer')
  const { network } = await client.roster()
  const started = performance.now()
  const counts: Record<Outcome, number> = { enrolled: 0, duplicate: 0, refused: 0 }
  const found = firstImpressions(folder, await readdir(folder))
  if (found.length === 0) throw new Error(`${folder} holds no <finger>_<impression>.iso`)
  for (const { finger, file } of found) {
    const { outcome, text } = await importOne({ finger, file }, network, officer, client, options)
    counts[outcome] += 1
    console.log(`${finger.padEnd(12)} ${text}`)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const { enrolled, duplicate, refused } = counts
  console.log(`${enrolled} enrolled, ${duplicate} duplicates, ${refused} refused, in ${seconds} s`)
  if (refused > 0) process.exitCode = 1
}

async function importOne(
  { file }: Found,
  network: string,
  officer: Key,
  client: Client,
  options: ImportOptions,
): Promise<{ outcome: Outcome; text: string }> {
  const about = {
    network,
    action: 'enrol' as const,
    purpose: 'import',
    caseNumber: options.case,
    legalBasis: options.basis,
    handle: systemRandom.bytes(HANDLE_BYTES),
    fingers: await readFingers([{ position: 0, file }]),
  }
  try {
    const modules = { clock: systemClock, random: systemRandom }
    const { shard, index, log } = await client.enrol(signedRequest(about, officer, modules))
    const where = `in ${log} at ${index}, shard ${shard}`
    return { outcome: 'enrolled', text: `enrolled as ${toHex(about.handle)} ${where}` }
  } catch (error) {
    if (error instanceof Refused && error.code === 'duplicate') {
      const [candidate] = error.answer?.candidates ?? []
      const who = candidate ? ` of ${candidate.handle}, score ${candidate.score}` : ''
      return { outcome: 'duplicate', text: `duplicate${who}` }
    }
    const { code, message } = asTamgaError(error)
    if (code === 'unreachable') throw error
    return { outcome: 'refused', text: `refused (${code}): ${message}` }
  }
}

/** The lowest impression of every finger, in the order of the fingers' names. */
function firstImpressions(folder: string, names: readonly string[]): Found[] {
  const best = new Map<string, { impression: number; file: string }>()
  for (const name of names) {
    const { finger, impression } = FILE_NAME.exec(name)?.groups ?? {}
    if (finger === undefined) continue
    const known = best.get(finger)
    if (known && known.impression <= Number(impression)) continue
    best.set(finger, { impression: Number(impression), file: join(folder, name) })
  }
  const sorted = [...best].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([finger, { file }]) => ({ finger, file }))
}
