/**
 * `tamga import`: enrols a folder of templates in the layout of the FVC sets.
 *
 * A file is `<finger>_<impression>.<ending>`. Every finger becomes a person, enrolled with its
 * first impression; the others are what to identify it with later. Fingers that the register finds
 * there already are enrolled and held, and reported as duplicates.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { QUALITY_MAX } from '../../../protocol/rules/application.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { applicationOf, type ApplicationOptions } from '../application.ts'
import { readFingers, wholeNumber } from '../arguments.ts'
import { bodyOf, signRequest } from '../request.ts'
import { asOfficer, prepare, type OfficerOptions } from '../signing.ts'

/** Nobody's: the sets say nothing of the people. */
const ADULT = '1990'

const ALL_FINGERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

interface ImportOptions extends OfficerOptions {
  readonly position: number
  readonly quality: number
}

interface Found {
  readonly finger: string
  readonly file: string
}

type Outcome = 'enrolled' | 'duplicate' | 'refused'

const FILE_NAME = /^(?<finger>[^_]+)_(?<impression>[0-9]+)\.(iso|dat|fmr|bin)$/

const modules = { clock: systemClock, random: systemRandom }

export function addImport(program: Command): void {
  const command = program
    .command('import <folder>')
    .description('enrol every finger of a folder of <finger>_<impression>.iso templates')
    .option('--position <n>', 'which finger they are: the sets do not say', wholeNumber(1, 10), 2)
    .requiredOption('--quality <q>', 'NFIQ 2 of all of them', wholeNumber(0, QUALITY_MAX))
  asOfficer(command).action(async (folder: string, options: ImportOptions) => {
    await importFolder(folder, options)
  })
}

async function importFolder(folder: string, options: ImportOptions): Promise<void> {
  const station = await prepare(options)
  const started = performance.now()
  const counts: Record<Outcome, number> = { enrolled: 0, duplicate: 0, refused: 0 }
  const found = firstImpressions(folder, await readdir(folder))
  if (found.length === 0) {
    throw new TamgaError('not-found', `${folder} holds no <finger>_<impression>.iso`)
  }
  for (const { finger, file } of found) {
    const { outcome, text } = await importOne(file, station, options)
    counts[outcome] += 1
    console.log(`${finger.padEnd(12)} ${text}`)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const { enrolled, duplicate, refused } = counts
  console.log(`${enrolled} enrolled, ${duplicate} duplicates, ${refused} refused, in ${seconds} s`)
  if (refused > 0) process.exitCode = 1
}

async function importOne(
  file: string,
  { client, officer, reasons }: Awaited<ReturnType<typeof prepare>>,
  { position, quality }: ImportOptions,
): Promise<{ outcome: Outcome; text: string }> {
  const about = {
    ...reasons,
    action: 'enrol' as const,
    handle: systemRandom.bytes(HANDLE_BYTES),
    fingers: await readFingers([{ position, file }]),
    application: oneFingerAdult(position, quality),
  }
  try {
    const enrolled = await client.enrol(bodyOf(signRequest(about, officer, modules)))
    const { shard, index, log, handle, status, duplicateCheck } = enrolled
    const where = `in ${log} at ${index}, shard ${shard}`
    if (status !== 'suspended') {
      return { outcome: 'enrolled', text: `enrolled as ${handle} ${where}` }
    }
    const [candidate] = duplicateCheck?.candidates ?? []
    const who = candidate ? ` of ${candidate.handle}, score ${candidate.score}` : ''
    const text = `duplicate${who}: held as ${handle}, case ${enrolled.case}`
    return { outcome: 'duplicate', text }
  } catch (error) {
    const { code, message } = asTamgaError(error)
    if (code === 'unreachable') throw error
    return { outcome: 'refused', text: `refused (${code}): ${message}` }
  }
}

/** The sets hold one finger of each person, so the others are on record as not to be had. */
function oneFingerAdult(position: number, quality: number): Uint8Array {
  const others = ALL_FINGERS.filter((other) => other !== position)
  const stated: ApplicationOptions = {
    born: ADULT,
    citizenship: 'citizen',
    sex: 'unknown',
    consent: 'own',
    form: 'import',
    quality: new Map([[position, [quality]]]),
    missing: new Map(others.map((other) => [other, 'no-pattern' as const])),
  }
  return applicationOf([position], stated, modules)
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
