/**
 * `npm run explore`: looks at every state of the model of `one-record.ts`, in configurations that
 * take minutes, and prints how many there are. Exit status 1 if any is wrong.
 *
 *     npm run explore -- --only 3      one of them, by its number
 */
import { parseArgs } from 'node:util'
import { explore, type Explored } from './explore.ts'
import { oneRecord } from './one-record.ts'
import type { RegionsOptions } from './regions.ts'

/** What a machine of a few gigabytes holds. */
const STATES_MAX = 4_000_000

const CONFIGURATIONS: readonly RegionsOptions[] = [
  { regions: 2, enrolments: 2, replicas: 2, cuts: 1, crashes: 1, copies: 'any-entry' },
  { regions: 2, enrolments: 2, replicas: 1, cuts: 2, crashes: 2, copies: 'any-entry' },
  { regions: 2, enrolments: 3, replicas: 1, cuts: 0, crashes: 0, copies: 'all-there-is' },
  { regions: 3, enrolments: 2, replicas: 1, cuts: 0, crashes: 0, copies: 'every-log' },
  { regions: 3, enrolments: 2, replicas: 2, cuts: 0, crashes: 0, copies: 'every-log' },
]

const { values } = parseArgs({ options: { only: { type: 'string' } } })
for (const [place, configuration] of CONFIGURATIONS.entries()) {
  if (values.only === undefined || Number(values.only) === place + 1) {
    run(place + 1, configuration)
  }
}

function run(number: number, configuration: RegionsOptions): void {
  const { regions, enrolments, replicas, cuts, crashes, copies } = configuration
  console.log(
    `${number}: ${regions} regions, ${enrolments} enrolments, ${replicas} replicas, ` +
      `${cuts} cuts, ${crashes} crashes, copies of ${copies.replaceAll('-', ' ')}`,
  )
  const explored = exploredOf(configuration)
  if (!explored) return
  const { states, transitions, depth, ends, violation } = explored
  console.log(`   ${states} states, ${transitions} transitions, depth ${depth}, ${ends} ends`)
  if (!violation) return
  process.exitCode = 1
  console.log(`   ${violation.what}:`)
  for (const step of violation.trace) console.log(`     ${step}`)
}

/** Undefined, and said, where there are too many to look at all of them. */
function exploredOf(configuration: RegionsOptions): Explored | undefined {
  try {
    return explore(oneRecord(configuration), STATES_MAX)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    console.log(`   ${error.message}: not all were looked at, and none of the others is wrong`)
    return undefined
  }
}
