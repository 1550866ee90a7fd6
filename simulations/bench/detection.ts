/**
 * How soon a node is caught that leaves people out of its searches: `npm run bench:detection`.
 *
 * A lazy node leaves out 1 % and signs that it has searched for everybody. Counted over seeds is in
 * how many trials that was seen, by replays of random blocks, by queries that were asked twice and
 * by canaries, beside what the arithmetic says. `--seed <text>` for other seeds, `--json <file>`.
 */
import { writeIso19794v2005 } from '../../matcher/template/iso-19794-2.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import { impression } from '../people/impression.ts'
import { generatePerson } from '../people/person.ts'
import {
  byCanaries,
  byReplay,
  bySecondLooks,
  isAsPredicted,
  type Detected,
} from '../scenarios/omission.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { optionOf, report, table } from './report.ts'

const PRINTS = 101
const TRIALS = { replays: 2_000, canaries: 200, secondLooks: 400 }
const LOOKS = [25, 100, 230, 460]
const CANARIES = 100

/** More than a node looks at, so that there is something to count. */
const SHARE = 0.1

const argv = process.argv.slice(2)
const seed = optionOf(argv, '--seed') ?? 'detection'
const random = new SeededRandom(seed)
const prints = Array.from({ length: PRINTS }, (_, at) => printOf(random.fork(`person ${at}`)))
const omission = { prints, decoy: printOf(random.fork('decoy')), random: random.fork('trials') }

const rows: Detected[] = [
  ...(await byReplay(omission, { looks: LOOKS, trials: TRIALS.replays })),
  await byCanaries(omission, { looks: CANARIES, trials: TRIALS.canaries }),
  await bySecondLooks(omission, { share: SHARE, trials: TRIALS.secondLooks, seed }),
]
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const header = ['', 'looks', 'trials', 'seen in', 'predicted', '']
const lines = rows.map((row) => [
  row.how,
  String(row.looks),
  String(row.trials),
  percent(row.seen / row.trials),
  percent(row.predicted),
  isAsPredicted(row) ? 'as predicted' : 'OTHERWISE',
])
console.log(`\na node that leaves out 1 %, seed "${seed}"\n${table([header, ...lines])}`)
report(
  'the same, as figures',
  rows.map(({ how, looks, trials, seen, predicted }) => ({
    name: `${how}, ${looks}`,
    value: (100 * seen) / trials,
    unit: '%',
    baseline: 100 * predicted,
  })),
  argv,
)
if (!rows.every(isAsPredicted)) process.exitCode = 1

function printOf(from: SeededRandom): CapturedFinger[] {
  return generatePerson(from, { positions: [2] }).fingers.map((finger) => {
    const view = impression(finger, from, { quality: 0.95 })
    return { position: view.position, template: writeIso19794v2005({ views: [view] }) }
  })
}
