/** `tamga document read`: shows the files of a chip, and every check of them. No node is needed. */
import type { Command } from 'commander'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { readImage } from '../../../matcher/image/read.ts'
import type { ChipContents, Contents } from '../../../protocol/document/chip-contents.ts'
import { fileName, type ChipFile } from '../../../protocol/document/chip-file.ts'
import type { FingerView } from '../../../protocol/document/finger-record.ts'
import { inspectChip } from '../../../protocol/document/inspect-chip.ts'
import { birthDate, expiryDate } from '../../../protocol/document/mrz-date.ts'
import type { Mrz } from '../../../protocol/document/mrz.ts'
import { civilDateAt, type CivilDate } from '../../../protocol/rules/civil-date.ts'
import { systemClock } from '../../clock.ts'
import { time } from '../arguments.ts'
import { readChipFiles } from '../chip-files.ts'
import { readTrust } from '../trusted-files.ts'

interface ReadOptions {
  readonly csca?: readonly string[]
  readonly crl?: readonly string[]
  readonly at?: number
}

/** Exit statuses, beside 0 for a document in which everything is as it should be. */
const FAILED = 1
const UNDETERMINED = 2

export function addDocumentRead(document: Command): void {
  document
    .command('read <files...>')
    .description('read the files of a chip, or a folder of them, and check who wrote them')
    .option('--csca <files...>', 'certificates and master lists of states that are believed')
    .option('--crl <files...>', 'what these states have revoked')
    .option('--at <time>', 'when the document is looked at; now if absent', time)
    .action(async (files: string[], options: ReadOptions) => read(files, options))
}

async function read(paths: readonly string[], options: ReadOptions): Promise<void> {
  const { csca = [], crl = [], at = systemClock.now() } = options
  const { remarks, ...trust } = await readTrust(csca, crl)
  const { files, others } = await readChipFiles(paths)
  const { contents, checks, verdict } = inspectChip(files, { trust, at })
  const passed = others.map((path) => `passed over: ${path}`)
  const lines = [...linesOf(contents, civilDateAt(at)), ...passed, ...remarks]
  for (const each of lines) console.log(each)
  for (const { name, outcome, reason, detail } of checks) {
    const why = outcome === 'successful' ? '' : ` ${reason}`
    console.log(`  ${name.padEnd(15)} ${outcome}${why}${detail ? `: ${detail}` : ''}`)
  }
  console.log(`verdict: ${verdict}`)
  if (verdict !== 'successful') process.exitCode = verdict === 'failed' ? FAILED : UNDETERMINED
}

function linesOf(contents: ChipContents, today: CivilDate): string[] {
  const { common, zone, faces, fingers, infos, key, securityObject, files } = contents
  const known = [
    said(zone, 1, (mrz) => zoneLines(mrz, today)),
    said(common, 'com', ({ ldsVersion, groups }) => {
      return [`LDS ${ldsVersion}, ${groups.map(fileName).join(' ')}`]
    }),
    said(securityObject, 'sod', ({ hash, digests }) => {
      return [`${hash} of ${[...digests.keys()].map(fileName).join(' ')}`]
    }),
    said(faces, 2, (all) => all.map(({ data }) => `a face of ${data.length} bytes`)),
    said(fingers, 3, (all) => all.flatMap(({ views }) => views.map(fingerLine))),
    said(infos, 14, (all) => [all.map(({ protocol }) => protocol).join(', ')]),
    said(key, 15, ({ curve, bits }) => [`a key of the chip: ${curve ?? `RSA ${bits}`}`]),
  ].flat()
  const shown: readonly ChipFile[] = [1, 'com', 'sod', 2, 3, 14, 15]
  const others = [...files].filter(([file]) => !shown.includes(file))
  return [...known, ...others.map(([file, { length }]) => line(file, `${length} bytes`))]
}

function said<T>(
  contents: Contents<T> | undefined,
  file: ChipFile,
  tell: (value: T) => readonly string[],
): string[] {
  if (!contents) return []
  if (contents.fault !== undefined) return [line(file, `${contents.fault}: ${contents.message}`)]
  return tell(contents.value).map((text) => line(file, text))
}

function zoneLines(mrz: Mrz, today: CivilDate): string[] {
  const { format, documentCode, issuer, number, primaryName, secondaryName } = mrz
  const born = birthDate(mrz.birth, today) ?? 'on an unknown day'
  const until = expiryDate(mrz.expiry, today) ?? 'an unknown day'
  return [
    `${format} ${documentCode} ${number} of ${issuer}, until ${until}`,
    `${[primaryName, secondaryName].filter(Boolean).join(', ')}; ${mrz.sex}, ` +
      `${mrz.nationality}, born ${born}`,
  ]
}

/** Decodes the image too: a chip whose print nobody can read is of no use at a border. */
function fingerLine({ position, compression, width, height, dpi, image }: FingerView): string {
  const what = `finger ${position}: ${width} x ${height} at ${dpi} dpi, ${compression}`
  try {
    const raw = compression === 'raw' ? { width, height } : undefined
    const found = readImage(image, { dpi, raw })
    const isSame = found.width === width && found.height === height
    return isSame ? what : `${what}; the image is ${found.width} x ${found.height}`
  } catch (error) {
    if (error instanceof InvalidImage) return `${what}; no image: ${error.message}`
    throw error
  }
}

function line(file: ChipFile, text: string): string {
  return `${fileName(file).padEnd(7)} ${text}`
}
