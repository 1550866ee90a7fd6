/** `tamga print`: looks at images of prints, and makes templates of them. No node is needed. */
import { writeFile } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { InvalidArgumentError, type Command } from 'commander'
import { DPI_MAX, DPI_MIN, IMAGE_BYTES_MAX } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { POSITION_MAX } from '../../../matcher/template/fields.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { examine, type ExaminedPrint } from '../../print/examined-print.ts'
import { matchPicture } from '../../print/match-picture.ts'
import type { Picture } from '../../print/picture.ts'
import { pngOf } from '../../print/png.ts'
import { printPicture } from '../../print/print-picture.ts'
import { scoreWords } from '../../print/score-words.ts'
import { svgOf } from '../../print/svg.ts'
import { fingerImages } from '../../search/finger-records.ts'
import { wholeNumber } from '../arguments.ts'
import { readUpTo } from '../read-up-to.ts'
import { addPrintExtract } from './print-extract.ts'

interface ShowOptions {
  readonly dpi?: number
  readonly position?: number
  readonly match?: string
  readonly out?: string
}

const WRITERS: Readonly<Record<string, (picture: Picture) => string | Uint8Array>> = {
  '.svg': svgOf,
  '.png': pngOf,
}

export function addPrint(program: Command): void {
  const print = program.command('print').description('look at images of prints')
  print
    .command('show <image>')
    .description('draw a print with its ridges and minutiae, or how two prints match')
    .option('--match <image>', 'another print: pair its minutiae with those of the first')
    .option('--dpi <n>', 'resolution, where the files do not say it', wholeNumber(DPI_MIN, DPI_MAX))
    .option('--position <n>', 'which finger of a record of several', wholeNumber(1, POSITION_MAX))
    .option('--out <file>', 'ends in .svg or .png; named after the images if absent', pictureFile)
    .action(async (image: string, options: ShowOptions) => show(image, options))
  addPrintExtract(print)
}

async function show(file: string, options: ShowOptions): Promise<void> {
  const { match, out = `${[file, match ?? []].flat().map(bareName).join('-')}.svg` } = options
  if ([file, match].some((read) => read !== undefined && resolve(read) === resolve(out))) {
    throw new TamgaError('conflict', `${out} is what the picture is of: name another file`)
  }
  const print = await examined(file, options)
  describe(print)
  if (match === undefined) return write(out, printPicture(print))
  const other = await examined(match, options)
  describe(other)
  const { score, meetings, picture } = matchPicture(print, other)
  console.log(`score ${score}, ${meetings.length} pairs of minutiae`)
  for (const sentence of scoreWords(score)) console.log(`  ${sentence}`)
  await write(out, picture)
}

async function examined(file: string, { dpi, position }: ShowOptions): Promise<ExaminedPrint> {
  const bytes = await readUpTo(file, IMAGE_BYTES_MAX)
  try {
    const all = fingerImages(bytes, { dpi })
    const wanted = position === undefined ? all : all.filter((one) => one.position === position)
    const [finger] = wanted
    if (finger && wanted.length === 1) return examine(basename(file), at500Dpi(finger.image))
    const positions = all.map((one) => one.position).join(', ')
    const message = `${file} holds fingers ${positions}: choose one with --position`
    throw new TamgaError('unprocessable', message)
  } catch (cause) {
    if (!(cause instanceof InvalidImage)) throw cause
    const { message, code } = cause
    throw new TamgaError('unprocessable', `${file}: ${code}: ${message}`, { cause })
  }
}

function describe({ name, view, feedback }: ExaminedPrint): void {
  const facts = [`${view.minutiae.length} minutiae`, `quality ${view.quality}`, ...feedback]
  console.log(`${name}: ${facts.join(', ')}`)
}

async function write(out: string, picture: Picture): Promise<void> {
  await writeFile(out, WRITERS[extname(out).toLowerCase()]!(picture))
  console.log(`written: ${out}`)
}

function pictureFile(value: string): string {
  if (WRITERS[extname(value).toLowerCase()]) return value
  throw new InvalidArgumentError('It must end in .svg or .png.')
}

function bareName(file: string): string {
  return basename(file, extname(file))
}
