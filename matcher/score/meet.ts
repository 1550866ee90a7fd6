/** Which minutiae meet once the probe lies on the candidate. */
import { angleBetween } from '../integer.ts'
import { MINUTIAE_MAX } from '../packed.ts'
import { columnAt, type Columns } from './columns.ts'
import { QUARTERS, type Laid } from './lay.ts'
import type { Probe, Unpacked } from './probe.ts'

/** Meetings are judged on a scale where two minutiae that coincide are this close. */
export const CLOSENESS_ONE = 1024

/** How near two minutiae must come, pixels, and how alike point, byte angle, to meet. */
export interface Tolerance {
  /** Quarter pixels. */
  readonly radius: number
  /** Closeness lost by squared distance in quarters of a pixel. */
  readonly losses: Int32Array
  /** Closeness lost by difference in direction; ends at the greatest that is allowed. */
  readonly turnLosses: Int32Array
}

export function tolerance(pixels: number, angle: number): Tolerance {
  const radius = pixels * QUARTERS
  return { radius, losses: lossesTo(radius * radius), turnLosses: squareLossesTo(angle) }
}

function lossesTo(last: number): Int32Array {
  return Int32Array.from({ length: last + 1 }, (_, at) => Math.floor((at * CLOSENESS_ONE) / last))
}

function squareLossesTo(last: number): Int32Array {
  const square = last * last
  return Int32Array.from({ length: last + 1 }, (_, at) =>
    Math.floor((at * at * CLOSENESS_ONE) / square),
  )
}

/** Pairs of minutiae that meet. */
export interface Meetings {
  count: number
  readonly probe: Int32Array
  readonly candidate: Int32Array
  /** What of `CLOSENESS_ONE` is left after distance, and after direction. */
  readonly nearness: Int32Array
  readonly likeness: Int32Array
  /** Sum of both over all pairs. */
  closeness: number
}

export function emptyMeetings(): Meetings {
  return {
    count: 0,
    probe: new Int32Array(MINUTIAE_MAX),
    candidate: new Int32Array(MINUTIAE_MAX),
    nearness: new Int32Array(MINUTIAE_MAX),
    likeness: new Int32Array(MINUTIAE_MAX),
    closeness: 0,
  }
}

const keys = new Int32Array(MINUTIAE_MAX * MINUTIAE_MAX)
const probeTaken = new Uint8Array(MINUTIAE_MAX)
const candidateTaken = new Uint8Array(MINUTIAE_MAX)

/** Pairs each minutia with at most one, the closest first; ties go to the lower indexes. */
export function meet(
  probe: Probe,
  candidate: Unpacked,
  columns: Columns,
  laid: Laid,
  allowed: Tolerance,
  meetings: Meetings,
): void {
  const found = possibleMeetings(probe, candidate, columns, laid, allowed)
  sortKeys(found)
  probeTaken.fill(0)
  candidateTaken.fill(0)
  meetings.count = 0
  meetings.closeness = 0
  for (let index = 0; index < found; index += 1) {
    const key = keys[index]!
    const i = (key >> 6) & 63
    const j = key & 63
    if (probeTaken[i] === 1 || candidateTaken[j] === 1) continue
    probeTaken[i] = 1
    candidateTaken[j] = 1
    const dx = laid.x[i]! - candidate.x[j]! * QUARTERS
    const dy = laid.y[i]! - candidate.y[j]! * QUARTERS
    const at = meetings.count
    meetings.probe[at] = i
    meetings.candidate[at] = j
    const nearness = CLOSENESS_ONE - allowed.losses[dx * dx + dy * dy]!
    meetings.nearness[at] = nearness
    meetings.likeness[at] = 2 * CLOSENESS_ONE - (key >> 12) - nearness
    meetings.closeness += 2 * CLOSENESS_ONE - (key >> 12)
    meetings.count += 1
  }
}

/** Fills `keys` with loss, probe index and candidate index, in this order of significance. */
function possibleMeetings(
  probe: Probe,
  candidate: Unpacked,
  { starts, order }: Columns,
  laid: Laid,
  { radius, losses, turnLosses }: Tolerance,
): number {
  const squared = radius * radius
  let found = 0
  for (let i = 0; i < probe.minutiae; i += 1) {
    const x = laid.x[i]!
    const y = laid.y[i]!
    const direction = probe.directions[i]! + laid.turn
    const end = starts[columnAt(x + radius) + 1]!
    for (let at = starts[columnAt(x - radius)]!; at < end; at += 1) {
      const j = order[at]!
      const dx = x - candidate.x[j]! * QUARTERS
      if (dx > radius || dx < -radius) continue
      const dy = y - candidate.y[j]! * QUARTERS
      const distance = dx * dx + dy * dy
      if (distance > squared) continue
      const between = Math.abs(angleBetween(direction, candidate.directions[j]!))
      if (between >= turnLosses.length) continue
      keys[found] = ((losses[distance]! + turnLosses[between]!) << 12) | (i << 6) | j
      found += 1
    }
  }
  return found
}

/** By insertion: there are few. */
function sortKeys(count: number): void {
  for (let index = 1; index < count; index += 1) {
    const key = keys[index]!
    let at = index
    while (at > 0 && keys[at - 1]! > key) {
      keys[at] = keys[at - 1]!
      at -= 1
    }
    keys[at] = key
  }
}
