import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import {
  byCanaries,
  byReplay,
  bySecondLooks,
  isAsPredicted,
  type Detected,
} from '../../../simulations/scenarios/omission.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { testPerson } from '../../support/test-person.ts'

const CANARIES = 40

const random = new SeededRandom('omission')
const prints = Array.from({ length: CANARIES + 1 }, (_, at) => {
  return testPerson(`omission ${at}`).capture().slice(0, 1)
})
const options = { prints, decoy: testPerson('nobody').capture().slice(0, 1), random }

const promises = suite('a node that leaves out 1 % of its people')

promises('is caught by replays of blocks as often as the arithmetic says', async () => {
  const rows = await byReplay(options, { looks: [25, 100, 460], trials: 1_000 })
  for (const row of rows) ok(isAsPredicted(row), told(row))
  const [few, , many, scattered] = rows
  ok(few!.predicted < 0.3 && many!.predicted > 0.98, told(many!))
  ok(scattered!.predicted > 0.99, 'whoever leaves out here and there is caught at once')
})

promises('is caught by canaries as often as the arithmetic says', async () => {
  const row = await byCanaries(options, { looks: CANARIES, trials: 60 })
  ok(isAsPredicted(row), told(row))
  ok(row.seen > 0)
})

promises('is caught by every query that is asked twice', async () => {
  const row = await bySecondLooks(options, { share: 0.25, trials: 60, seed: 'asked twice' })
  ok(isAsPredicted(row), told(row))
  ok(row.seen > 0)
})

promises('is not said to be caught as predicted where it is not', () => {
  const row = { how: '', looks: 1, trials: 1_000, predicted: 0.5 }
  is(isAsPredicted({ ...row, seen: 500 }), true)
  is(isAsPredicted({ ...row, seen: 430 }), false)
  is(isAsPredicted({ ...row, seen: 570 }), false)
})

promises.run()

function told({ how, looks, trials, seen, predicted }: Detected): string {
  return `${how}: ${seen} of ${trials} with ${looks} looks, where ${predicted} was predicted`
}
