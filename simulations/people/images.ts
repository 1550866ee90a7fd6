/**
 * Command: images of synthetic people, `npm run people:images -- <folder> --people <n>`.
 *
 * Writes `<person>-<finger>-<impression>.<format>` to the folder. Prints how many of the planted
 * minutiae our extractor finds in the images, and how many of what it finds were planted; with
 * `--beside <folder>` of FVC sets, how our matcher scores mates and strangers in both.
 *
 * Options: `--impressions <n>`, `--format wsq|png|pgm`, `--seed <text>`, `--json <file>`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { extract } from '../../matcher/extract/extract.ts'
import type { GreyImage } from '../../matcher/image/image.ts'
import { writePgm } from '../../matcher/image/pgm.ts'
import { writePng } from '../../matcher/image/write-png.ts'
import { writeWsq } from '../../matcher/image/wsq/write-wsq.ts'
import { pack } from '../../matcher/packed.ts'
import { optionOf, report, table, type Measurement } from '../bench/report.ts'
import { readPrints } from './gate/prints.ts'
import { realSample, type Prints } from './gate/sample.ts'
import { compareSamples, type Line } from './gate/verdict.ts'
import { SyntheticPopulation } from './population.ts'
import { agreementOf, type Agreement } from './scan/agreement.ts'

const WRITERS: Readonly<Record<string, (image: GreyImage) => Uint8Array>> = {
  wsq: (image) => writeWsq(image),
  png: writePng,
  pgm: writePgm,
}

const argv = process.argv.slice(2)
const [folder] = argv
const option = (name: string, otherwise: string): string => optionOf(argv, `--${name}`) ?? otherwise
const people = Number(option('people', '10'))
const impressions = Number(option('impressions', '4'))
const seed = option('seed', 'images')
const format = option('format', 'wsq')
const write = WRITERS[format]

if (folder === undefined || folder.startsWith('--') || !write || !(people > 0 && impressions > 0)) {
  console.error('people:images: <folder> [--people <n>] [--impressions <n>] [--format wsq|png|pgm]')
  process.exitCode = 2
} else {
  mkdirSync(folder, { recursive: true })
  const { agreements, prints } = writeImages(folder, write)
  const what = `${agreements.length} images of ${people} people in ${folder}, seed "${seed}"`
  report(what, measurementsOf(agreements), argv)
  const beside = optionOf(argv, '--beside')
  if (beside !== undefined) printBeside(beside, prints)
}

function writeImages(
  into: string,
  encode: (image: GreyImage) => Uint8Array,
): { agreements: Agreement[]; prints: Prints[][] } {
  const population = new SyntheticPopulation({ seed })
  const agreements: Agreement[] = []
  const prints: Prints[][] = []
  for (let person = 0; person < people; person += 1) {
    const records: Uint8Array[][] = population.positions.map(() => [])
    for (let attempt = 0; attempt < impressions; attempt += 1) {
      for (const [index, scan] of population.scans(person, attempt).entries()) {
        const name = `${person}-${population.positions[index]}-${attempt}.${format}`
        writeFileSync(join(into, name), encode(scan.image))
        const { view } = extract(scan.image)
        agreements.push(agreementOf(view, scan))
        records[index]!.push(pack(view))
      }
    }
    prints.push(records)
  }
  return { agreements, prints }
}

function measurementsOf(agreements: readonly Agreement[]): Measurement[] {
  const sum = (of: (agreement: Agreement) => number) =>
    agreements.reduce((total, agreement) => total + of(agreement), 0)
  const planted = sum((one) => one.planted)
  const found = sum((one) => one.found)
  return [
    { name: 'minutiae planted an image', value: planted / agreements.length, unit: '' },
    { name: 'minutiae found an image', value: found / agreements.length, unit: '' },
    { name: 'precision', value: (100 * sum((one) => one.right)) / found, unit: '%' },
    { name: 'recall', value: (100 * sum((one) => one.recalled)) / planted, unit: '%' },
  ]
}

/** A person's fingers are strangers to other people's, not to each other: two hands are alike. */
function printBeside(fvc: string, prints: readonly (readonly Prints[])[]): void {
  const real = realSample(readPrints(fvc, 'images'))
  const hands = prints[0]!.map((_, finger) => prints.map((fingers) => fingers[finger]!))
  const lines = compareSamples(real, realSample(hands))
  console.log(`\n${table([['', 'FVC', 'these', 'ratio'], ...lines.map(cells)])}`)
}

function cells({ name, real, synthetic }: Line): string[] {
  const figure = (value: number): string =>
    name.includes('missed') ? `${(100 * value).toFixed(2)} %` : value.toFixed(0)
  return [name, figure(real), figure(synthetic), real === 0 ? '' : (synthetic / real).toFixed(2)]
}
