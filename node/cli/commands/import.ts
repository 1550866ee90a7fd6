/**
 * `tamga import`: enrols a folder of templates or images in the layout of the FVC sets.
 *
 * A file is `<finger>_<impression>.<ending>`. Every finger becomes a person, enrolled with its
 * first impression; the others are what to identify it with later. Fingers that the register finds
 * there already are enrolled and held, and reported as duplicates.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { asTamgaError, TamgaError } from '../../../protocol/errors.ts'
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { DPI_MAX, DPI_MIN } from '../../../matcher/image/image.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import { QUALITY_MAX } from '../../../protocol/rules/application.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { applicationOf, type ApplicationOptions } from '../application.ts'
import { wholeNumber } from '../arguments.ts'
import { readCaptures, withExtractor, type Capture } from '../captures.ts'
import { bodyOf, signRequest } from '../../post/request.ts'
import { asOfficer, prepare, type OfficerOptions, type Station } from '../signing.ts'

/** Nobody's: the sets say nothing of the people. */
const ADULT = '1990'

const ALL_FINGERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

interface ImportOptions extends OfficerOptions {
  readonly position: number
  readonly quality?: number
  readonly dpi?: number
}

interface Found {
  readonly finger: string
  readonly file: string
}

type Outcome = 'enrolled' | 'duplicate' | 'refused'

const TEMPLATE_ENDINGS = ['iso', 'dat', 'fmr', 'bin']
const IMAGE_ENDINGS = ['wsq', 'png', 'bmp', 'pgm', 'tif', 'tiff', 'jpg', 'jpeg', 'jp2', 'j2k']
const ENDINGS = [...TEMPLATE_ENDINGS, ...IMAGE_ENDINGS].join('|')

const FILE_NAME = new RegExp(`^(?<finger>[^_]+)_(?<impression>[0-9]+)\\.(?:${ENDINGS})$`)

const modules = { clock: systemClock, random: systemRandom }

export function addImport(program: Command): void {
  const command = program
    .command('import <folder>')
    .description('enrol every finger of a folder of <finger>_<impression>.iso, .png, .wsq …')
    .option('--position <n>', 'which finger they are: the sets do not say', wholeNumber(1, 10), 2)
    .option(
      '--quality <q>',
      'of all of them; measured from images, needed for templates',
      wholeNumber(0, QUALITY_MAX),
    )
    .option('--dpi <n>', 'of images whose file does not say it', wholeNumber(DPI_MIN, DPI_MAX))
  asOfficer(command).action(async (folder: string, options: ImportOptions) => {
    await withExtractor((extractor) => importFolder(folder, options, extractor))
  })
}

async function importFolder(
  folder: string,
  options: ImportOptions,
  extractor: Extractor,
): Promise<void> {
  const station = await prepare(options)
  const started = performance.now()
  const counts: Record<Outcome, number> = { enrolled: 0, duplicate: 0, refused: 0 }
  const found = firstImpressions(folder, await readdir(folder))
  if (found.length === 0) {
    const named = '<finger>_<impression>.<ending>'
    throw new TamgaError('not-found', `${folder} holds no template or image named ${named}`)
  }
  for (const { finger, file } of found) {
    const { outcome, text } = await importOne(file, station, options, extractor)
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
  { client, officer, reasons }: Station,
  { position, quality, dpi }: ImportOptions,
  extractor: Extractor,
): Promise<{ outcome: Outcome; text: string }> {
  try {
    const fingers = await readCaptures([{ position, file }], { dpi }, extractor)
    const about = {
      ...reasons,
      action: 'enrol' as const,
      handle: systemRandom.bytes(HANDLE_BYTES),
      fingers,
      application: oneFingerAdult(fingers, position, quality),
    }
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
function oneFingerAdult(
  fingers: readonly Capture[],
  position: number,
  quality: number | undefined,
): Uint8Array {
  const others = ALL_FINGERS.filter((other) => other !== position)
  const stated: ApplicationOptions = {
    born: ADULT,
    citizenship: 'citizen',
    sex: 'unknown',
    consent: 'own',
    form: 'import',
    quality: new Map(quality === undefined ? [] : [[position, [quality]]]),
    missing: new Map(others.map((other) => [other, 'no-pattern' as const])),
  }
  return applicationOf(fingers, stated, modules)
}

/** The lowest impression of every finger, in the order of the fingers' names. */
function firstImpressions(folder: string, names: readonly string[]): Found[] {
  const best = new Map<string, { impression: number; file: string }>()
  for (const name of names.toSorted()) {
    const { finger, impression } = FILE_NAME.exec(name)?.groups ?? {}
    if (finger === undefined) continue
    const known = best.get(finger)
    if (known && known.impression <= Number(impression)) continue
    best.set(finger, { impression: Number(impression), file: join(folder, name) })
  }
  const sorted = [...best].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([finger, { file }]) => ({ finger, file }))
}
