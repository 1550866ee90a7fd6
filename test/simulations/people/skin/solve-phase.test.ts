import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  coarser,
  gain,
  oddSquares,
  phaseSteps,
  plant,
  type NodeFlow,
  type PhaseSteps,
} from '../../../../simulations/people/skin/phase-steps.ts'
import { solvePhase } from '../../../../simulations/people/skin/solve-phase.ts'

/** Nodes along a side, a multiple of 16 and one. */
const SIDE = 97
const MIDDLE = 48.5

/** Pixels around a core where ridges bend too much to be a period apart. */
const CORE = 6

/** Pixels from ridge to ridge. */
const PERIOD = 9

const phases = suite('the phase of ridges')

phases('gains a turn from ridge to ridge where they run straight', () => {
  const phase = solvePhase(
    stepsAt(() => 0),
    [],
  )
  for (let row = 0; row + PERIOD < SIDE; row += 1) {
    const gained = phase[(row + PERIOD) * SIDE + 40]! - phase[row * SIDE + 40]!
    near(gained, 2 * Math.PI, 1e-3)
  }
})

phases('gains a turn around a minutia, and nowhere else', () => {
  const steps = stepsAt(() => 0)
  const corner = 30 * SIDE + 55
  plant(steps, corner, 1)
  near(gain(steps, corner), -1, 1e-4)
  const cosine = solvePhase(steps, []).map(Math.cos)
  // Ahead of the minutia there is one ridge more than behind it, which has two flanks.
  near(crossings(cosine, 60) - crossings(cosine, 51), 2, 1)
  let others = 0
  for (let square = 0; square < SIDE * (SIDE - 1); square += 1) {
    if (square % SIDE === SIDE - 1 || square === corner) continue
    if (Math.abs(gain(steps, square)) > 0.01) others += 1
  }
  is(others, 0)
})

phases('goes round a core in whole ridges', () => {
  const loop = stepsAt((x, y) => 0.5 * Math.atan2(y - MIDDLE, x - MIDDLE) + Math.PI / 2)
  const odd = oddSquares(loop)
  equal(odd, [Math.floor(MIDDLE) * SIDE + Math.floor(MIDDLE)])
  const phase = solvePhase(loop, odd)
  // Where normals disagree the phase runs backwards, and the cosine goes on.
  let jumps = 0
  for (let at = 0; at < SIDE * (SIDE - 1); at += 1) {
    const step = Math.abs(Math.cos(phase[at + SIDE]!) - Math.cos(phase[at]!))
    const distance = Math.hypot((at % SIDE) - MIDDLE, Math.floor(at / SIDE) - MIDDLE)
    if (step > 1 && distance > CORE) jumps += 1
  }
  is(jumps, 0)
})

phases('is asked for the same growth on a coarser grid', () => {
  const steps = stepsAt((x, y) => 0.002 * x + 0.003 * y)
  plant(steps, 30 * SIDE + 55, -1)
  const coarse = coarser(coarser(steps))
  let total = 0
  let coarseTotal = 0
  for (const [one, add] of [
    [steps, (turns: number) => (total += turns)],
    [coarse, (turns: number) => (coarseTotal += turns)],
  ] as const) {
    for (let at = 0; at < one.width * (one.height - 1); at += 1) {
      if (at % one.width < one.width - 1) add(gain(one, at))
    }
  }
  near(coarseTotal, total, 1e-6)
})

phases.run()

function stepsAt(angle: (x: number, y: number) => number): PhaseSteps {
  const count = SIDE * SIDE
  const flow: NodeFlow = {
    cosine: new Float64Array(count),
    sine: new Float64Array(count),
    rate: new Float64Array(count).fill((2 * Math.PI) / PERIOD),
  }
  for (let at = 0; at < count; at += 1) {
    const there = angle(at % SIDE, Math.floor(at / SIDE))
    const side = Math.cos(there) < 0 ? -1 : 1
    flow.cosine[at] = side * Math.cos(there)
    flow.sine[at] = side * Math.sin(there)
  }
  return phaseSteps(flow, SIDE)
}

/** Changes of sign down a column. */
function crossings(cosine: Float64Array, column: number): number {
  let count = 0
  for (let at = column; at < SIDE * (SIDE - 1); at += SIDE) {
    if (cosine[at]! > 0 !== cosine[at + SIDE]! > 0) count += 1
  }
  return count
}

function near(value: number, expected: number, tolerance: number): void {
  ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected} ± ${tolerance}`)
}
