/**
 * Which of Henry's classes a print is of, told by its cores and deltas.
 *
 * By-product for whoever looks at prints; a search never leaves people out by it, because a class
 * told wrongly would hide a person, and a partial print has none.
 *
 * Source: rules as in Kawagoe and Tojo, Pattern Recognition 17(3), 1984. Where a loop's delta is
 * not on the print, the way its innermost ridge bends is looked at, which turns with the finger.
 */
import { COSINES, SINES, angleBetween, directionOf } from '../integer.ts'
import { cellsInside } from './foreground.ts'
import { MARGIN, PATCH } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'
import type { RidgePattern } from './ridge-pattern.ts'
import type { SingularPoint } from './singular-points.ts'

/** Left and right as seen on the image: where the ridges of a loop enter and leave. */
export type PatternClass = 'arch' | 'tented-arch' | 'left-loop' | 'right-loop' | 'whorl' | 'unknown'

/** Byte angle: a loop leans at least this far from the line from its core to its delta. */
const LEAN_MIN = 10

/** Byte angle: the innermost ridge of a loop bends at least as much. */
const BEND_MIN = 10

/** Byte angle: the two cores of a whorl open towards each other, give or take as much. */
const FACING_MAX = 26

/** How far that ridge is followed: steps, and pixels of each. */
const BEND_STEPS = 30
const STEP = 4

/** Cells inside a print, from which on one without a core and a delta is taken for an arch. */
const ARCH_CELLS_MIN = 5_000

export function patternClass(
  points: readonly SingularPoint[],
  pattern: RidgePattern,
): PatternClass {
  const cores = points.filter(({ kind }) => kind === 'core')
  const deltas = points.filter(({ kind }) => kind === 'delta')
  if (cores.length > 2 || deltas.length > 2) return 'unknown'
  if (cores.length === 2) return isFacing(cores) ? 'whorl' : 'unknown'
  if (deltas.length === 2) return 'whorl'
  const [core] = cores
  const [delta] = deltas
  if (!core) return !delta && isLarge(pattern) ? 'arch' : 'unknown'
  if (!delta) return loop(bend(core, pattern), BEND_MIN) ?? 'unknown'
  return loop(angleBetween(directionTo(core, delta), core.angle), LEAN_MIN) ?? 'tented-arch'
}

function isFacing([one, other]: readonly SingularPoint[]): boolean {
  return 128 - Math.abs(angleBetween(one!.angle, other!.angle)) <= FACING_MAX
}

/** Byte angles grow counter-clockwise: from down to the left they fall. */
function loop(turn: number, least: number): PatternClass | undefined {
  if (Math.abs(turn) < least) return undefined
  return turn < 0 ? 'left-loop' : 'right-loop'
}

function directionTo(from: SingularPoint, to: SingularPoint): number {
  return ((directionOf(to.x - from.x, from.y - to.y) + 2) >> 2) & 0xff
}

/** How much the ridge that leaves the core has turned where it ends, or is no longer followed. */
function bend(core: SingularPoint, { frame, orientation, depths }: RidgePattern): number {
  const patches = frame.stride / PATCH
  let x = core.x + MARGIN
  let y = core.y + MARGIN
  let angle = core.angle
  let turned = 0
  for (let step = 0; step < BEND_STEPS; step += 1) {
    x += (COSINES[angle * 4]! * STEP) / 16384
    y -= (SINES[angle * 4]! * STEP) / 16384
    const column = Math.floor(x / PATCH)
    const row = Math.floor(y / PATCH)
    if (depths[(row >> 1) * frame.across + (column >> 1)] === 0) break
    // From the normal, 128 to the half turn and growing downwards, to the ridge's own byte angle.
    const ridge = 64 - Math.round((orientation[row * patches + column]! * 128) / ORIENTATIONS)
    const turn = angleBetween(2 * angle, 2 * ridge) >> 1
    turned += turn
    angle = (angle + turn) & 0xff
  }
  return turned
}

function isLarge({ depths }: RidgePattern): boolean {
  return cellsInside(depths) >= ARCH_CELLS_MIN
}
