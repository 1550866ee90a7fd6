/**
 * `npm run explore`: looks at every state of the models of `one-record.ts` and `any-reader.ts`, in
 * configurations that take minutes, and prints how many there are. Exit status 1 if any is wrong.
 *
 *     npm run explore -- --only 3      one of them, by its number
 */
import { parseArgs } from 'node:util'
import { anyReader } from './any-reader.ts'
import { explore, type Explored } from './explore.ts'
import type { LooseOptions } from './loose-regions.ts'
import { oneRecord } from './one-record.ts'
import type { RegionsOptions } from './regions.ts'

/** What a machine of a few gigabytes holds; of the looser model also what readers make of each. */
const STATES_MAX = 4_000_000
const LOOSE_STATES_MAX = 200_000

const CONFIGURATIONS: readonly (RegionsOptions | LooseOptions)[] = [
  { regions: 2, enrolments: 2, replicas: 2, cuts: 1, crashes: 1, copies: 'any-entry' },
  { regions: 2, enrolments: 2, replicas: 1, cuts: 2, crashes: 2, copies: 'any-entry' },
  { regions: 2, enrolments: 3, replicas: 1, cuts: 0, crashes: 0, copies: 'all-there-is' },
  { regions: 3, enrolments: 2, same: 2 },
  { regions: 4, enrolments: 2, same: 2 },
  { regions: 2, enrolments: 3, same: 2 },
  { regions: 2, enrolments: 3, same: 3 },
  { regions: 2, enrolments: 4, same: 2 },
]

const { values } = parseArgs({ options: { only: { type: 'string' } } })
for (const [place, configuration] of CONFIGURATIONS.entries()) {
  if (values.only === undefined || Number(values.only) === place + 1) {
    run(place + 1, configuration)
  }
}

function run(number: number, configuration: RegionsOptions | LooseOptions): void {
  console.log(`${number}: ${textOf(configuration)}`)
  const explored = exploredOf(configuration)
  if (!explored) return
  const { states, transitions, depth, ends, violation } = explored
  console.log(`   ${states} states, ${transitions} transitions, depth ${depth}, ${ends} ends`)
  if (!violation) return
  process.exitCode = 1
  console.log(`   ${violation.what}:`)
  for (const step of violation.trace) console.log(`     ${step}`)
}

function textOf(configuration: RegionsOptions | LooseOptions): string {
  const { regions, enrolments } = configuration
  const size = `${regions} regions, ${enrolments} enrolments`
  if ('same' in configuration) {
    return `${size}, ${configuration.same} of one person; any replicas, cuts and crashes`
  }
  const { replicas, cuts, crashes, copies } = configuration
  const faults = `${cuts} cuts, ${crashes} crashes`
  return `${size}, ${replicas} replicas, ${faults}, copies of ${copies.replaceAll('-', ' ')}`
}

/** Undefined, and said, where there are too many to look at all of them. */
function exploredOf(configuration: RegionsOptions | LooseOptions): Explored | undefined {
  try {
    return 'same' in configuration
      ? explore(anyReader(configuration), LOOSE_STATES_MAX)
      : explore(oneRecord(configuration), STATES_MAX)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    console.log(`   ${error.message}: not all were looked at, and none of the others is wrong`)
    return undefined
  }
}
