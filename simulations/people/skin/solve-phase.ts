/**
 * The phase whose growth is nearest to what is asked for, by least squares.
 *
 * Cascadic multigrid: solved among few nodes first, whose phases are the start among four times as
 * many (F. Bornemann, P. Deuflhard, Numerische Mathematik 75, 1996).
 */
import { coarser, level, plant, type PhaseSteps } from './phase-steps.ts'
import { refined, relax } from './relax.ts'

/** How often the number of nodes along a side is halved: sides have 2^4 times n steps. */
const HALVINGS = 4

/** Rounds on each grid, the finest first: most of it is put right where that is cheap. */
const ROUNDS = [10, 16, 40, 80, 200] as const

/** Grid on which the turns around cores and deltas are made whole, and rounds for each of them. */
const WHOLE_AT = 3
const ROUNDS_FIRST = 400
const ROUNDS_EACH = 80

/**
 * Radians by node. Around the squares `odd`, cores and deltas, the phase may gain any whole number
 * of turns, which decides how many ridges run between two of them: `steps` are given those that
 * strain least.
 */
export function solvePhase(steps: PhaseSteps, odd: readonly number[]): Float64Array {
  plantTurns(steps, odd)
  const grids = gridsOf(steps)
  let phase: Float64Array = new Float64Array(grids[HALVINGS]!.right.length)
  for (let grid = HALVINGS; grid >= 0; grid -= 1) {
    const own = grids[grid]!
    if (grid < HALVINGS) phase = refined(phase, own)
    for (let round = 0; round < ROUNDS[grid]!; round += 1) relax(phase, own)
  }
  return phase
}

/** First any number of turns, then whole ones one by one, while the rest make up for it. */
function plantTurns(steps: PhaseSteps, odd: readonly number[]): void {
  const grids = gridsOf(steps)
  const lines = odd.map((corner) => {
    const line = level(steps)
    plant(line, corner, 1)
    return gridsOf(line)
  })
  const turns = odd.map(() => 0)
  let phase: Float64Array = new Float64Array(grids[HALVINGS]!.right.length)
  for (let grid = HALVINGS; grid >= WHOLE_AT; grid -= 1) {
    const own = grids[grid]!
    if (grid < HALVINGS) {
      phase = refined(phase, own)
      for (const [index, line] of lines.entries()) add(own, line[grid]!, turns[index]!)
    }
    const free = { lines: lines.map((line) => line[grid]!), turns }
    relaxTurns(phase, own, free, { from: 0, rounds: ROUNDS_FIRST })
    if (grid > WHOLE_AT) continue
    for (const [index, line] of free.lines.entries()) {
      const whole = Math.round(turns[index]!)
      add(own, line, whole - turns[index]!)
      turns[index] = whole
      relaxTurns(phase, own, free, { from: index + 1, rounds: ROUNDS_EACH })
    }
  }
  for (const [index, corner] of odd.entries()) plant(steps, corner, turns[index]!)
}

function relaxTurns(
  phase: Float64Array,
  steps: PhaseSteps,
  { lines, turns }: { readonly lines: readonly PhaseSteps[]; readonly turns: number[] },
  { from, rounds }: { readonly from: number; readonly rounds: number },
): void {
  for (let round = 0; round < rounds; round += 1) {
    relax(phase, steps)
    for (let index = from; index < lines.length; index += 1) {
      const change = wantedTurns(phase, steps, lines[index]!)
      add(steps, lines[index]!, change)
      turns[index]! += change
    }
  }
}

/** What has to be added of a line of one turn so that the steps across it fit best. */
function wantedTurns(phase: Float64Array, steps: PhaseSteps, line: PhaseSteps): number {
  const { width, down, downSign } = steps
  let product = 0
  let square = 0
  for (let at = 0; at < phase.length - width; at += 1) {
    const turn = line.down[at]!
    if (turn === 0) continue
    product += turn * (downSign[at]! * phase[at + width]! - phase[at]! - down[at]!)
    square += turn * turn
  }
  return square === 0 ? 0 : product / square
}

function add(steps: PhaseSteps, line: PhaseSteps, turns: number): void {
  for (let at = 0; at < steps.down.length; at += 1) steps.down[at]! += turns * line.down[at]!
}

/** From the finest to the coarsest. */
function gridsOf(steps: PhaseSteps): PhaseSteps[] {
  const grids = [steps]
  while (grids.length <= HALVINGS) grids.push(coarser(grids.at(-1)!))
  return grids
}
