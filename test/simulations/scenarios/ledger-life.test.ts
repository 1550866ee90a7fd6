import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { liveLedgers } from '../../../simulations/scenarios/ledger-life.ts'
import { SCENES } from '../../../simulations/scenarios/ledger-plan.ts'
import { liveMany, type LivesReport } from '../../../simulations/torture/lives.ts'

const SEEDS = 600
const PROCESSES = 2
const REPEATED = SCENES.length

const promises = suite('some ledgers in a storm')
let report: LivesReport

promises(`keep every promise, whatever goes wrong: ${SEEDS} seeds`, async () => {
  report = await liveMany({ first: 0, seeds: SEEDS, processes: PROCESSES })
  is(report.broken.join('\n\n'), '')
  is(report.digests.size, SEEDS)
})

promises('were really in a storm, and yet did their work', () => {
  const { counts, scenes } = report
  equal(Object.keys(scenes).toSorted(), [...SCENES].toSorted())
  for (const count of [counts.crashes, counts.misfires, counts.flips, counts.blames]) {
    ok(count > SEEDS / 10, JSON.stringify(counts))
  }
  ok(counts.acknowledged > SEEDS * 10, 'entries were acknowledged')
  ok(counts.safe > SEEDS * 5, 'entries were safe')
  ok(counts.quarantined > 10, 'keys were caught with two histories')
  ok(counts.refusals > 10, 'logs refused to sign')
})

promises('live the same life again with the same seed', async () => {
  for (let seed = 0; seed < REPEATED; seed += 1) {
    is((await liveLedgers({ seed })).digest, report.digests.get(seed), `seed ${seed}`)
  }
})

promises.run()
