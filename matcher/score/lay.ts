/** Lays the probe over the candidate, by pairs of minutiae that should come together. */
import { COSINES, SINES, directionOf, turnedX, turnedY } from '../integer.ts'
import { MINUTIAE_MAX } from '../packed.ts'
import type { Probe, Unpacked } from './probe.ts'

/** Positions of the second pass are in quarter pixels. */
export const QUARTERS = 4

/**
 * A minutia's own direction says as much about the turn as a neighbour this far away, in quarters.
 */
const DIRECTION_ARM = 25 * QUARTERS

/** The probe's minutiae as they lie on the candidate, in quarter pixels. */
export interface Laid {
  readonly x: Int32Array
  readonly y: Int32Array
  /** Byte angle by which the probe is turned. */
  turn: number
}

export function emptyLaid(): Laid {
  return { x: new Int32Array(MINUTIAE_MAX), y: new Int32Array(MINUTIAE_MAX), turn: 0 }
}

/** Pairs of indexes with a weight, 1..64, from which a position is found. */
export interface Anchors {
  count: number
  readonly probe: Int32Array
  readonly candidate: Int32Array
  readonly weight: Int32Array
}

/**
 * Turns and moves the probe so that the anchors come together in the least squares sense, their
 * directions taken into account. Products stay below 2^43, which a number holds exactly.
 */
export function lay(probe: Probe, candidate: Unpacked, anchors: Anchors, laid: Laid): void {
  let weights = 0
  const sums = [0, 0, 0, 0]
  for (let at = 0; at < anchors.count; at += 1) {
    const weight = anchors.weight[at]!
    const i = anchors.probe[at]!
    const j = anchors.candidate[at]!
    weights += weight
    sums[0]! += weight * probe.x[i]!
    sums[1]! += weight * probe.y[i]!
    sums[2]! += weight * candidate.x[j]!
    sums[3]! += weight * candidate.y[j]!
  }
  const [fromX, fromY, toX, toY] = sums.map((sum) => Math.floor((QUARTERS * sum) / weights))
  const turn = turnOf(probe, candidate, anchors, [fromX!, fromY!, toX!, toY!])
  for (let i = 0; i < probe.minutiae; i += 1) {
    const x = probe.x[i]! * QUARTERS - fromX!
    const y = probe.y[i]! * QUARTERS - fromY!
    laid.x[i] = turnedX(x, y, turn) + toX!
    laid.y[i] = turnedY(x, y, turn) + toY!
  }
  laid.turn = ((turn + 2) >> 2) & 0xff
}

/** Angle of 1,024 to the turn. */
function turnOf(
  probe: Probe,
  candidate: Unpacked,
  anchors: Anchors,
  [fromX, fromY, toX, toY]: readonly [number, number, number, number],
): number {
  let along = 0
  let across = 0
  for (let at = 0; at < anchors.count; at += 1) {
    const weight = anchors.weight[at]!
    const i = anchors.probe[at]!
    const j = anchors.candidate[at]!
    const ax = probe.x[i]! * QUARTERS - fromX
    const ay = probe.y[i]! * QUARTERS - fromY
    const bx = candidate.x[j]! * QUARTERS - toX
    const by = candidate.y[j]! * QUARTERS - toY
    const angle = ((candidate.directions[j]! - probe.directions[i]!) & 0xff) * 4
    const arm = DIRECTION_ARM * DIRECTION_ARM
    along += weight * (ax * bx + ay * by + ((COSINES[angle]! * arm) >> 14))
    across += weight * (ax * by - ay * bx + ((SINES[angle]! * arm) >> 14))
  }
  return directionOf(along, across)
}
