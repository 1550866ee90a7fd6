/**
 * How well the matcher tells fingers apart: `npm run bench:accuracy -- <folder>`.
 *
 * Below the folder lie FVC sets with templates, `<set>/<extractor>/F_I.iso`. Measured are, for the
 * templates of each extractor:
 *
 * - one finger against one, by FVC's protocol and with all within-set impostors, by set, by group
 *   of sets and pooled, beside what open matchers reached on the same templates and pairs;
 * - two, four and ten fingers fused, of people put together from the sets' fingers;
 * - real people looked for in a crowd of synthetic ones, through the gallery that a node searches
 *   (ISO/IEC 19795-1, 1:N), and how much that search loses to an exhaustive precise one.
 *
 * Descriptor and weights were chosen on FVC2002; FVC2004 is the group that no choice was fitted to.
 *
 * Options: `--templates <extractor>` for one of mindtct, fingerjet, secugen and tamga (the default
 * is the first two), or `images` for our own extractor; `--people <n>` synthetic people (0 leaves
 * the searches out), `--precise <n>` of them compared exhaustively too, `--shards <n>` that people
 * are spread over, `--out <folder>` for plots and scores, `--quick`, `--json <file>`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as figures from './accuracy/figures.ts'
import { identificationMeasurements, verificationMeasurements } from './accuracy/measurements.ts'
import { BenchRefused, readOptions, type AccuracyOptions } from './accuracy/options.ts'
import type { Extractor } from './accuracy/peers.ts'
import { realPeople } from './accuracy/real-people.ts'
import { Register } from './accuracy/register.ts'
import { readSets, type FvcSet } from './accuracy/sets.ts'
import { printIdentification, printVerification } from './accuracy/tables.ts'
import { verify, type Verification } from './accuracy/verification.ts'
import { report } from './report.ts'

/** Fingers of a set that `--quick` looks at: all of a set B, and 10 of the 100 of a set A. */
const QUICK_FINGERS = 10

interface Source {
  readonly extractor: Extractor
  readonly sets: readonly FvcSet[]
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BenchRefused)) throw error
  console.error(`bench:accuracy: ${error.code}: ${error.message}`)
  process.exitCode = 2
}

async function run(argv: readonly string[]): Promise<void> {
  const options = readOptions(argv)
  const sources = options.extractors.map((extractor) => sourceOf(extractor, options))
  const verifications = sources.map(({ extractor, sets }) => {
    const verification = verify(extractor, sets, options)
    printVerification(verification)
    return verification
  })
  const identified = options.people === 0 ? [] : await identify(sources, options)
  if (identified.length > 0) printIdentification(identified)
  writeFiles(options.out, verifications, identified)
  report(
    'every within-set impostor pair; baseline: bozorth3 for mindtct, SourceAFIS for the others',
    [
      ...verifications.flatMap(verificationMeasurements),
      ...identified.flatMap(identificationMeasurements),
    ],
    argv,
  )
}

function sourceOf(extractor: Extractor, { folder, isQuick }: AccuracyOptions): Source {
  const sets = readSets(folder, extractor)
  if (sets.length === 0) {
    throw new BenchRefused('no-sets', `${folder} has no ${extractor} templates`)
  }
  return { extractor, sets: isQuick ? sets.map(firstFingers) : sets }
}

function firstFingers({ name, impressions }: FvcSet): FvcSet {
  const fingers = [...new Set(impressions.map(({ finger }) => finger))].slice(0, QUICK_FINGERS)
  return { name, impressions: impressions.filter(({ finger }) => fingers.includes(finger)) }
}

async function identify(
  sources: readonly Source[],
  options: AccuracyOptions,
): Promise<figures.Identified[]> {
  console.error(`\nSearching among ${options.people} synthetic people …`)
  const register = await Register.of(options)
  const identified: figures.Identified[] = []
  try {
    for (const { extractor, sets } of sources) {
      for (const fingers of [1, 2] as const) {
        const found = await register.identify(realPeople(sets, fingers))
        identified.push({ extractor, fingers, ...found })
      }
    }
  } finally {
    await register.close()
  }
  return identified
}

/** Every score as CSV, and the plots. */
function writeFiles(
  folder: string,
  verifications: readonly Verification[],
  identified: readonly figures.Identified[],
): void {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, `accuracy-${name}`), content)
  }
  for (const verification of verifications) {
    write(`${verification.extractor}.csv`, scoresOf(verification))
    write(`scores-${verification.extractor}.svg`, figures.scoresFigure(verification))
  }
  write('det.svg', figures.detFigure(verifications))
  write('fingers.svg', figures.fingersFigure(verifications))
  if (identified.length === 0) return
  write('cmc.svg', figures.cmcFigure(identified))
  write('identification.svg', figures.identificationFigure(identified))
}

function scoresOf({ groups: [{ sets }] }: Verification): string {
  const lines = sets
    .flatMap(({ comparisons }) => comparisons)
    .map(({ set, first, second, kind, score }) => [set, first, second, kind, score].join(','))
  return `${['set,first,second,kind,score', ...lines].join('\n')}\n`
}
