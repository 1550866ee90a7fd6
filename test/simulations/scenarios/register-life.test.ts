import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { liveOnce, type LifeReport } from '../../../simulations/scenarios/register-life.ts'

/** Seeds 0 to 199: with each, other faults at other moments. */
const SEEDS = 200
const REPEATED = 5

const promises = suite('a register in a storm')
const reports: LifeReport[] = []

promises(`keeps every promise, whatever goes wrong: ${SEEDS} seeds`, async () => {
  for (let seed = 0; seed < SEEDS; seed += 1) reports.push(await liveOnce({ seed }))
  const broken = reports.flatMap(({ seed, broken: complaints }) => {
    return complaints.map((complaint) => `seed ${seed}: ${complaint}`)
  })
  equal(broken, [])
})

promises('was really in a storm, and yet did its work', () => {
  ok(sum(({ crashes }) => crashes) > SEEDS / 2, 'machines crashed')
  ok(sum(({ incomplete }) => incomplete) > SEEDS / 2, 'shards were silent')
  ok(sum(({ enrolled }) => enrolled) > SEEDS, 'people were enrolled')
  ok(sum(({ answers }) => answers) > SEEDS * 2, 'questions were answered')
})

promises('lives the same life again with the same seed, and another with another', async () => {
  const again = []
  for (let seed = 0; seed < REPEATED; seed += 1) again.push(await liveOnce({ seed }))
  equal(again, reports.slice(0, REPEATED))
  is(new Set(again.map(({ logs }) => logs)).size, REPEATED)
})

promises.run()

function sum(of: (report: LifeReport) => number): number {
  return reports.reduce((total, report) => total + of(report), 0)
}
