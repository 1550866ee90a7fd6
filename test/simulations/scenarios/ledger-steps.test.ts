import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { OUTCOMES, takeAllSteps } from '../../../simulations/torture/steps.ts'

/** Writes of the two stories: making three logs, appending, cosigning, mirroring, rebuilding. */
const WRITES_MIN = 80

const promises = suite('every single write of three ledgers')

promises('may be lost, be kept though it failed, or be the last before a crash', async () => {
  const { broken, writes, steps } = await takeAllSteps()
  is(broken.join('\n'), '')
  ok(writes >= WRITES_MIN, `${writes} writes`)
  ok(steps >= writes * OUTCOMES.length)
})

promises.run()
