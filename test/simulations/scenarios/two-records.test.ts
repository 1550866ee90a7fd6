import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { enrolTwice } from '../../../simulations/scenarios/two-records.ts'
import { faultsFromSeed } from '../../../simulations/world/faults.ts'

/** With each, other people and other delays. */
const SEEDS = 6

const promises = suite('one person, enrolled at two nodes in the same moment')

promises('has one record that stands in the end, and one that waits for an examiner', async () => {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const { enrolled, statuses, crossChecks, broken } = await enrolTwice({ seed })
    equal(broken, [], `seed ${seed}`)
    equal(
      [enrolled, statuses.toSorted((a, b) => (a < b ? -1 : 1))],
      [2, ['provisional', 'suspended']],
    )
    ok(crossChecks > 0)
  }
})

promises('also when nodes crash and messages are lost meanwhile', async () => {
  let both = 0
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const { enrolled, statuses, broken } = await enrolTwice({ seed, faults: faultsFromSeed(seed) })
    equal(broken, [], `seed ${seed}`)
    if (enrolled < 2) continue
    both += 1
    ok(statuses.includes('suspended') && statuses.includes('provisional'), `seed ${seed}`)
  }
  ok(both > 0)
})

promises.run()
