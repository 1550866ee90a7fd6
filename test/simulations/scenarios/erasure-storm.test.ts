import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { eraseOnce, type ErasureReport } from '../../../simulations/scenarios/erasure-storm.ts'

/** With each, other faults at other moments. */
const SEEDS = 40
const REPEATED = 3

const promises = suite('an erasure in a storm')
const reports: ErasureReport[] = []

promises(`leaves nothing that could be opened, whatever goes wrong: ${SEEDS} seeds`, async () => {
  for (let seed = 0; seed < SEEDS; seed += 1) reports.push(await eraseOnce({ seed }))
  const broken = reports.flatMap(({ seed, broken: complaints }) => {
    return complaints.map((complaint) => `seed ${seed}: ${complaint}`)
  })
  equal(broken, [])
})

promises('was really in a storm: some were carried out in it, others only after it', () => {
  ok(reports.filter(({ crashes }) => crashes > 0).length > SEEDS / 4)
  ok(reports.filter(({ wasQuick }) => wasQuick).length > SEEDS / 4)
  ok(reports.some(({ wasQuick }) => !wasQuick))
})

promises('goes the same way again with the same seed', async () => {
  const again = []
  for (let seed = 0; seed < REPEATED; seed += 1) again.push(await eraseOnce({ seed }))
  equal(again, reports.slice(0, REPEATED))
})

promises.run()
