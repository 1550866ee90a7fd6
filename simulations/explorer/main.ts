/**
 * `npm run explore`: looks at every state of the model of `one-record.ts`, in configurations that
 * take minutes, and prints how many there are. Exit status 1 if any is wrong.
 *
 *     npm run explore -- --only 3      one of them, by its number
 */
import { parseArgs } from 'node:util'
import { explore } from './explore.ts'
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
  const { states, transitions, depth, ends, violation } = explore(
    oneRecord(configuration),
    STATES_MAX,
  )
  console.log(`   ${states} states, ${transitions} transitions, depth ${depth}, ${ends} ends`)
  if (!violation) return
  process.exitCode = 1
  console.log(`   ${violation.what}:`)
  for (const step of violation.trace) console.log(`     ${step}`)
}
