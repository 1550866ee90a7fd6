/** What can be asked of `bench:accuracy`, checked. */
import { optionOf } from '../report.ts'
import { REPLICATES } from './bootstrap.ts'
import { EXTRACTORS, type Extractor } from './peers.ts'

/** Both are true to scale; the third's templates are of images squeezed out of shape. */
const EXTRACTORS_DEFAULT: readonly Extractor[] = ['mindtct', 'fingerjet']

/** Synthetic people around the real ones. */
const PEOPLE = { whole: 20_000, quick: 200 } as const

/** Of these, how many are compared exhaustively: more than a first stage hands on. */
const PRECISE_PEOPLE = { whole: 1_500, quick: 100 } as const

/** As many as a small network has: each hands on fewer people than one gallery would. */
const SHARDS = 16

/** More are not told apart by the byte that people are spread by. */
const SHARDS_MAX = 256

/** Most synthetic people: some 3 GB of records. */
const PEOPLE_MAX = 1_000_000

const REPLICATES_QUICK = 100

export interface AccuracyOptions {
  readonly folder: string
  readonly extractors: readonly Extractor[]
  readonly isQuick: boolean
  readonly people: number
  readonly precisePeople: number
  readonly shards: number
  readonly replicates: number
  readonly out: string
}

/** A run that cannot be done as asked. */
export class BenchRefused extends Error {
  override readonly name = 'BenchRefused'
  readonly code: 'usage' | 'no-sets'
  constructor(code: 'usage' | 'no-sets', message: string) {
    super(message)
    this.code = code
  }
}

/** @throws BenchRefused */
export function readOptions(argv: readonly string[]): AccuracyOptions {
  const [folder] = argv
  if (folder === undefined || folder.startsWith('--')) {
    throw new BenchRefused('usage', 'name the folder that holds the FVC sets')
  }
  const isQuick = argv.includes('--quick')
  const size = isQuick ? 'quick' : 'whole'
  const people = peopleOf(argv, '--people') ?? PEOPLE[size]
  return {
    folder,
    extractors: extractorsOf(optionOf(argv, '--templates')),
    isQuick,
    people,
    precisePeople: Math.min(people, peopleOf(argv, '--precise') ?? PRECISE_PEOPLE[size]),
    shards: shardsOf(argv),
    replicates: isQuick ? REPLICATES_QUICK : REPLICATES,
    out: optionOf(argv, '--out') ?? 'bench-results',
  }
}

function extractorsOf(name: string | undefined): readonly Extractor[] {
  if (name === undefined) return EXTRACTORS_DEFAULT
  const extractor = EXTRACTORS.find((known) => known === name)
  if (extractor) return [extractor]
  throw new BenchRefused('usage', `--templates is ${EXTRACTORS.join(', ')}, not ${name}`)
}

function shardsOf(argv: readonly string[]): number {
  if (!argv.includes('--shards')) return SHARDS
  const shards = Number(optionOf(argv, '--shards'))
  if (Number.isInteger(shards) && shards >= 1 && shards <= SHARDS_MAX) return shards
  throw new BenchRefused('usage', `--shards is 1 to ${SHARDS_MAX}`)
}

function peopleOf(argv: readonly string[], name: string): number | undefined {
  if (!argv.includes(name)) return undefined
  const people = Number(optionOf(argv, name))
  if (Number.isInteger(people) && people >= 0 && people <= PEOPLE_MAX) return people
  throw new BenchRefused('usage', `${name} is a number of people up to ${PEOPLE_MAX}`)
}
