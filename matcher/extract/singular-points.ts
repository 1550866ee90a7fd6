/**
 * Cores and deltas: points around which the ridges' orientation makes half a turn.
 *
 * Going once round a core it turns along by half a turn, round a delta it turns back by as much
 * (Poincaré index: Kawagoe and Tojo, Pattern Recognition 17(3), 1984). It is read on a smoothed
 * field, so that a scar or a smear makes none; two cores closer than the smoothing can keep apart,
 * as in a plain spiral, are found as both, or as neither.
 */
import { COSINES, SINES, directionOf } from '../integer.ts'
import { CELL, MARGIN, blurCells, patchOf, type Frame } from './frame.ts'
import { ORIENTATIONS } from './orientation.ts'
import type { RidgePattern } from './ridge-pattern.ts'

export interface SingularPoint {
  readonly kind: 'core' | 'delta'
  /** Pixels of the image; give or take a ridge. */
  readonly x: number
  readonly y: number
  /**
   * A core's: where its innermost ridges run to. A delta's: one of the three ways in which ridges
   * leave it; the others are a third of a turn away. ISO/IEC 19794-2's byte angle.
   */
  readonly angle: number
}

/** Cells: as deep inside the print, the orientation around is seen and not guessed. */
const DEPTH_MIN = 6

/** Cells: blurs away what is smaller than two ridges. */
const SMOOTH_RADIUS = 2

/** Cells to each side of the ring that is gone round. */
const RING = 2

/** Pixels: two opposite ones this near are a fold in the field, and no points. */
const OPPOSITE_MIN = 24

const TURN = 1024

/** The cells of a ring, clockwise as seen, from the upper left corner on. */
const STEPS = Array.from({ length: 8 * RING }, (_, step) => {
  const side = Math.floor(step / (2 * RING))
  const along = (step % (2 * RING)) - RING
  const [x, y] = [
    [along, -RING],
    [RING, along],
    [-along, RING],
    [-RING, -along],
  ][side]!
  return { x: x!, y: y! }
})

/** Orientations doubled, as vectors by cell. */
interface Doubled {
  readonly x: Float32Array
  readonly y: Float32Array
}

/** Cores first, then deltas, each from top to bottom. */
export function singularPoints(pattern: RidgePattern): SingularPoint[] {
  const { frame, depths } = pattern
  const doubled = doubledField(pattern)
  const turns = turnsOf(doubled, frame, depths)
  const points = [1, -1].flatMap((half) => {
    return pieces(turns, half, frame).map((cells) => pointOf(cells, half, doubled, frame))
  })
  return points.filter((point) => !points.some((other) => isFold(point, other)))
}

function isFold(one: SingularPoint, other: SingularPoint): boolean {
  if (one.kind === other.kind) return false
  const dx = one.x - other.x
  const dy = one.y - other.y
  return dx * dx + dy * dy < OPPOSITE_MIN * OPPOSITE_MIN
}

/** Of one patch of each cell, smoothed; ridges' own orientation, which is normal to the normal. */
function doubledField({ frame, orientation, depths }: RidgePattern): Doubled {
  const { across, down } = frame
  const field = { x: new Float32Array(across * down), y: new Float32Array(across * down) }
  for (let cell = 0; cell < across * down; cell += 1) {
    if (depths[cell] === 0) continue
    const angle = (orientation[patchOf(cell, frame)]! * (TURN / ORIENTATIONS) + TURN / 2) % TURN
    field.x[cell] = COSINES[angle]!
    field.y[cell] = SINES[angle]!
  }
  for (const part of [field.x, field.y]) blurCells(part, frame, SMOOTH_RADIUS)
  return field
}

/** By cell: half turns of the orientation around it; 0 where it is not seen all around. */
function turnsOf({ x, y }: Doubled, { across, down }: Frame, depths: Uint8Array): Int8Array {
  const directions = new Int32Array(across * down)
  for (let cell = 0; cell < directions.length; cell += 1) {
    directions[cell] = directionOf(x[cell]!, y[cell]!)
  }
  const ring = Int32Array.from(STEPS, (_, step) => around(0, step, across))
  const turns = new Int8Array(across * down)
  for (let cell = 0; cell < turns.length; cell += 1) {
    if (depths[cell]! < DEPTH_MIN) continue
    let sum = 0
    let before = directions[cell + ring.at(-1)!]!
    for (let step = 0; step < ring.length; step += 1) {
      const here = directions[cell + ring[step]!]!
      sum += ((here - before + TURN / 2) & (TURN - 1)) - TURN / 2
      before = here
    }
    turns[cell] = sum / TURN
  }
  return turns
}

function around(cell: number, step: number, across: number): number {
  const { x, y } = STEPS[step]!
  return cell + y * across + x
}

/** Cells of one index that touch each other, corners included; from top to bottom. */
function pieces(turns: Int8Array, half: number, { across }: Frame): number[][] {
  const open = new Set<number>()
  for (let cell = 0; cell < turns.length; cell += 1) if (turns[cell] === half) open.add(cell)
  const found: number[][] = []
  for (const first of open) {
    const piece = [first]
    open.delete(first)
    for (const cell of piece) {
      for (const beside of [
        -across - 1,
        -across,
        1 - across,
        -1,
        1,
        across - 1,
        across,
        across + 1,
      ]) {
        if (open.delete(cell + beside)) piece.push(cell + beside)
      }
    }
    found.push(piece)
  }
  return found
}

function pointOf(
  cells: readonly number[],
  half: number,
  doubled: Doubled,
  { across }: Frame,
): SingularPoint {
  const column = meanOf(cells.map((cell) => cell % across))
  const row = meanOf(cells.map((cell) => Math.floor(cell / across)))
  const middle = Math.floor(row + 0.5) * across + Math.floor(column + 0.5)
  return {
    kind: half > 0 ? 'core' : 'delta',
    x: Math.floor((column + 0.5) * CELL + 0.5) - MARGIN,
    y: Math.floor((row + 0.5) * CELL + 0.5) - MARGIN,
    angle: angleOf(middle, half, doubled, across),
  }
}

/**
 * Around a core the doubled orientation is the way out plus the core's angle, around a delta it is
 * the angle's triple less the way out; the mean over the ring tells it.
 */
function angleOf(middle: number, half: number, { x, y }: Doubled, across: number): number {
  let along = 0
  let beside = 0
  for (const [step, out] of STEPS.entries()) {
    const cell = around(middle, step, across)
    const way = directionOf(out.x, out.y)
    const turned = (directionOf(x[cell]!, y[cell]!) - half * way + 2 * TURN) % TURN
    along += COSINES[turned]!
    beside += SINES[turned]!
  }
  const direction = directionOf(along, beside)
  const angle = half > 0 ? direction : Math.floor(direction / 3)
  return ((TURN - angle + 2) >> 2) & 0xff
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
