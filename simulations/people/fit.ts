/**
 * Command: proposes constants with which synthetic people pass the gate again, after the matcher
 * has changed: `npm run people:fit -- <folder>`, which holds FVC sets with templates.
 *
 * Each round tries recipes around the best so far, fits a plane to how each figure of the gate
 * moves with each knob, and steps to where the plane says the figures are right. Prints the gate's
 * lines after each round, and at the end the constants to copy into `recipe.ts`. Options:
 * `--templates <extractor>`, `--rounds <n>`, `--trials <n>`. Some three minutes a round.
 */
import { inspect } from 'node:util'
import { optionOf } from '../bench/report.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { KNOBS, turned } from './gate/knobs.ts'
import { leastSquares } from './gate/least-squares.ts'
import { readPrints } from './gate/prints.ts'
import { realSample, syntheticSample, type Sample } from './gate/sample.ts'
import { compareSamples, type Line } from './gate/verdict.ts'
import { RECIPE, type Recipe } from './recipe.ts'

/** Spread of a trial's knobs, in logarithms: far enough to be seen above chance. */
const TRIAL_DEVIATION = 0.12

/** No knob moves farther in a round: the plane is true only near by. */
const STEP_MAX = 0.35

/** How much doubt a figure's slope meets, in trials, and how much a step costs, in lines. */
const SLOPE_PULL = 2
const STEP_PULL = 8

/** A trial's size: enough for 1 in 1,000 to be seen. */
const FINGERS = 160
const IMPOSTORS = 24_000

const [folder] = process.argv.slice(2)
const option = (name: string, otherwise: string): string =>
  optionOf(process.argv, `--${name}`) ?? otherwise
const extractor = option('templates', 'fingerjet')
const sets = folder === undefined ? [] : readPrints(folder, extractor)

if (sets.length === 0) {
  console.error(`people:fit: name a folder that holds FVC sets with ${extractor} templates`)
  process.exitCode = 2
} else {
  fit(realSample(sets), Number(option('rounds', '3')), Number(option('trials', '40')))
}

function fit(real: Sample, rounds: number, trials: number): void {
  const random = new SeededRandom('fit')
  const trial = (recipe: Recipe): Line[] => {
    const seed = String(random.next())
    const sample = { seed, fingers: FINGERS, impostors: IMPOSTORS, recipe }
    return compareSamples(real, syntheticSample(sample))
  }
  let recipe: Recipe = RECIPE
  for (let round = 1; round <= rounds; round += 1) {
    const steps = Array.from({ length: trials }, () =>
      KNOBS.map(() => random.normal(0, TRIAL_DEVIATION)),
    )
    recipe = turned(
      recipe,
      bestStep(
        steps,
        steps.map((step) => trial(turned(recipe, step))),
      ),
    )
    const lines = trial(recipe)
    console.log(`round ${round}: ${lines.filter(({ passes }) => !passes).length} fail`)
    for (const { name, real: wanted, synthetic } of lines) {
      console.log(`  ${name}: ${wanted.toPrecision(3)} real, ${synthetic.toPrecision(3)} synthetic`)
    }
  }
  console.log(inspect(recipe, { depth: 5 }))
}

/** Where the planes through the trials' figures say that all are right. */
function bestStep(steps: readonly (readonly number[])[], outcomes: readonly Line[][]): number[] {
  const rows = steps.map((step) => [...step, 1])
  const pulls = [...KNOBS.map(() => SLOPE_PULL * TRIAL_DEVIATION ** 2), 1e-9]
  const planes = outcomes[0]!.map((_, line) => {
    const figures = outcomes.map((lines) => deviation(lines[line]!))
    return leastSquares(rows, figures, pulls)
  })
  const wanted = planes.map((plane) => -plane.at(-1)!)
  const best = leastSquares(
    planes,
    wanted,
    KNOBS.map(() => STEP_PULL),
  )
  const farthest = Math.max(...best.map(Math.abs))
  return best.map((step) => step * Math.min(1, STEP_MAX / farthest))
}

/** From the real figure; 1 is half way to where the gate closes. */
function deviation({ real, synthetic, allowed }: Line): number {
  const half = allowed ? (allowed.high - allowed.low) / 2 : 0.3 * real
  return half > 0 ? (2 * (synthetic - real)) / half : 0
}
